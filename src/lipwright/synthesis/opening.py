"""The opening between the wanted lips, laid out over the pixels of a picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.open_shape import OpenShape

Float32Array = NDArray[np.float32]

_SAMPLES = 4
"""Of the area between the lips, to a pixel each way."""


@dataclass(frozen=True, eq=False)
class Opening:
    """The opening between the wanted lips over a box of the picture; arrays have its shape."""

    box: Box
    x: Float32Array
    """Millimetres to the right of the middle of the mouth, in the plane of the lips."""
    y: Float32Array
    """Millimetres above it."""
    upper: Float32Array
    """Height of the upper lip's edge over each pixel, millimetres."""
    lower: Float32Array
    side: Float32Array
    """-1 at the left corner to 1 at the right one."""
    cover: Float32Array
    """0 to 1: 1 between the lips, smooth over the edge."""


def opening(shape: OpenShape, box: Box) -> Opening:
    """Lays the opening of the wanted mouth out over a box."""
    ring = shape.wanted[mesh.INNER]
    lower, upper = _edges(ring)
    columns = np.arange(box.left, box.right, dtype=np.float32)
    rows = np.arange(box.top, box.bottom, dtype=np.float32)
    inverse = shape.plane.inverse
    dx, dy = columns[None, :] - shape.plane.origin[0], rows[:, None] - shape.plane.origin[1]
    x, y = inverse[0, 0] * dx + inverse[0, 1] * dy, inverse[1, 0] * dx + inverse[1, 1] * dy
    up, down = shape.plane.plane(upper), shape.plane.plane(lower)
    left, right = up[0, 0], up[-1, 0]
    top, bottom = _height(up, x), _height(down, x)
    # a filled ring holds its own outline: a slit narrower than half a pixel would be drawn too dark
    slit = np.clip((top - bottom) * np.float32(2 * shape.pixels_per_mm), 0, 1)
    return Opening(
        box,
        x,
        y,
        top,
        bottom,
        np.asarray((2 * x - left - right) / max(right - left, 1e-3), np.float32),
        np.asarray(_filled(np.concatenate([lower, upper[::-1]]), box) * slit, np.float32),
    )


def _curve(points: Float32Array) -> Float32Array:
    """A smooth curve through the points (Catmull-Rom), six steps between each two; shape (n, 2)."""
    p = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = (np.arange(6, dtype=np.float32) / 6)[None, :, None]
    a, b, c, d = (p[k : k + len(points) - 1, None] for k in range(4))
    steps = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(np.concatenate([steps.reshape(-1, 2), points[-1:]]), np.float32)


def _height(curve: Float32Array, x: Float32Array) -> Float32Array:
    return np.interp(x, np.maximum.accumulate(curve[:, 0]), curve[:, 1]).astype(np.float32)


def area(ring: Float32Array, box: Box) -> Float32Array:
    """How much of each pixel lies inside the smooth curve through an inner-lip ring, 0 to 1.

    Args:
        ring: float32, shape (20, 2): picture pixels, from corner to corner below and back above.

    Returns:
        float32, shape (box.height, box.width).
    """
    lower, upper = _edges(ring)
    return _filled(np.concatenate([lower, upper[::-1]]), box)


def _edges(ring: Float32Array) -> tuple[Float32Array, Float32Array]:
    """The lower and the upper lip's edge as curves from the left corner to the right one."""
    return _curve(ring[:11]), _curve(np.concatenate([ring[10:], ring[:1]]))[::-1]


def _filled(ring: Float32Array, box: Box) -> Float32Array:
    fine = np.zeros((_SAMPLES * box.height, _SAMPLES * box.width), np.uint8)
    places = (ring - np.array([box.left, box.top], np.float32) + 0.5) * _SAMPLES - 0.5
    cv2.fillPoly(fine, [np.round(places * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    return cv2.resize(fine, (box.width, box.height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
