"""The presenter's eyes: lids that blink, an iris that looks about."""

import numpy as np

from lipwright.samples.appearance import Rgb
from lipwright.samples.canvas import Canvas, Float32Array, mix, smoothstep

EYES_MM = ((-31.5, -26.0), (31.5, -26.0))
"""Centres of the eyes."""
_HALF_WIDTH = 15.0
_OPEN_UP, _OPEN_DOWN = 6.2, 4.8


def paint_eye(
    skin: Float32Array,
    canvas: Canvas,
    window: tuple[slice, slice],
    center: tuple[float, float],
    openness: float,
    gaze: tuple[float, float],
    iris: Rgb,
) -> Float32Array:
    """The skin inside a window of the canvas with one eye painted over it.

    Args:
        openness: 0 is shut, 1 open.
        gaze: how far the iris stands off the middle, millimetres.
    """
    x = canvas.x[:, window[1]] - center[0]
    y = canvas.y[window[0]] - center[1]
    soft = max(0.55 / canvas.pixels_per_mm, 0.4)
    arc = np.clip(1 - (x / _HALF_WIDTH) ** 2, 0, 1)
    lower = _OPEN_DOWN * arc**0.9
    upper = lower - (_OPEN_UP + _OPEN_DOWN) * openness * arc**0.75
    width = smoothstep(_HALF_WIDTH - np.abs(x), -0.3, 0.6)
    inside = smoothstep(y - upper, -soft, soft) * smoothstep(lower - y, -soft, soft) * width
    image = _crease(skin, y, upper, arc)
    image = mix(image, _eyeball(x, y, upper, gaze, iris, soft), np.asarray(inside, np.float32))
    lashes = np.exp(-0.5 * ((y - upper) / 0.9) ** 2) * width
    image = mix(image, (38.0, 26.0, 24.0), np.asarray(0.88 * lashes, np.float32))
    rim = np.exp(-0.5 * ((y - lower) / 0.6) ** 2) * width
    return mix(image, (120.0, 74.0, 64.0), np.asarray(0.45 * rim, np.float32))


def _crease(skin: Float32Array, y: Float32Array, upper: Float32Array, arc: Float32Array) -> Float32Array:
    fold = np.exp(-0.5 * ((y - (upper - 3.2 * arc)) / 0.9) ** 2) * arc
    lid = smoothstep(y - upper, -4.5, -0.2) * smoothstep(upper - y, -0.5, 0.5) * arc
    return np.asarray(skin * (1 - 0.26 * fold - 0.08 * lid)[..., None], np.float32)


def _eyeball(
    x: Float32Array, y: Float32Array, upper: Float32Array, gaze: tuple[float, float], iris: Rgb, soft: float
) -> Float32Array:
    image = np.empty((*np.broadcast_shapes(x.shape, y.shape), 3), np.float32)
    image[:] = (238.0, 234.0, 230.0)
    image *= (0.72 + 0.28 * np.clip(1 - (x / 15.0) ** 2, 0, 1))[..., None]
    dx, dy = x - gaze[0], y - gaze[1] + 0.4
    radius = np.asarray(np.sqrt(dx**2 + dy**2), np.float32)
    ring = np.asarray(iris, np.float32) * (1.25 - 0.13 * radius)[..., None]
    image = mix(image, ring, smoothstep(6.0 - radius, -soft, soft))
    image = mix(image, (22.0, 16.0, 14.0), smoothstep(2.4 - radius, -soft, soft))
    glint = np.asarray(np.sqrt((dx + 1.7) ** 2 + (dy + 1.9) ** 2), np.float32)
    image = mix(image, (252.0, 252.0, 252.0), 0.95 * smoothstep(1.15 - glint, -soft, soft))
    shadow = 0.55 + 0.45 * smoothstep(y - upper, 0.0, 3.6)
    return np.asarray(image * shadow[..., None], np.float32)
