"""Memory is that of the process which is measured, not of the one that started it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.resident import peak_kib

ROOT = Path(__file__).resolve().parents[2]
HELD_MIB = 100


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the two apart")
def test_a_small_child_of_a_large_parent_is_small() -> None:
    """The parent holds 100 MiB, the child a bare interpreter."""
    held = np.ones(HELD_MIB << 17)
    code = "from benchmarks.resident import peak_kib; print(peak_kib())"
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert 0 < int(child.stdout) < held.nbytes // 1024 <= peak_kib()


def test_systems_without_such_a_file_are_asked_in_the_old_way(tmp_path: Path) -> None:
    assert peak_kib(tmp_path / "nothing") > 0
