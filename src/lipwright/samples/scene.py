"""Where the presenter sits: a softly lit wall, a picture on it, and the presenter's shoulders."""

import cv2
import numpy as np

from lipwright.samples.appearance import Appearance, Rgb
from lipwright.samples.canvas import Float32Array, UInt8Array, mix, smoothstep


def draw_wall(width: int, height: int, look: Appearance, rng: np.random.Generator) -> UInt8Array:
    """A wall with a window's light, a shelf and a framed picture, slightly out of focus.

    Returns:
        uint8 RGB, shape (height, width, 3).
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    aspect = width / height
    glow = np.exp(-(((x - 0.2 * aspect) / 0.6) ** 2) - ((y - 0.25) / 0.6) ** 2)
    image = np.asarray(look.wall, np.float32) * (0.70 + 0.42 * glow)[..., None]
    image = _framed_picture(image, x, y, aspect, look)
    shelf = (
        smoothstep(y, 0.60, 0.605) * smoothstep(0.635 - y, 0, 0.005) * smoothstep(x - 0.70 * aspect, 0, 0.01)
    )
    image = mix(image, (112.0, 84.0, 62.0), shelf)
    for place, tall, color in zip(
        np.arange(0.74, 1.0, 0.035), rng.uniform(0.10, 0.17, 8), rng.integers(50, 190, (8, 3)), strict=True
    ):
        book = _block(x, y, (place * aspect, 0.60 - tall, (place + 0.03) * aspect, 0.60))
        image = mix(image, tuple(float(c) for c in color), book)
    blurred = cv2.GaussianBlur(image, (0, 0), max(1.0, height / 220))
    return np.clip(blurred, 0, 255).astype(np.uint8)


def draw_body(
    image: UInt8Array, center_x: float, chin_y: float, pixels_per_mm: float, look: Appearance
) -> None:
    """Paints neck, collar and shoulders into a frame, in place.

    Args:
        center_x: middle of the head, pixels.
        chin_y: height of the chin, pixels.
        pixels_per_mm: size of the head.
    """
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x - center_x) / pixels_per_mm, (y - chin_y) / pixels_per_mm
    soft = 0.8 / pixels_per_mm
    canvas = image.astype(np.float32)
    shoulders = 52 + 135 * np.sqrt(np.clip((y - 24) / 150, 0, 1)) + 10 * smoothstep(y, 100, 200)
    shirt = smoothstep(shoulders - np.abs(x), -soft, soft) * smoothstep(y - 24, -soft, soft)
    folds = 0.05 * np.sin(x / 13 + 1.5 * np.sin(y / 31)) * smoothstep(y, 40, 90)
    cloth = (0.98 - 0.30 * smoothstep(np.abs(x + 25), 40, 190) + folds)[..., None]
    canvas = mix(canvas, np.asarray(look.shirt, np.float32) * cloth, shirt)
    canvas = _neck(canvas, x, y, soft, look.skin)
    image[:] = np.clip(canvas, 0, 255).astype(np.uint8)


def _neck(canvas: Float32Array, x: Float32Array, y: Float32Array, soft: float, skin: Rgb) -> Float32Array:
    half = 47 + 7 * np.clip((y + 20) / 60, 0, 1) ** 2
    collar = 46 - 0.013 * x**2
    neck = (
        smoothstep(half - np.abs(x), -soft, soft)
        * smoothstep(collar - y, -soft, soft)
        * smoothstep(y, -75, -70)
    )
    round_shade = np.clip(1 - ((x + 12) / 72) ** 2, 0, 1) ** 0.6
    under_chin = smoothstep(y - 0.012 * x**2, -6, 30)
    shade = (0.36 + 0.50 * round_shade) * (0.62 + 0.38 * under_chin)
    tint = np.stack([shade**p for p in (0.85, 1.05, 1.15)], axis=-1)
    canvas = mix(canvas, np.asarray(skin, np.float32) * tint, neck)
    edge = np.exp(-0.5 * ((y - collar - 2.0) / 1.6) ** 2) * smoothstep(51 - np.abs(x), 0, 3)
    return np.asarray(canvas * (1 - 0.35 * edge)[..., None], np.float32)


def _framed_picture(
    image: Float32Array, x: Float32Array, y: Float32Array, aspect: float, look: Appearance
) -> Float32Array:
    left, right = 0.06 * aspect, 0.06 * aspect + 0.26
    image = mix(image, (84.0, 68.0, 54.0), _block(x, y, (left, 0.12, right, 0.46)))
    image = mix(image, (226.0, 222.0, 212.0), _block(x, y, (left + 0.015, 0.135, right - 0.015, 0.445)))
    hill = _block(x, y, (left + 0.04, 0.16, right - 0.04, 0.42)) * smoothstep(
        y - 0.32 - 0.04 * np.sin(x * 22), -0.004, 0.004
    )
    sky = _block(x, y, (left + 0.04, 0.16, right - 0.04, 0.42))
    image = mix(image, (186.0, 206.0, 214.0), sky)
    return mix(image, tuple(0.6 * c + 60 for c in look.shirt), hill)


def _block(x: Float32Array, y: Float32Array, edges: tuple[float, float, float, float]) -> Float32Array:
    left, top, right, bottom = edges
    soft = 0.003
    return (
        smoothstep(x - left, -soft, soft)
        * smoothstep(right - x, -soft, soft)
        * smoothstep(y - top, -soft, soft)
        * smoothstep(bottom - y, -soft, soft)
    )
