"""Which mouths are hidden by what is in front of them: there the source's own picture is shown."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    grey_closing,
    grey_opening,
    maximum_filter1d,
    median_filter,
    minimum_filter1d,
    uniform_filter1d,
)

from lipwright.analysis.faces.missing_lips import LIP_POINTS
from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.analysis.faces.track import FaceTrack
from lipwright.timebase import reach_frames, window_frames

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

_HIDDEN = 0.67
"""From this occlusion on, a third of what is seen round the mouth, nothing is drawn: what is left of the
mouth shows seams (tried on a singer). Below, the new mouth is drawn behind what covers it."""
_READ_MM, _HIDDEN_THOUGH_READ = 3.5, 0.87
"""Lips that several looks find within so many millimetres of one place are seen, and may be covered further:
by a hand that is waved past, say."""
_LIPS_HIDDEN = 0.3
"""Covered points of the lips, of all of them, that tell the same, however small the thing is: where the mesh
cannot see lips it lays them beside it. Laid over three speakers, microphones beside the lips cover a quarter
of these points at most; those that hide half of the lips cover three in ten and more. Such a thing comes and
goes fast: the fades begin where it does, or lips show on a hand."""
_IS_LIP = np.isin(MOUTH_POINTS, LIP_POINTS)
_GUESSED_MM = 5.0
"""Beside a cover, lips that several looks find this far apart are guessed: a mouth that is laid there lands
beside the frame's own, and both show. (A moustache parts the looks as far and does no harm: the donors' lips
are misplaced like the frame's.)"""
_GUESSED_BEHIND_MM = 7.5
"""The same where the outline of the cover is known and the mouth is drawn behind it: half as far again. Lips
that part their looks by 6 mm beside a microphone were left open there in silence, in plain sight."""
_OUTLINED_SECONDS = 0.2
"""An outline that is found for less may be that of a hand which crosses all of the mouth beside it."""
_TURNED_DEGREES = 38.0
"""Beyond, points of the far cheek lie beside the face: what is found in front of them is mostly the wall
behind it, and a mouth drawn behind that is cut off with a streak."""
_BESIDE_OCCLUSION, _BESIDE_SECONDS = 0.25, 0.24
"""A frame is beside a cover if one is seen in it or so soon before or after."""
_SHORTEST_SECONDS = 0.48
"""A mouth that comes back for less than this between two covers pops: it stays the source's own."""
_BEHIND_SECONDS = 0.04
"""So much at each end of a cover belongs to the fade: one that ends before the cover is there shows lips that
part in silence, and both mouths at once."""
_EASE_SECONDS = 0.12
_BRIEF_SECONDS, _BRIEF_REACH_SECONDS = 2 * _BEHIND_SECONDS + _EASE_SECONDS, _BEHIND_SECONDS + _EASE_SECONDS
"""A cover that is gone sooner than this, 0.2 s, has no room for its fades: they leave a mixture of it, or
nothing. They lie outside it, in 0.16 s to each side, while it comes and goes: lips are torn then as well."""
_SMEARED, _SMEARED_OCCLUSION = 0.65, 0.25
"""A face that loses a third of its sharpness while something is in front of the mouth shows a hand that is
waved past: its outline is smeared over the lips, and a mouth drawn behind it lands in front of the fingers.
Over 28 real clips it fires once, for four frames in which a hand is waved past."""
_SHARPNESS_SECONDS = 2.04
"""So much tells how sharp a face usually is there: one that stays in another light is no smear."""
_SMEAR_REACH_SECONDS = _BEHIND_SECONDS + 0.04
"""The fade of a smear lies outside it, for it is short: one inside would never be done."""


def hidden_share(track: FaceTrack, rows: IntArray) -> Float32Array:
    """How far the source's own mouth is to be shown because of what is in front of it.

    It is decided for the whole track: a voice that ends beside a cover changes nothing before it.

    Args:
        track: of the face.
        rows: int, shape (n,): of the track, one for each output frame.

    Returns:
        float32, shape (n,), 0 to 1; between them only in a fade, which takes a fifth of a second.
    """
    hidden = _closed(_is_hidden(track), reach_frames(_SHORTEST_SECONDS, track.frames_per_second))
    behind = reach_frames(_BEHIND_SECONDS, track.frames_per_second)
    hidden = minimum_filter1d(hidden, 2 * behind + 1, mode="nearest")
    return _eased(hidden, window_frames(_EASE_SECONDS, track.frames_per_second))[rows]


def _is_hidden(track: FaceTrack) -> BoolArray:
    """What each frame says of its mouth, whatever those about it say; shape (n,), of the whole track."""
    occlusion, is_outlined = np.nan_to_num(track.occlusion), track.cover_bits.any(axis=1)
    apart = median_filter(np.nan_to_num(track.lips_apart), 3, mode="nearest")
    is_read = np.isfinite(track.lips_apart) & (apart < _READ_MM)
    is_hidden = occlusion > np.where(is_read, _HIDDEN_THOUGH_READ, _HIDDEN)
    is_hidden |= _is_near(_is_brief(is_hidden, track), track, _BRIEF_REACH_SECONDS)
    hides_lips = track.covered(np.arange(len(occlusion)))[:, _IS_LIP].mean(axis=1) > _LIPS_HIDDEN
    is_hidden |= _is_near(hides_lips, track, _BEHIND_SECONDS)
    is_beside = _is_near(is_outlined | (occlusion > _BESIDE_OCCLUSION), track, _BESIDE_SECONDS)
    n_frames = window_frames(_OUTLINED_SECONDS, track.frames_per_second)
    is_behind = grey_opening(is_outlined, n_frames, mode="nearest")
    is_hidden |= is_beside & (apart > np.where(is_behind, _GUESSED_BEHIND_MM, _GUESSED_MM))
    is_hidden |= is_outlined & (np.abs(np.nan_to_num(track.yaw)) > _TURNED_DEGREES)
    return np.asarray(is_hidden | _is_smeared(track), np.bool_)


def _is_near(is_there: BoolArray, track: FaceTrack, seconds: float) -> BoolArray:
    """Whether it is there within so long before or after."""
    reach = reach_frames(seconds, track.frames_per_second)
    near = maximum_filter1d(is_there.astype(np.uint8), 2 * reach + 1, mode="nearest")
    return np.asarray(near > 0, np.bool_)


def _is_brief(is_covered: BoolArray, track: FaceTrack) -> BoolArray:
    """Which frames are of a cover that is gone at once; of a single frame the colors may be misjudged.

    One with which a track begins or ends may be longer than is seen.
    """
    steady = median_filter(is_covered.astype(np.uint8), 3, mode="nearest")
    n_frames = window_frames(_BRIEF_SECONDS, track.frames_per_second)
    lasting = grey_opening(steady, n_frames, mode="nearest")
    return np.asarray(steady > lasting, np.bool_)


def _closed(is_hidden: BoolArray, n_frames: int) -> Float32Array:
    """Without gaps of so few frames between two covers; before the first and after the last there is none."""
    padded = np.pad(is_hidden.astype(np.float32), n_frames)
    closed = grey_closing(padded, n_frames + 1)[n_frames : n_frames + len(is_hidden)]
    return np.asarray(closed, np.float32)


def _eased(values: Float32Array, n_frames: int) -> Float32Array:
    """Without steps: each change is spread over some frames, slower at both ends; shape (n,)."""
    once = uniform_filter1d(values, n_frames, mode="nearest")
    return np.asarray(uniform_filter1d(once, n_frames, mode="nearest"), np.float32)


def _is_smeared(track: FaceTrack) -> BoolArray:
    """Whether a cover blurs the face, and shortly before and after; shape (n,), of the whole track."""
    seen = np.flatnonzero(np.isfinite(track.sharpness))
    if not len(seen):
        return np.zeros(len(track.sharpness), np.bool_)
    sharpness = np.interp(np.arange(len(track.sharpness)), seen, track.sharpness[seen])
    usual = median_filter(
        sharpness, window_frames(_SHARPNESS_SECONDS, track.frames_per_second), mode="nearest"
    )
    is_smeared = (sharpness < _SMEARED * usual) & (np.nan_to_num(track.occlusion) > _SMEARED_OCCLUSION)
    steady = median_filter(is_smeared.astype(np.uint8), 3, mode="nearest")  # a nod blurs for a frame
    return _is_near(steady > 0, track, _SMEAR_REACH_SECONDS)
