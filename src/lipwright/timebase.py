"""Exact time: frame indices, time stamps and seconds as rationals."""

from fractions import Fraction


def frame_seconds(frame_index: int, fps: Fraction) -> Fraction:
    """The exact time at which a frame starts, in seconds; frame 0 starts at 0."""
    return Fraction(frame_index) / fps


def frame_at(seconds: Fraction, fps: Fraction) -> int:
    """The 0-based index of the frame on screen at an exact time (floors)."""
    return int((seconds * fps) // 1)


def nearest_frame(pts: int, time_base: Fraction, fps: Fraction) -> int:
    """The frame index that a stream time stamp means (rounds half up; stamps carry rounding noise)."""
    return int((pts * time_base * fps + Fraction(1, 2)) // 1)


def frame_count(seconds: Fraction, fps: Fraction) -> int:
    """How many frames are needed to cover a duration: the last may be covered in part (ceils)."""
    return -int((-seconds * fps) // 1)


def window_frames(seconds: float, frames_per_second: float) -> int:
    """Frames of a window that smooths about its middle: the odd number that comes nearest, 3 at least."""
    return max(3, 2 * round((seconds * frames_per_second - 1) / 2) + 1)


def reach_frames(seconds: float, frames_per_second: float) -> int:
    """How many frames a reach to one side is, 1 at least."""
    return max(1, round(seconds * frames_per_second))
