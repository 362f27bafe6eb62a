"""How far each frame's mouth is replaced: not at all where nothing is to be done or nothing can be."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d

from lipwright.analysis.faces.hidden import hidden_share
from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import Measure

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

FULL_YAW_DEGREES = 45.0
NO_YAW_DEGREES = 55.0
"""Between these yaws the new mouth fades out: the mesh of a turned face is not to be trusted."""
MIN_FACE_PIXELS = 24.0
"""Faces lower than this have no mouth to speak of."""
_RAMP_FRAMES = 5
_TURN_FRAMES = 3
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
        float32, shape (n,), 0 to 1, without steps larger than one part in ``_RAMP_FRAMES`` inside a run; at
        a cover, and where a head turns away, of a third.
    """
    rows = source_frames - track.start
    gap = track.measures[rows, Measure.GAP]
    is_shut = np.nan_to_num(gap, nan=np.inf) < _SURELY_SHUT_MM
    is_still = np.abs(np.gradient(np.nan_to_num(gap))) < _STILL_MM if len(rows) > 1 else is_shut
    is_needed = ~(is_quiet & is_shut & is_still)
    can = _possible(track, rows, speaks)
    return np.asarray(np.minimum(_ramp(is_needed, grow=True), can), dtype=np.float32)


def fading_ends(is_on: BoolArray) -> Float32Array:
    """1 in stretches of True, falling to 0 within ``_RAMP_FRAMES`` at their ends; shape (n,)."""
    return _ramp(is_on, grow=False)


def _possible(track: FaceTrack, rows: IntArray, speaks: BoolArray | None) -> Float32Array:
    heights = np.nan_to_num(track.heights()[rows])
    usable = track.is_tracked[rows] & (heights >= MIN_FACE_PIXELS)
    if speaks is not None:
        usable &= speaks[rows]
    yaw = np.abs(np.nan_to_num(track.yaw[rows], nan=90.0))
    turned = np.clip((NO_YAW_DEGREES - yaw) / (NO_YAW_DEGREES - FULL_YAW_DEGREES), 0.0, 1.0)
    # a head turns quickly: the fade is made inside the time in which it may be drawn
    turned = minimum_filter1d(turned, _TURN_FRAMES, mode="nearest")
    turned = uniform_filter1d(turned, _TURN_FRAMES, mode="nearest")
    uncovered = 1.0 - hidden_share(track, rows)
    return np.asarray(np.minimum.reduce([_ramp(usable, grow=False), turned, uncovered]), dtype=np.float32)


def _ramp(is_on: BoolArray, *, grow: bool) -> Float32Array:
    """Ramps between off and on that lie outside the on-stretches when they grow, else inside them."""
    change = maximum_filter1d if grow else minimum_filter1d
    widened = change(is_on.astype(np.float32), _RAMP_FRAMES, mode="nearest")
    return np.asarray(uniform_filter1d(widened, _RAMP_FRAMES, mode="nearest"), dtype=np.float32)
