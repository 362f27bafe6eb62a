"""What a face does over time besides speaking: how strongly it expresses, and how the head moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, minimum_filter1d, uniform_filter1d

from lipwright.analysis.speech.prosody import Prosody

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

FULL_YAW_DEGREES, NO_YAW_DEGREES = 30.0, 45.0
"""Between these yaws acting fades out: half a face cannot be pulled about."""

_EASE_SECONDS = 0.6
_LEAST_SHARE = 0.9
"""Of an expression in a pause; the rest comes with the voice's stress."""
_BREATH_SECONDS = 0.5
"""Standard deviation over which stress makes an expression stronger."""
_RAMP_FRAMES = 9

_NOD = np.radians(3.0)
"""Nose down on a stressed syllable."""
_LIFT = np.radians(1.6)
"""Nose up when the voice rises by half an octave."""
_TILT = np.radians(2.2)
_SWAY = np.radians(2.0)
_SYLLABLE_SECONDS, _PHRASE_SECONDS = 0.11, 0.45
_SWAY_PERIOD_SECONDS = 5.3
_PITCH_RANGE = 6.0
"""Semitones that count as a full rise."""


@dataclass(frozen=True, eq=False)
class Acting:
    """One row per output frame of an order."""

    amount: Float32Array
    """float32, shape (n,), 0 to 1: of the expression."""
    turns: Float32Array
    """float32, shape (n, 3): rotation of the head about its own axes (right, up, to the camera), radians."""


def act(prosody: Prosody, visibility: Float32Array, *, with_face: bool, with_head: bool) -> Acting:
    """The acting of one run of frames; it begins and ends at rest.

    Stress makes heads nod and melody lifts and tilts them: K. G. Munhall et al., "Visual prosody and speech
    intelligibility", Psychological Science 15(2), 2004. To which side a head tilts no voice says; it changes
    sides slowly.

    Args:
        prosody: of the voice, at the frames.
        visibility: float32, shape (n,), 0 to 1: how far the face lets itself be moved.
        with_face: whether there is an expression.
        with_head: whether the head moves.
    """
    n_frames = len(visibility)
    rate = _frame_rate(prosody.seconds)
    envelope = visibility * _ease(n_frames, rate)
    amount, turns = np.zeros(n_frames, np.float32), np.zeros((n_frames, 3), np.float32)
    if with_face:
        stress = _smooth(prosody.energy, _BREATH_SECONDS * rate)
        amount = envelope * (_LEAST_SHARE + (1 - _LEAST_SHARE) * stress)
    if with_head:
        turns = envelope[:, None] * _turns(prosody, rate)
    return Acting(amount.astype(np.float32), turns.astype(np.float32))


def visibility(is_tracked: BoolArray, yaw: Float32Array) -> Float32Array:
    """How far a face lets itself be moved, frame by frame, without steps; float32, shape (n,), 0 to 1.

    Args:
        is_tracked: bool, shape (n,).
        yaw: float32, shape (n,): degrees, NaN where the face was lost.
    """
    turned = np.abs(np.nan_to_num(yaw, nan=90.0))
    share = np.clip((NO_YAW_DEGREES - turned) / (NO_YAW_DEGREES - FULL_YAW_DEGREES), 0.0, 1.0) * is_tracked
    lowest = minimum_filter1d(share, _RAMP_FRAMES, mode="nearest")
    return np.asarray(uniform_filter1d(lowest, _RAMP_FRAMES, mode="nearest") * is_tracked, np.float32)


def _turns(prosody: Prosody, rate: float) -> Float32Array:
    stress = _smooth(prosody.energy, _SYLLABLE_SECONDS * rate)
    accent = stress - _smooth(prosody.energy, 4 * _PHRASE_SECONDS * rate)
    melody = np.clip(_smooth(prosody.pitch, _SYLLABLE_SECONDS * rate) / _PITCH_RANGE, -1.0, 1.0)
    phrase = np.clip(_smooth(prosody.pitch, _PHRASE_SECONDS * rate) / _PITCH_RANGE, -1.0, 1.0)
    speech = _smooth(prosody.energy, _PHRASE_SECONDS * rate)
    side = np.sin(2 * np.pi * prosody.seconds / _SWAY_PERIOD_SECONDS)
    nod = _NOD * accent - _LIFT * melody
    turns = np.stack([nod, _SWAY * side * speech, _TILT * (phrase + 0.5 * side * speech)], axis=1)
    return np.asarray(turns, np.float32)


def _ease(n_frames: int, rate: float) -> Float32Array:
    """0 before the first frame and after the last, 1 in between, smooth."""
    place = np.arange(n_frames)
    near = np.minimum(place, n_frames - 1 - place) / max(_EASE_SECONDS * rate, 1.0)
    ramp = np.clip(near, 0.0, 1.0)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), np.float32)


def _frame_rate(seconds: NDArray[np.float64]) -> float:
    return 1.0 / float(np.median(np.diff(seconds))) if len(seconds) > 1 else 25.0


def _smooth(curve: Float32Array, sigma_frames: float) -> Float32Array:
    return np.asarray(gaussian_filter1d(curve, max(sigma_frames, 0.1), mode="nearest"), np.float32)
