"""Which mouths are hidden by what is in front of them: there the source's own picture is shown."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import grey_closing, maximum_filter1d, median_filter, minimum_filter1d, uniform_filter1d

from lipwright.analysis.faces.track import FaceTrack

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

_HIDDEN = 0.67
"""From this occlusion on, a third of what is seen round the mouth, nothing is drawn: what is left of the
mouth shows seams (tried on a singer). Below, the new mouth is drawn behind what covers it."""
_READ_MM, _HIDDEN_THOUGH_READ = 3.5, 0.87
"""Lips that several looks find within so many millimetres of one place are seen, and may be covered further:
by a hand that is waved past, say."""
_GUESSED_MM = 5.0
"""Beside a cover, lips that several looks find this far apart are guessed: a mouth that is laid there lands
beside the frame's own, and both show. (A moustache parts the looks as far and does no harm: the donors' lips
are misplaced like the frame's.)"""
_BESIDE_OCCLUSION, _BESIDE_FRAMES = 0.25, 6
"""A frame is beside a cover if one is seen in it or within so many frames."""
_SHORTEST_FRAMES = 12
"""A mouth that comes back for less than this between two covers pops: it stays the source's own."""
_BEHIND_FRAMES = 1
"""So many frames at each end of a cover belong to the fade: one that ends before the cover is there shows
lips that part in silence, and both mouths at once."""
_EASE_FRAMES = 3
_SMEARED, _SMEARED_OCCLUSION = 0.65, 0.25
"""A face that loses a third of its sharpness while something is in front of the mouth shows a hand that is
waved past: its outline is smeared over the lips, and a mouth drawn behind it lands in front of the fingers.
Over 28 real clips it fires once, for four frames in which a hand is waved past."""
_SHARPNESS_FRAMES = 51
"""Two seconds tell how sharp a face usually is there: one that stays in another light is no smear."""
_SMEAR_REACH_FRAMES = _BEHIND_FRAMES + 1
"""The fade of a smear lies outside it, for it is short: one inside would never be done."""


def hidden_share(track: FaceTrack, rows: IntArray) -> Float32Array:
    """How far the source's own mouth is to be shown because of what is in front of it.

    Args:
        track: of the face.
        rows: int, shape (n,): of the track, one for each output frame.

    Returns:
        float32, shape (n,), 0 to 1; between them only in a fade, of a third from frame to frame at most.
    """
    apart = median_filter(np.nan_to_num(track.lips_apart[rows]), 3, mode="nearest")
    is_read = np.isfinite(track.lips_apart[rows]) & (apart < _READ_MM)
    limit = np.where(is_read, _HIDDEN_THOUGH_READ, _HIDDEN)
    is_hidden = np.nan_to_num(track.occlusion[rows]) > limit
    is_hidden |= _is_beside_cover(track, rows) & (apart > _GUESSED_MM)
    is_hidden |= _is_smeared(track)[rows]
    hidden = grey_closing(is_hidden.astype(np.float32), _SHORTEST_FRAMES + 1, mode="nearest")
    return _eased(minimum_filter1d(hidden, 2 * _BEHIND_FRAMES + 1, mode="nearest"))


def _eased(values: Float32Array) -> Float32Array:
    """Without steps: each change is spread over four frames, slower at both ends; shape (n,)."""
    once = uniform_filter1d(values, _EASE_FRAMES, mode="nearest")
    return np.asarray(uniform_filter1d(once, _EASE_FRAMES, mode="nearest"), np.float32)


def _is_beside_cover(track: FaceTrack, rows: IntArray) -> BoolArray:
    is_cover = track.cover_bits[rows].any(axis=1) | (track.occlusion[rows] > _BESIDE_OCCLUSION)
    near = maximum_filter1d(is_cover.astype(np.uint8), 2 * _BESIDE_FRAMES + 1, mode="nearest")
    return np.asarray(near > 0, np.bool_)


def _is_smeared(track: FaceTrack) -> BoolArray:
    """Whether a cover blurs the face, and shortly before and after; shape (n,), of the whole track."""
    seen = np.flatnonzero(np.isfinite(track.sharpness))
    if not len(seen):
        return np.zeros(len(track.sharpness), np.bool_)
    sharpness = np.interp(np.arange(len(track.sharpness)), seen, track.sharpness[seen])
    usual = median_filter(sharpness, _SHARPNESS_FRAMES, mode="nearest")
    is_smeared = (sharpness < _SMEARED * usual) & (np.nan_to_num(track.occlusion) > _SMEARED_OCCLUSION)
    steady = median_filter(is_smeared.astype(np.uint8), 3, mode="nearest")  # a nod blurs for a frame
    near = maximum_filter1d(steady, 2 * _SMEAR_REACH_FRAMES + 1, mode="nearest")
    return np.asarray(near > 0, np.bool_)
