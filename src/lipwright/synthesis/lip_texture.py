"""Fine detail of the red of the lips, which tells a sharp mouth from a blurred one however far it is open."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_mask
from lipwright.synthesis.sharpness import variance_where

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_EDGE = 0.02
"""How much of the red is left out at its edges, as a share of the lips' width: edges are always sharp."""
_FEWEST_PIXELS = 200
"""Less red than this tells nothing."""


def lip_body(points: Float32Array, shape: tuple[int, ...]) -> UInt8Array | None:
    """255 on the red of the lips without its edges, 0 elsewhere.

    Args:
        points: float32, shape (N_POINTS or more, 2): pixels of the image.
        shape: height and width of the image.

    Returns:
        uint8, shape (height, width); None for lips that show next to nothing.
    """
    width = float(np.linalg.norm(points[mesh.N_RING // 2] - points[0]))
    size = 2 * max(1, round(_EDGE * width)) + 1
    body = cv2.erode(lip_mask(points, shape), np.ones((size, size), np.uint8))
    return np.asarray(body, np.uint8) if cv2.countNonZero(body) >= _FEWEST_PIXELS else None


def lip_texture(crop: UInt8Array, points: Float32Array) -> float | None:
    """The standard deviation of the Laplacian on the body of the lips, levels; None where that tells nothing.

    Args:
        crop: uint8 Y'CbCr, shape (height, width, 3).
        points: float32, shape (N_POINTS, 2): pixels of the crop.
    """
    height, width = crop.shape[:2]
    left, top = np.clip(np.floor(points[mesh.OUTER].min(axis=0)), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(points[mesh.OUTER].max(axis=0)) + 1, 0, (width, height)).astype(int)
    lips = crop[top:bottom, left:right, 0]
    body = lip_body(points - np.array([left, top], np.float32), lips.shape) if lips.size else None
    return None if body is None else float(np.sqrt(variance_where(lips, body)))
