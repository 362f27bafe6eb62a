"""Brings a donor's light and colour to those of the frame it is put into."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_SHRINK = 4
_OUTLIER_LEVELS = 16.0
"""A difference further than this from the median is a fold, a shadow or a hair, not the light."""


def light_difference(donor: UInt8Array, scene: UInt8Array, skin: Float32Array) -> Float32Array:
    """What to add to the donor so that its skin has the scene's light: a level and a gradient, no more.

    Anything finer would carry the folds and shadows of the frame's own speech into the new mouth.

    Args:
        donor: uint8, shape (height, width, 3).
        scene: uint8, same shape: what the donor will be blended into.
        skin: float32, shape (height, width), 0 to 1: where both show skin and may be compared.

    Returns:
        float32, shape (height, width, 3), levels.
    """
    height, width = skin.shape
    size = (max(1, width // _SHRINK), max(1, height // _SHRINK))
    weight = cv2.resize(skin, size, interpolation=cv2.INTER_AREA).ravel()
    change = (_shrunk(scene, size) - _shrunk(donor, size)).reshape(-1, 3)
    plane = _level_and_gradient(size)
    if weight.sum() < 3.0:
        return np.zeros((height, width, 3), np.float32)
    median = np.median(change[weight > 0.5], axis=0) if (weight > 0.5).any() else np.zeros(3)
    likely = np.clip(change, median - _OUTLIER_LEVELS, median + _OUTLIER_LEVELS)
    weighted = plane * weight[:, None]
    # a small ridge keeps the gradient quiet where the skin that can be compared lies on one side only
    ridge = np.diag([0.0, 1.0, 1.0]) * 0.1 * weight.sum()
    # Cramer's rule: a library call for 3 x 3 wakes all its threads and takes longer than the drawing
    coefficients = _inverse(weighted.T @ plane + ridge) @ (weighted.T @ likely)
    return _plane(coefficients.astype(np.float32), width, height)


@lru_cache(maxsize=8)
def _level_and_gradient(size: tuple[int, int]) -> NDArray[np.float64]:
    """1, x and y of each pixel, -1 to 1, row by row: float64, shape (width * height, 3)."""
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    plane: NDArray[np.float64] = np.stack([np.ones(x.size), x.ravel(), y.ravel()], axis=1)
    plane.setflags(write=False)
    return plane


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of a regular matrix, shape (3, 3)."""
    a, b, c = matrix.tolist()
    cofactors = np.array([_cross(b, c), _cross(c, a), _cross(a, b)]).T
    return np.asarray(cofactors / (matrix[0] @ cofactors[:, 0]))


def _cross(a: list[float], b: list[float]) -> tuple[float, float, float]:
    """The cross product; ``np.cross`` takes twenty times as long for two vectors."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _shrunk(image: UInt8Array, size: tuple[int, int]) -> Float32Array:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _plane(coefficients: Float32Array, width: int, height: int) -> Float32Array:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    return np.asarray(coefficients[0] + coefficients[1] * x + coefficients[2] * y, dtype=np.float32)
