"""Several warped mouths made one: the fine detail of the main one, the shading of all that agree."""

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_SHRINK = 4
"""Shading is smooth: it is mixed on a small image."""
_AGREEMENT_LEVELS = 10.0
"""How far the shading of two mouths may be apart, in levels, and still be mixed: more is a tooth or a lip."""


def mix_shading(main: UInt8Array, others: list[tuple[UInt8Array, float]], sigma: float) -> UInt8Array:
    """The main mouth with the shading of the mean of all.

    Teeth, beard and grain come from one mouth alone, or they would show double; light and colour that differ
    from donor to donor, and would flicker, are evened out. Where another mouth shows something else it has no
    say.

    Args:
        main: uint8 Y'CbCr, shape (height, width, 3).
        others: same shape each, with its share; shares sum to less than 1.
        sigma: pixels; what is coarser is shading.
    """
    height, width = main.shape[:2]
    size = (max(1, width // _SHRINK), max(1, height // _SHRINK))
    own = _shading(main, size, sigma)
    change = np.zeros_like(own)
    for other, share in others:
        apart = _shading(other, size, sigma) - own
        strangeness = np.abs(apart).max(axis=2, keepdims=True) / np.float32(_AGREEMENT_LEVELS)
        change += np.float32(share) * np.exp(-np.square(strangeness)) * apart
    everywhere = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(main + everywhere + np.float32(0.5), 0, 255), dtype=np.uint8)


def _shading(image: UInt8Array, size: tuple[int, int], sigma: float) -> Float32Array:
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), max(sigma / _SHRINK, 0.5)), dtype=np.float32)
