"""Whether lips are where the mesh lays them: a hand has the color of the skin, but nothing red on it.

Point by point a hand before the mouth differs from lips, cheeks and chin no more than these do from frame to
frame. All points of the red together tell: beside the skin they are darker and redder in every frame of a
face, in the way of that face, and over a hand they are not. Lips that are pressed in are not seen either; but
then the skin about them is as it always is.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter

from lipwright.analysis.faces.landmarks import (
    INNER_LIP,
    MEAN_FACE,
    MIDDLE_LIP_RINGS,
    OUTER_LIP,
    IndexArray,
)
from lipwright.analysis.faces.nan_median import nan_median

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

RED_POINTS: IndexArray = MIDDLE_LIP_RINGS[0]
"""Rows of a landmark array: on the red of the lips, and where no opening reaches."""
LIP_POINTS: IndexArray = np.concatenate([OUTER_LIP, *MIDDLE_LIP_RINGS, INNER_LIP])
"""Rows of a landmark array: all others near the mouth are of skin."""
_NEAR_MM = 18.0
"""Skin that is so near the lips is in the same light."""
_LEAST_FRAMES, _LEAST_SKIN = 25, 5
_MISSING, _SHOWN = 0.52, 0.6
"""Shares of the usual contrast. Hands that are laid over three speakers leave 0.52 and less of both,
lips that are pressed in until nothing red is seen 0.53 and once 0.25, all others of 3500 frames of 25 tracks
0.6 and more of one of the two."""
_LEAST_SPREADS = 4.0
"""Below the usual share, in units of its spread: of small or blurred faces it is any number."""
_LEAST_STRANGE = 1.6
"""Times as far from its usual color as it mostly is: skin about pressed lips 1.5 at most, under hands 1.8 and
more."""
_NEAR_FRAMES = 3
"""So long before and after, the hand that hides all of the lips may hide some of them."""


def near_lips(points: IndexArray, millimetres: float = _NEAR_MM) -> BoolArray:
    """Which of some rows of a landmark array are so near the points of the lips, these among them."""
    apart = MEAN_FACE[points, np.newaxis, :2] - MEAN_FACE[np.newaxis, LIP_POINTS, :2]
    return np.asarray(np.linalg.norm(apart, axis=2).min(axis=1) < millimetres, np.bool_)


def missing_lips(
    red: Float32Array, skin: Float32Array, is_near: BoolArray, usual: Float32Array, is_clear: BoolArray
) -> Float32Array:
    """How surely the lips of each frame are hidden by something that looks like skin.

    Args:
        red: float32, shape (n, len(RED_POINTS), 3): colors of the lips, in the face's usual light; NaN where
            the camera does not see them.
        skin: float32, shape (n, n_skin, 3): of the skin about them; NaN also where something that does not
            look like skin is in front of it.
        is_near: bool, shape (n_skin,): see ``near_lips``.
        usual: float32, shape (3,): of the face's skin.
        is_clear: bool, shape (n,): frames in which nothing else hides the mouth; these tell how lips look,
            and most of them must show them.

    Returns:
        float32, shape (n,), 0 to 1.
    """
    beside = nan_median(skin[:, is_near], axis=1)
    beside[np.isfinite(skin[:, is_near, 0]).sum(axis=1) < _LEAST_SKIN] = np.nan
    local, overall = (_contrast(red - about, is_clear) for about in (beside[:, np.newaxis], usual))
    known = local[is_clear & np.isfinite(local)]
    if len(known) < _LEAST_FRAMES:
        return np.zeros(len(red), np.float32)
    # by the upper half alone, for the lower one may be of hands: between these quantiles of a bell-shaped
    # distribution lies one standard deviation, and its middle 0.7 of one below them
    high, higher = np.quantile(known, (0.75, 0.95))
    is_low = local < high - (0.7 + _LEAST_SPREADS) * (higher - high)
    share = np.where(is_low, np.fmax(local, overall), np.float32(1.0))
    is_strange = _strangeness(skin, is_clear & ~is_low) > _LEAST_STRANGE
    steady = np.where(is_strange, median_filter(share, 3, mode="nearest"), np.float32(1.0))
    amount = np.clip((_SHOWN - steady) / (_SHOWN - _MISSING), 0, 1)
    return np.asarray(maximum_filter1d(amount, 2 * _NEAR_FRAMES + 1, mode="nearest"), np.float32)


def _contrast(apart: Float32Array, is_clear: BoolArray) -> Float32Array:
    """The share that each frame shows of what usually sets its lips off from skin; shape (n,).

    Args:
        apart: float32, shape (n, n_points, 3): how the lips differ from it; NaN where that is not known.
        is_clear: see ``missing_lips``.

    Returns:
        NaN where nothing is known.
    """
    length = np.linalg.norm(apart, axis=-1)
    length[~is_clear] = np.nan
    is_far = length >= nan_median(length, axis=0)
    usual = nan_median(np.where(is_far[..., np.newaxis], apart, np.float32(np.nan)), axis=0)
    shown = np.nansum(apart * usual, axis=(1, 2))
    whole = np.nansum(np.where(np.isfinite(apart), usual**2, np.float32(np.nan)), axis=(1, 2))
    return np.asarray(np.where(whole > 0, shown / np.maximum(whole, 1e-6), np.float32(np.nan)), np.float32)


def _strangeness(skin: Float32Array, is_usual: BoolArray) -> Float32Array:
    """How far skin is from its usual color, in units of how far it usually is; shape (n,), steadied."""
    colors = np.where(is_usual[:, np.newaxis, np.newaxis], skin, np.float32(np.nan))
    apart = np.linalg.norm(skin - nan_median(colors, axis=0), axis=-1)
    spread = nan_median(np.where(is_usual[:, np.newaxis], apart, np.float32(np.nan)), axis=0)
    strange = nan_median(apart / np.maximum(spread, 1e-6), axis=1)
    return np.asarray(median_filter(np.nan_to_num(strange), 3, mode="nearest"), np.float32)
