"""What is seen between the lips of a mouth, place by place: teeth, tongue, dark."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_DOWN, _ACROSS = 2, 3
"""Parts in which the opening is seen. Of mouths that follow each other, how far these differ tells how far
the inside changes on the screen (r 0.46 to 0.82 on three clips); their means do not (-0.23 to 0.39)."""
N_INSIDE = _DOWN * _ACROSS
_SAMPLES = 4
"""Rows and columns of samples in each part."""


def inside_of(crop: UInt8Array, points: Float32Array) -> Float32Array:
    """Luma between the lips (of the line between them when they are shut), corners left out.

    The parts go along with the lips, as what is drawn does: a donor's opening fills the wanted one.

    Args:
        crop: uint8 Y'CbCr, shape (height, width, 3).
        points: float32, shape (N_POINTS, 2): pixels of the crop.

    Returns:
        float32, shape (N_INSIDE,), levels: of each part of the upper half from left to right, then the lower.
    """
    inner = points[mesh.INNER]
    upper, lower = (_along(inner[half]) for half in (mesh.UPPER_HALF, mesh.LOWER_HALF))
    upper = upper[::-1]
    n_down = _DOWN * _SAMPLES
    shares = ((np.arange(n_down, dtype=np.float32) + np.float32(0.5)) / n_down)[:, None, None]
    grid = (upper + shares * (lower - upper)).astype(np.float32)
    luma = np.ascontiguousarray(crop[..., 0])
    luma = cv2.remap(luma, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    parts = np.asarray(luma, np.float32).reshape(_DOWN, _SAMPLES, _ACROSS, _SAMPLES).mean(axis=(1, 3))
    return np.asarray(parts.ravel(), np.float32)


def _along(edge: Float32Array) -> Float32Array:
    """Points spread evenly over the places of the edge of a lip; float32, shape (n, 2)."""
    places = np.linspace(0, len(edge) - 1, _ACROSS * _SAMPLES)
    known = np.arange(len(edge))
    return np.stack([np.interp(places, known, edge[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)
