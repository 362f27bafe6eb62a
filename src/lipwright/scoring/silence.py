"""What the lips do while the voice is silent: they should be closed and still."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from lipwright.analysis.speech.motion import MOTION_RATE
from lipwright.measures import CLOSED_GAP_MM

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

STILL_MM = 0.5
"""Lips whose gap changes by less than this from frame to frame are still."""
REACH_SECONDS = 0.2
"""A frame counts as silent when nobody speaks within this reach: lips need time to close and to open."""
_SPEECH = 0.3


@dataclass(frozen=True)
class SilenceFigures:
    """Shares of the silent frames, 0 to 1; NaN when there is none."""

    n_frames: int
    """Silent frames in which the mouth was seen."""
    closed_share: float
    still_share: float
    rest_share: float
    """Closed and still at once."""
    n_unread: int = 0
    """Further silent frames, whose mouth is hidden or cannot be read."""


def silent_frames(activity: Float32Array, seconds: Float64Array) -> BoolArray:
    """Which frames are silent; before and after the sound all are.

    Args:
        activity: float32, shape (m,), 100 steps a second: how surely somebody speaks.
        seconds: float64, shape (n,): when the frames are shown.
    """
    if len(activity) == 0:
        return np.ones(len(seconds), np.bool_)
    near = maximum_filter1d(activity, 2 * round(REACH_SECONDS * MOTION_RATE) + 1)
    steps = np.arange(len(near)) / MOTION_RATE
    return np.asarray(np.interp(seconds, steps, near, left=0.0, right=0.0) < _SPEECH)


def silence_figures(
    gap: Float32Array, is_silent: BoolArray, is_unread: BoolArray | None = None
) -> SilenceFigures:
    """The figures of one mouth.

    Args:
        gap: float32, shape (n,): canonical mm, frame by frame; NaN where the mouth was not seen.
        is_silent: bool, shape (n,).
        is_unread: bool, shape (n,): where the face was seen but not its mouth; None for nowhere.
    """
    n_unread = 0 if is_unread is None else int((is_silent & is_unread).sum())
    is_counted = is_silent & np.isfinite(gap)
    n_frames = int(is_counted.sum())
    if n_frames == 0:
        return SilenceFigures(0, float("nan"), float("nan"), float("nan"), n_unread)
    change = np.abs(np.diff(gap, prepend=gap[:1]))
    is_still = np.nan_to_num(change, nan=0.0)[is_counted] < STILL_MM
    is_closed = gap[is_counted] < CLOSED_GAP_MM
    return SilenceFigures(
        n_frames,
        float(is_closed.mean()),
        float(is_still.mean()),
        float((is_closed & is_still).mean()),
        n_unread,
    )
