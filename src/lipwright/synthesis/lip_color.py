"""The colour of lips against the skin round them: the same for one person, whatever the light."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_SKIN_REACH = 0.12
"""How far round the lips skin is looked at, as a share of the lips' width."""


def lip_color(crop: UInt8Array, points: Float32Array) -> Float32Array:
    """How much lighter or redder lips are than the skin round them.

    Args:
        crop: uint8 Y'CbCr, shape (height, width, 3).
        points: float32, shape (N_POINTS, 2): pixels of the crop.

    Returns:
        float32, shape (3,): mean of the lips minus mean of the skin, levels; zeros where one is not seen.
    """
    lips, outside = lip_mask(points, crop.shape[:2]), _filled(points[mesh.OUTER], crop.shape[:2])
    reach = max(2, round(_SKIN_REACH * float(np.linalg.norm(points[10] - points[0]))))
    distance = cv2.distanceTransform(~outside, cv2.DIST_L2, cv2.DIST_MASK_3)
    skin = ((distance > 1.5) & (distance < reach + 0.5)).astype(np.uint8)  # not the very edge of the lips
    if not lips.any() or not skin.any():
        return np.zeros(3, np.float32)
    difference = np.subtract(cv2.mean(crop, lips)[:3], cv2.mean(crop, skin)[:3])
    return np.asarray(difference, dtype=np.float32)


def lip_mask(points: Float32Array, shape: tuple[int, ...]) -> UInt8Array:
    """255 on the red of the lips, 0 elsewhere; uint8 of the shape (height, width)."""
    return np.asarray(_filled(points[mesh.OUTER], shape) & ~_filled(points[mesh.INNER], shape), np.uint8)


def _filled(ring: Float32Array, shape: tuple[int, ...]) -> UInt8Array:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(ring * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    return mask
