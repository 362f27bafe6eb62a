"""How far each frame's mouth is replaced: not at all where nothing is to be done or nothing can be."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label, maximum, maximum_filter1d, minimum_filter1d, uniform_filter1d

from lipwright.analysis.faces.hidden import hidden_share
from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import Measure
from lipwright.timebase import window_frames

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

FULL_YAW_DEGREES = 45.0
NO_YAW_DEGREES = 55.0
"""Between these yaws the new mouth fades out: the mesh of a turned face is not to be trusted."""
MIN_FACE_PIXELS = 24.0
"""Faces lower than this have no mouth to speak of."""
_RAMP_SECONDS = 0.2
_TURN_SECONDS = 0.12
_LEAST_PEAK = 0.5
_SURELY_SHUT_MM = 0.6
"""A mouth is left alone below this: what reads just shut in the source reads ajar in the encoded output."""
_STILL_MM = 0.5
"""A mouth whose gap changes by less from frame to frame counts as still."""


def replacement_strength(
    track: FaceTrack, source_frames: IntArray, is_quiet: BoolArray, speaks: BoolArray | None = None
) -> Float32Array:
    """The strength of each output frame of a face.

    Args:
        track: of the face.
        source_frames: int, shape (n,): the frame of the source shown by each output frame, in the track.
        is_quiet: bool, shape (n,): the new voice is silent and asks for a mouth at rest.

    Returns:
        float32, shape (n,), 0 to 1; inside a run each change takes a fifth of a second, or an eighth where a
        head turns away.
    """
    rows = source_frames - track.start
    gap = track.measures[rows, Measure.GAP]
    is_shut = np.nan_to_num(gap, nan=np.inf) < _SURELY_SHUT_MM
    is_still = np.abs(np.gradient(np.nan_to_num(gap))) < _STILL_MM if len(rows) > 1 else is_shut
    is_needed = ~(is_quiet & is_shut & is_still)
    can = _possible(track, rows, speaks)
    needed = _ramp(is_needed, track.frames_per_second, grow=True)
    return _without_hints(np.asarray(np.minimum(needed, can), dtype=np.float32))


def _without_hints(strength: Float32Array) -> Float32Array:
    """0 where it rises and falls again before it reaches a half: the mouth would tremble, and never speak."""
    stretches, n_stretches = label(strength > 0)
    peaks = maximum(strength, stretches, np.arange(n_stretches + 1))
    return np.where(peaks[stretches] < _LEAST_PEAK, np.float32(0.0), strength)


def fading_ends(is_on: BoolArray, frames_per_second: float) -> Float32Array:
    """1 in stretches of True, falling to 0 within ``_RAMP_SECONDS`` at their ends; shape (n,)."""
    return _ramp(is_on, frames_per_second, grow=False)


def _possible(track: FaceTrack, rows: IntArray, speaks: BoolArray | None) -> Float32Array:
    heights = np.nan_to_num(track.heights()[rows])
    is_usable = track.is_tracked[rows] & (heights >= MIN_FACE_PIXELS)
    if speaks is not None:
        is_usable &= speaks[rows]
    yaw = np.abs(np.nan_to_num(track.yaw[rows], nan=90.0))
    turned = np.clip((NO_YAW_DEGREES - yaw) / (NO_YAW_DEGREES - FULL_YAW_DEGREES), 0.0, 1.0)
    # a head turns quickly: the fade is made inside the time in which it may be drawn
    turning = window_frames(_TURN_SECONDS, track.frames_per_second)
    turned = minimum_filter1d(turned, turning, mode="nearest")
    turned = uniform_filter1d(turned, turning, mode="nearest")
    uncovered = 1.0 - hidden_share(track, rows)
    usable = _ramp(is_usable, track.frames_per_second, grow=False)
    return np.asarray(np.minimum.reduce([usable, turned, uncovered]), dtype=np.float32)


def _ramp(is_on: BoolArray, frames_per_second: float, *, grow: bool) -> Float32Array:
    """Ramps between off and on that lie outside the on-stretches when they grow, else inside them."""
    change = maximum_filter1d if grow else minimum_filter1d
    n_frames = window_frames(_RAMP_SECONDS, frames_per_second)
    widened = change(is_on.astype(np.float32), n_frames, mode="nearest")
    return np.asarray(uniform_filter1d(widened, n_frames, mode="nearest"), dtype=np.float32)
