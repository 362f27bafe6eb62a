from pathlib import Path

import numpy as np
import pytest

from lipwright import heap

_STATUS = Path("/proc/self/status")


def resident_kib() -> int:
    """What this process holds of memory that is its own."""
    lines = _STATUS.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


@pytest.mark.skipif(heap._malloc_trim is None or not _STATUS.exists(), reason="Linux with the GNU C library")
def test_memory_between_what_is_used_goes_back_to_the_system() -> None:
    """Blocks too small for pages of their own: when all but the last are freed, the process keeps them."""
    blocks = [np.ones(8_000, np.uint8) for _ in range(8_000)]  # 64 MB
    last = blocks[-1]
    blocks.clear()
    before = resident_kib()
    heap.give_back()
    assert resident_kib() < before - 40_000
    assert last.all()


def test_a_system_that_cannot_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As musl and macOS: nothing happens."""
    monkeypatch.setattr(heap, "_malloc_trim", None)
    heap.give_back()
