"""The rim of an open eye's upper lid: how far up lashes and their shade reach, where plain skin begins."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis.eye import Eye

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_HEIGHTS = 0.06, 0.2
"""Least and greatest height of a rim, which is moved as it is."""
_STEP = 0.01
_SKIN_LIGHT = 0.9
"""Of the lightest row of the lid's skin: rows that are darker are lashes, or the shade of the rim."""
_LEAST_STRIP, _FOLD_DEPTH = 0.7, 0.15
"""Shares of the lightest row over the eye: a row that is as light is skin, and what is so much darker than
the skin below it is the fold of the lid."""
_MOST_ROUGH = 1.5
"""Roughness of skin below a fold against what is above it: lashes before it make it three times as rough (two
eyes with long lashes; 1.0 and 0.8 on lids without)."""
_COLUMNS, _ROUGH_SIGMA = 64, 4.0
"""Samples along the eye; what is finer than so many of them is rough."""
_BAND = 0.06
"""Height of the skin over the rim that gives the lid its colour, where no fold is nearer."""


@dataclass(frozen=True)
class LidRim:
    """Heights over the upper lid, shares of the eye's width."""

    height: float
    """Up to here there are lashes and rim."""
    band: float
    """Up to here from there it is the skin of this lid: below its fold, if it shows one."""


def lid_rim(luma: UInt8Array, eye: Eye) -> LidRim:
    """The rim of an eye, from rows of luma over it.

    Args:
        luma: uint8, shape (height, width): the picture, or a part of it.
        eye: with its origin in pixels of ``luma``.
    """
    low, high = _HEIGHTS
    heights = np.arange(low, high + _BAND + _STEP / 2, _STEP, dtype=np.float32)
    x, y = eye.skin(np.linspace(0.15, 0.85, _COLUMNS, dtype=np.float32), heights)
    samples = cv2.remap(luma, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    n_rows = int((heights <= high + _STEP / 2).sum())
    rows = np.median(samples, axis=1)
    light = _light_below_fold(samples[:n_rows])
    first = int(np.argmax(rows >= _SKIN_LIGHT * (rows[:n_rows].max() if light is None else light)))
    so_far = np.maximum.accumulate(rows[first:])
    is_lid = np.append(rows[first:] >= (1 - _FOLD_DEPTH) * so_far, False)
    return LidRim(float(heights[first]), min(_STEP * max(int(np.argmin(is_lid)) - 1, 0), _BAND))


def _light_below_fold(samples: Float32Array) -> float | None:
    """Luma of the bare skin between the rim and the fold of a lid; None where no such skin is seen."""
    rows = np.median(samples, axis=1)
    so_far, lightest = np.maximum.accumulate(rows), rows.max()
    is_fold = (so_far - rows >= _FOLD_DEPTH * lightest) & (so_far >= _LEAST_STRIP * lightest)
    if not is_fold.any():
        return None
    fold = int(np.argmax(is_fold))
    smooth = cv2.GaussianBlur(samples, (0, 0), _ROUGH_SIGMA, sigmaY=0.01, borderType=cv2.BORDER_REPLICATE)
    rough = np.abs(samples - smooth).mean(axis=1)
    strip = int(np.argmax(rows[:fold]))
    return float(rows[strip]) if rough[strip] <= _MOST_ROUGH * np.median(rough[fold:]) else None
