"""Takes from drawn lips the sharpness that the frame lacks: its head moved while the shutter was open."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.sharpness import laplacian_variance
from lipwright.synthesis.target import Target, bounds, inside

UInt8Array = NDArray[np.uint8]

_LEAST_SIGMA, _MOST_SIGMA = 0.3, 4.0
"""Pixels."""
_N_STEPS = 6


def softened(layer: UInt8Array, target: Target, halvings: float) -> UInt8Array:
    """The layer, blurred until its lips have lost so many halvings of their Laplacian variance.

    Args:
        layer: uint8 Y'CbCr, shape (height, width, 3): what fills ``target.lip_box``.
        target: where the lips are.
        halvings: at least 0; at 0 the layer itself is returned.
    """
    if halvings <= 0.0:
        return layer
    lips = bounds(target.points[mesh.OUTER], margin=0).clipped(target.lip_box.right, target.lip_box.bottom)
    luma = layer[inside(lips, target.lip_box)][..., 0].astype(np.float32)
    wanted = laplacian_variance(luma) * 0.5**halvings
    low, high = np.log(_LEAST_SIGMA), np.log(_MOST_SIGMA)
    for _ in range(_N_STEPS):
        middle = 0.5 * (low + high)
        blurred = np.asarray(cv2.GaussianBlur(luma, (0, 0), float(np.exp(middle))), np.float32)
        if laplacian_variance(blurred) > wanted:
            low = middle
        else:
            high = middle
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), float(np.exp(0.5 * (low + high)))), np.uint8)
