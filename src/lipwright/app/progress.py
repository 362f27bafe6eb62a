"""How far a generation is, written for those who wait: at most once a second."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_PERIOD_SECONDS = 1.0

SHARES: dict[str, tuple[float, float]] = {
    "fetch": (0.0, 0.05),
    "analyse": (0.05, 0.25),
    "hear": (0.25, 0.28),
    "plan": (0.28, 0.30),
    "render": (0.30, 0.97),
    "mux": (0.97, 0.98),
    "measure": (0.98, 1.0),
}
"""From where to where each stage brings the whole, 0 to 1."""


def overall(stage: str, done: int, total: int) -> float:
    """How far the whole is, 0 to 1, when a stage is so far."""
    low, high = SHARES[stage]
    return low + (high - low) * min(done / max(total, 1), 1.0)


@dataclass
class Pace:
    """Lets something happen at most once a period."""

    clock: Callable[[], float] = time.monotonic
    _last: float = field(default=float("-inf"))

    def is_due(self) -> bool:
        """Whether it may happen now; it does then."""
        now = self.clock()
        if now - self._last < _PERIOD_SECONDS:
            return False
        self._last = now
        return True


class ChunkCount:
    """Frames that are rendered, of chunks that are rendered at the same time; for any thread.

    Args:
        frames: of the chunks that were rendered before, by chunk.
    """

    def __init__(self, frames: Mapping[int, int]) -> None:
        self._frames = dict(frames)

    def note(self, chunk: int, frames: int) -> int:
        """A chunk is so far; how many frames that makes in all."""
        self._frames[chunk] = frames
        return sum(tuple(self._frames.values()))
