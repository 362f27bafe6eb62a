"""When each frame of a video is shown: exact stamps for constant and variable frame rates."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lipwright.errors import UsageError

Int64Array = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FrameClock:
    """The presentation time of every frame, frame 0 at 0; built by ``constant`` or ``variable``.

    A constant clock keeps no stamps: its time base is one frame.
    """

    n_frames: int
    time_base: Fraction
    """Seconds per tick."""
    last_ticks: int
    """How long the last frame is shown."""
    stamps: Int64Array | None = None
    """int64, shape (n_frames,): ticks, rising from 0; None when every frame lasts one tick."""

    def __post_init__(self) -> None:
        """Refuses a clock that does not run."""
        if self.n_frames < 1 or self.time_base <= 0 or self.last_ticks < 1:
            raise UsageError(
                f"a clock needs a frame, a time base above 0 and a last frame of a tick or more, got "
                f"{self.n_frames} frames, {self.time_base} s, {self.last_ticks} ticks"
            )
        if self.stamps is not None and (self.stamps[0] != 0 or np.any(np.diff(self.stamps) <= 0)):
            raise UsageError("the stamps of a variable clock must start at 0 and rise with every frame")

    @classmethod
    def constant(cls, fps: Fraction, n_frames: int) -> "FrameClock":
        """A clock on which every frame lasts 1 / fps."""
        if fps <= 0:
            raise UsageError(f"a frame rate must be above 0, got {fps}")
        return cls(n_frames, 1 / fps, 1)

    @classmethod
    def variable(cls, stamps: Int64Array, time_base: Fraction, last_ticks: int) -> "FrameClock":
        """A clock with a stamp for every frame; stamps are moved so that frame 0 is at 0.

        Args:
            stamps: int64, shape (n_frames,), rising, in ticks of ``time_base``.
            last_ticks: how long the last frame is shown, at least 1.
        """
        ticks = np.asarray(stamps, dtype=np.int64)
        return cls(len(ticks), time_base, last_ticks, ticks - ticks[:1])

    @property
    def is_variable(self) -> bool:
        """Whether frames may last unequally long."""
        return self.stamps is not None

    @property
    def duration_ticks(self) -> int:
        """From the start of frame 0 to the end of the last frame."""
        return self.pts(self.n_frames - 1) + self.last_ticks

    @property
    def duration(self) -> Fraction:
        """Seconds from the start of frame 0 to the end of the last frame."""
        return self.duration_ticks * self.time_base

    @property
    def fps(self) -> Fraction:
        """The frame rate; for a variable clock the exact mean over its duration."""
        return self.n_frames / self.duration

    def pts(self, frame_index: int) -> int:
        """The stamp of a frame, in ticks."""
        if not 0 <= frame_index < self.n_frames:
            raise IndexError(f"frame {frame_index} of {self.n_frames}")
        return frame_index if self.stamps is None else int(self.stamps[frame_index])

    def seconds(self, frame_index: int) -> Fraction:
        """The exact time at which a frame appears."""
        return self.pts(frame_index) * self.time_base

    def frame_at(self, seconds: Fraction) -> int:
        """The frame on screen at a time; before the first and after the last, those."""
        ticks = int(seconds / self.time_base // 1)
        if self.stamps is not None:
            ticks = int(np.searchsorted(self.stamps, ticks, side="right")) - 1
        return min(max(ticks, 0), self.n_frames - 1)

    def ticks(self) -> Int64Array:
        """Every stamp: int64, shape (n_frames,)."""
        return np.arange(self.n_frames, dtype=np.int64) if self.stamps is None else self.stamps

    def part(self, start: int, stop: int) -> "FrameClock":
        """The clock of frames ``start <= i < stop`` alone, the first of them at 0."""
        if not 0 <= start < stop <= self.n_frames:
            raise IndexError(f"frames {start} to {stop} of {self.n_frames}")
        if self.stamps is None:
            return FrameClock(stop - start, self.time_base, self.last_ticks)
        end = self.duration_ticks if stop == self.n_frames else self.pts(stop)
        return FrameClock.variable(self.stamps[start:stop], self.time_base, end - self.pts(stop - 1))
