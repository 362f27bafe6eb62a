"""Soft masks round the lips, as distances in millimetres."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box

Float32Array = NDArray[np.float32]


def lip_distance(outer_lip: Float32Array, box: Box, pixels_per_mm: float) -> Float32Array:
    """How far each pixel lies outside the outer lip line.

    Args:
        outer_lip: float32, shape (20, 2): the ring in picture pixels.

    Returns:
        float32, shape (box.height, box.width): mm; 0 on and inside the lips.
    """
    outside = np.full((box.height, box.width), 255, np.uint8)
    polygon = np.round((outer_lip - np.array([box.left, box.top], np.float32)) * 16).astype(np.int32)
    cv2.fillPoly(outside, [polygon], (0,), cv2.LINE_8, 4)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_3)
    return np.asarray(distance / np.float32(pixels_per_mm), dtype=np.float32)


def depth_inside(outline: Float32Array, box: Box, pixels_per_mm: float) -> Float32Array:
    """How far each pixel lies inside an outline.

    Args:
        outline: float32, shape (n, 2): picture pixels; all of it counts, also what lies outside the box.

    Returns:
        float32, shape (box.height, box.width): mm; 0 outside.
    """
    low = np.minimum(np.floor(outline.min(axis=0)) - 1, (box.left, box.top)).astype(int)
    high = np.maximum(np.ceil(outline.max(axis=0)) + 2, (box.right, box.bottom)).astype(int)
    inside = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(inside, [np.round((outline - low) * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_3) / np.float32(pixels_per_mm)
    left, top = box.left - low[0], box.top - low[1]
    return np.asarray(depth[top : top + box.height, left : left + box.width], np.float32)


def fade(distance: Float32Array, inner: float, outer: float) -> Float32Array:
    """1 up to ``inner``, 0 from ``outer`` on, smooth between; float32 of the shape of ``distance``."""
    ramp = np.clip((np.float32(outer) - distance) * np.float32(1 / (outer - inner)), 0.0, 1.0)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), dtype=np.float32)


def below_line(start: Float32Array, end: Float32Array, box: Box, softness: float) -> Float32Array:
    """1 below the line from ``start`` to ``end`` (left to right), 0 from ``softness`` pixels above it.

    Args:
        start: float32, shape (2,): picture pixels.
        end: float32, shape (2,): picture pixels, to the right of ``start``.

    Returns:
        float32, shape (box.height, box.width).
    """
    direction = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    x = np.arange(box.left, box.right, dtype=np.float32)[None, :] - start[0]
    y = np.arange(box.top, box.bottom, dtype=np.float32)[:, None] - start[1]
    depth = direction[0] * y - direction[1] * x
    ramp = np.clip(depth / np.float32(softness) + 1, 0.0, 1.0)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), dtype=np.float32)
