"""The presenter's head without eyes and mouth: a lit relief of skin, with hair, ears, brows and nose."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lipwright.samples.appearance import Appearance
from lipwright.samples.canvas import Canvas, Float32Array, UInt8Array, bump, mix, smoothstep
from lipwright.samples.eyes import EYES_MM

_LIGHT = np.array([-0.38, -0.50, 0.78], np.float32)
CHIN_Y_MM = 94.0
_BROW_Y = -45.0


@dataclass(frozen=True, eq=False)
class HeadTexture:
    """A head at rest, ready to be moved."""

    color: UInt8Array
    """uint8 RGB, shape (height, width, 3)."""
    alpha: UInt8Array
    """uint8, shape (height, width): 255 where the head covers what is behind it."""
    depth: Float32Array
    """float32, shape (height, width): millimetres towards the camera."""


def head_texture(canvas: Canvas, look: Appearance, rng: np.random.Generator) -> HeadTexture:
    """Draws a head once; frames are made by moving it."""
    face = _face_mask(canvas, look)
    depth = _relief(canvas, look)
    color = _skin(canvas, look, depth, rng)
    color = _brows(color, canvas, look, rng)
    alpha = np.maximum(face, _ear_mask(canvas, look))
    color = _ear_shadows(color, canvas, look)
    color, hair = _hair(color, canvas, look, rng)
    alpha = np.maximum(alpha, hair)
    return HeadTexture(_bytes(color), _bytes(alpha * 255), depth)


def _half_width(y: Float32Array, cheek: float) -> Float32Array:
    """Half width of the face at each height: an egg with a firmer jaw."""
    up = np.clip(1 - (np.clip(-(y + 5), 0, None) / 104.0) ** 2.6, 0, 1) ** 0.45
    down = np.clip(1 - (np.clip(y + 5, 0, None) / (CHIN_Y_MM + 5)) ** 2.4, 0, 1) ** 0.55
    return np.asarray(cheek * np.where(y < -5, up, down), np.float32)


def _face_mask(canvas: Canvas, look: Appearance) -> Float32Array:
    inside = smoothstep(_half_width(canvas.y, look.jaw_width) - np.abs(canvas.x), -0.6, 0.6)
    rows = smoothstep(CHIN_Y_MM - canvas.y, -0.5, 0.5) * smoothstep(canvas.y + 97.0, -0.5, 0.5)
    return inside * rows


def _relief(canvas: Canvas, look: Appearance) -> Float32Array:
    x, y = canvas.x, canvas.y
    # the relief ends below the outline, or the chin would fold into a point
    half = _half_width(np.asarray(y * np.where(y > 0, 0.86, 1.0), np.float32), look.jaw_width + 5)
    half = np.maximum(half, 6.0)
    across = np.clip(1 - (x / (half + 2)) ** 2, 0.02, 1) ** 0.55
    along = np.clip(1 - ((y - 4) / 112) ** 2, 0.02, 1) ** 0.5
    z = 66 * across * along
    z += (2.5 + 11 * smoothstep(y, -32, 5)) * np.exp(-0.5 * (x / 8.5) ** 2) * smoothstep(20 - y, 0, 13)
    z += 6 * bump(x, y, (0, 6), (8, 7))
    for side in (-1, 1):
        z += 6.0 * bump(x, y, (side * 12.5, 11), (5, 4.5))
        z -= 7.0 * bump(x, y, (side * 30, -25), (16, 11))
        z += 3.2 * bump(x, y, (side * 30, -43), (20, 6))
        z += 5.0 * bump(x, y, (side * 44, 8), (19, 16))
        fold = (side * x - 17) - 0.42 * (y - 16)
        z -= 1.1 * np.exp(-0.5 * (fold / 2.6) ** 2) * bump(x, y, (side * 22, 28), (30, 9))
    z -= 1.0 * bump(x, y, (0, 25), (2.6, 6))
    z -= 2.6 * bump(x, y, (0, 60), (15, 4.5))
    z += 5.0 * bump(x, y, (0, 79), (14, 9))
    return np.asarray(cv2.GaussianBlur(z.astype(np.float32), (0, 0), 1.2 * canvas.pixels_per_mm), np.float32)


def _skin(canvas: Canvas, look: Appearance, depth: Float32Array, rng: np.random.Generator) -> Float32Array:
    x, y = canvas.x, canvas.y
    dz_dy, dz_dx = np.gradient(depth * canvas.pixels_per_mm)
    normal = np.stack([-dz_dx, -dz_dy, np.ones_like(depth)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.clip(normal @ (_LIGHT / np.linalg.norm(_LIGHT)), 0, 1)
    shade = 0.50 + 0.62 * light
    # light scatters in skin: red reaches further into the shadow than green and blue
    tint = np.stack([shade**p for p in (0.80, 1.05, 1.18)], axis=-1)
    color = np.asarray(look.skin, np.float32) * tint
    blush = sum(bump(x, y, (side * 43, 15), (16, 12)) for side in (-1, 1)) + 0.8 * bump(x, y, (0, 8), (8, 6))
    color = mix(color, color * np.array([1.06, 0.86, 0.84], np.float32), 0.45 * blush)
    nostrils = sum(bump(x, y, (side * 7.0, 15.0), (2.7, 1.3)) for side in (-1, 1))
    color *= (1 - 0.60 * np.clip(nostrils, 0, 1) - 0.12 * bump(x, y, (0, 19), (12, 3)))[..., None]
    pores = rng.normal(0, 1, depth.shape).astype(np.float32)
    mottle = cv2.GaussianBlur(
        rng.normal(0, 1, depth.shape).astype(np.float32), (0, 0), 4 * canvas.pixels_per_mm
    )
    texture = 2.0 * cv2.GaussianBlur(pores, (0, 0), 0.8) * 1.6 + 2.5 * mottle / max(float(mottle.std()), 1e-6)
    return np.asarray(np.clip(color + texture[..., None], 0, 255), np.float32)


def _brows(color: Float32Array, canvas: Canvas, look: Appearance, rng: np.random.Generator) -> Float32Array:
    strokes = np.zeros(color.shape[:2], np.uint8)
    for (center, _), side in zip(EYES_MM, (-1, 1), strict=True):
        for t in np.linspace(-1, 1, 90):
            x = center + side * 18.5 * t
            y = _BROW_Y - 3.0 * (1 - (t - 0.3) ** 2) + 2.2 * max(t, 0) ** 2 + rng.normal(0, 0.4)
            length = 4.6 * (1 - 0.55 * max(t, 0) ** 2) * (1 - 0.3 * max(-t, 0) ** 4)
            lean = side * (0.5 + 0.9 * t)
            ends = np.array([[x, y + length / 2], [x + lean * length * 0.7, y - length / 2]])
            _stroke(strokes, canvas, ends, 0.9)
    weight = cv2.GaussianBlur(strokes, (0, 0), 0.45 * canvas.pixels_per_mm).astype(np.float32) / 255
    hair = tuple(0.85 * c for c in look.hair)
    return mix(color, hair, 0.85 * np.asarray(weight, np.float32))


def _ear_mask(canvas: Canvas, look: Appearance) -> Float32Array:
    mask = np.zeros((canvas.height, canvas.width), np.float32)
    for side in (-1, 1):
        r = ((canvas.x - side * (look.jaw_width + 3)) / 10.5) ** 2 + ((canvas.y + 12) / 22.0) ** 2
        mask = np.maximum(mask, smoothstep(1 - r, -0.06, 0.06))
    return mask


def _ear_shadows(color: Float32Array, canvas: Canvas, look: Appearance) -> Float32Array:
    ears = _ear_mask(canvas, look) * (1 - _face_mask(canvas, look))
    centers = [side * (look.jaw_width + 5) for side in (-1, 1)]
    inner = np.add(*(bump(canvas.x, canvas.y, (center, -12), (4, 11)) for center in centers))
    skin = np.asarray(look.skin, np.float32) * np.array([0.92, 0.80, 0.78], np.float32)
    return mix(color, skin * (1 - 0.35 * inner)[..., None], ears)


def _hair(
    color: Float32Array, canvas: Canvas, look: Appearance, rng: np.random.Generator
) -> tuple[Float32Array, Float32Array]:
    """Short hair combed to one side: a cap over the skull less the forehead, with strands."""
    x, y = canvas.x, canvas.y
    skull = smoothstep(1 - (x / (look.jaw_width + 9)) ** 2 - ((y + 40) / 84) ** 2, -0.02, 0.03)
    hairline = -66 + 9 * np.sin((x + 20) / 34) + 26 * np.clip(np.abs(x) / 74, 0, 1) ** 5
    sideburn = smoothstep(np.abs(x) - (look.jaw_width - 7), -1.5, 1.5) * smoothstep(-14 - y, -3, 3)
    cap = skull * np.maximum(smoothstep(hairline - y, -1.5, 1.5), sideburn)
    strands = np.zeros(color.shape[:2], np.uint8)
    for _ in range(900):
        start = np.array([rng.uniform(-85, 85), rng.uniform(-128, -30)])
        angle = 0.35 + 0.012 * start[0] + rng.normal(0, 0.12)
        run = np.linspace(0, rng.uniform(14, 34), 6)
        path = start + np.stack([run * np.cos(angle), run * np.sin(angle) + run**2 * 0.012], axis=1)
        _stroke(strands, canvas, path, rng.uniform(0.4, 1.0), int(rng.uniform(60, 255)))
    fine = cv2.GaussianBlur(strands, (0, 0), 0.5).astype(np.float32) / 255
    gloss = np.exp(-0.5 * (((y + 98) - 0.12 * x + 0.004 * x**2) / 12) ** 2) * np.exp(
        -0.5 * ((x + 18) / 46) ** 2
    )
    tone = (0.72 + 0.55 * fine + 0.75 * gloss * (0.4 + 0.6 * fine))[..., None]
    shadow = smoothstep(hairline - y, -9, 0) * (1 - cap) * skull
    color = color * (1 - 0.22 * shadow)[..., None]
    return mix(color, np.clip(np.asarray(look.hair, np.float32) * tone, 0, 255), cap), cap


def _stroke(
    image: UInt8Array, canvas: Canvas, path: NDArray[np.float64], width_mm: float, value: int = 255
) -> None:
    points = np.round(canvas.pixels(path) * 16).astype(np.int32)
    thickness = max(1, round(width_mm * canvas.pixels_per_mm))
    cv2.polylines(image, [points], False, [value], thickness, cv2.LINE_AA, 4)


def _bytes(image: ArrayLike) -> UInt8Array:
    return np.clip(np.asarray(image) + 0.5, 0, 255).astype(np.uint8)
