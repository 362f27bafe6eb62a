"""Puts a donor's mouth into the light of the frame: as light does it, by a factor and not by an amount."""

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_SHRINK = 4
_REACH_MM = 10.0
"""Skin as far away as this tells the light on a spot, as a Gaussian's standard deviation."""
_BLACK = 16.0
"""Luma of black in footage of limited range; in full range shadows are hardly lit at all below it."""
_LEAST_SKIN_LEVELS = 24.0
"""Above black; skin that is darker tells no factor."""
_MOST = 1.25
"""Of the change of skin, on what is brighter than skin: teeth, spots of gloss."""


def relit(
    layer: UInt8Array, difference: Float32Array, skin: Float32Array, pixels_per_mm: float
) -> Float32Array:
    """The layer with its skin changed by a difference, and all else in proportion to its own light.

    The dark of a mouth has little light to lose or to gain: changed by as many levels as skin it would turn
    pitch-black or milky.

    Args:
        layer: uint8 Y'CbCr, shape (height, width, 3).
        difference: float32, same shape: what its skin lacks, levels (``light_difference``).
        skin: float32, shape (height, width), 0 to 1: where the layer shows skin.
        pixels_per_mm: of the face.

    Returns:
        float32, shape of the layer, 0 to 255.
    """
    level = np.maximum(_skin_level(layer, skin, pixels_per_mm) - _BLACK, _LEAST_SKIN_LEVELS)
    share = np.clip((layer[..., 0] - np.float32(_BLACK)) / level, 0.0, _MOST)
    return np.asarray(np.clip(layer + difference * share[..., None], 0.0, 255.0), np.float32)


def _skin_level(layer: UInt8Array, skin: Float32Array, pixels_per_mm: float) -> Float32Array:
    """Luma of the skin about each spot: float32, shape (height, width)."""
    height, width = skin.shape
    size = (max(1, width // _SHRINK), max(1, height // _SHRINK))
    luma, weight = (
        cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for part in (np.ascontiguousarray(layer[..., 0]), skin)
    )
    sigma = max(_REACH_MM * pixels_per_mm / _SHRINK, 1.0)
    weight = weight + np.float32(1e-4)
    total = cv2.GaussianBlur(weight, (0, 0), sigma)
    level = cv2.GaussianBlur(luma * weight, (0, 0), sigma) / total
    return np.asarray(cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
