"""Two rows of teeth as a small relief, lit once: what a mouth shows of them is cut out of these pictures."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

PIXELS_PER_MM = 8.0
HALF_WIDTH_MM = 30.0
HEIGHT_MM = 13.0
BELOW_EDGE_MM = 1.0
"""Room in the picture beyond the cutting edge."""


@dataclass(frozen=True)
class _Tooth:
    """Half a row is listed from the middle outwards; millimetres, seen from the front."""

    width: float
    height: float
    """From the cutting edge to the gum."""
    edge: float
    """How far its cutting edge is behind that of the first tooth."""
    inner_round: float
    outer_round: float
    shade: float
    """Its light against the first tooth's: side teeth stand back a little, eye teeth are of dark dentine."""


# Widths from the front follow the usual crown sizes (Wheeler's Dental Anatomy: 8.5, 6.5, 7.5, 7, 7, 10 mm
# above; 5, 5.5, 7, 7, 7, 11 mm below; heights 7 to 10.5 mm), foreshortened as the arch turns away.
_UPPER = (
    _Tooth(8.4, 10.2, 0.0, 0.7, 1.4, 1.0),
    _Tooth(6.3, 8.9, 0.7, 1.0, 1.8, 0.93),
    _Tooth(5.8, 9.9, 0.2, 2.4, 2.8, 0.86),
    _Tooth(4.4, 8.6, 0.8, 2.0, 2.0, 0.86),
    _Tooth(3.4, 7.8, 1.0, 1.6, 1.6, 0.84),
    _Tooth(3.0, 7.2, 1.2, 1.4, 1.4, 0.82),
)
_LOWER = (
    _Tooth(5.2, 8.8, 0.0, 0.6, 0.6, 1.0),
    _Tooth(5.4, 9.0, 0.1, 0.6, 0.9, 0.98),
    _Tooth(5.6, 10.0, 0.0, 1.8, 2.2, 0.9),
    _Tooth(4.6, 8.4, 0.6, 1.8, 1.8, 0.9),
    _Tooth(3.6, 7.6, 1.0, 1.5, 1.5, 0.86),
    _Tooth(3.0, 7.0, 1.2, 1.4, 1.4, 0.84),
)
_PAPILLA_MM = 3.5
"""From here up the gum, not the dark, fills what two teeth leave between them."""
_SHADE_SIGMA_MM = 0.3
_ROUNDNESS = 0.8
"""How much less light the sides of a crown send back, against a matt one: with less, teeth are a strip."""
_ARCH_DEPTH_MM, _ARCH_HALF_WIDTH_MM = 8.0, 17.5
"""The eye teeth stand this far behind the front teeth, and this far to the side."""


@dataclass(frozen=True, eq=False)
class Arch:
    """A row of teeth; row 0 is ``BELOW_EDGE_MM`` beyond the cutting edge, the last one near the gum."""

    light: Float32Array
    """float32, shape (rows, columns): share of the enamel's light that each spot sends back, clefts apart."""
    cleft: Float32Array
    """float32, same shape, 0 to 1: how deep between two teeth a spot is."""
    gum: Float32Array
    """float32, same shape, 0 to 1: where gum is seen in place of a tooth."""
    cover: Float32Array
    """float32, same shape, 0 to 1: where there is a tooth or gum."""
    pixels_per_mm: float


def behind(x: Float32Array) -> Float32Array:
    """How far the arch lies behind its front teeth at a place to the side, millimetres."""
    return np.asarray(_ARCH_DEPTH_MM * np.square(x / np.float32(_ARCH_HALF_WIDTH_MM)), np.float32)


@cache
def upper_arch(shrink: int = 0) -> Arch:
    """The upper row at full size, or halved ``shrink`` times."""
    return _shrunk(_render(_UPPER), shrink)


@cache
def lower_arch(shrink: int = 0) -> Arch:
    """The lower row, its cutting edge first too."""
    return _shrunk(_render(_LOWER), shrink)


def _shrunk(arch: Arch, times: int) -> Arch:
    for _ in range(times):
        size = (arch.light.shape[1] // 2, arch.light.shape[0] // 2)
        light, cleft, gum, cover = (
            np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32)
            for part in (arch.light, arch.cleft, arch.gum, arch.cover)
        )
        arch = Arch(light, cleft, gum, cover, arch.pixels_per_mm / 2)
    return arch


def _render(half_row: tuple[_Tooth, ...]) -> Arch:
    columns = round(2 * HALF_WIDTH_MM * PIXELS_PER_MM)
    rows = round((HEIGHT_MM + BELOW_EDGE_MM) * PIXELS_PER_MM)
    x = ((np.arange(columns, dtype=np.float32) + 0.5) / PIXELS_PER_MM - HALF_WIDTH_MM)[None, :]
    y = ((np.arange(rows, dtype=np.float32) + 0.5) / PIXELS_PER_MM - BELOW_EDGE_MM)[:, None]
    relief, inside, shade = _row(half_row, x, y)
    enamel = _ramp(inside, -0.12, 0.12)
    # a cleft is narrow at the contact points, a millimetre above the edge, and a shadow, not a line
    cleft = np.exp(-np.square(np.maximum(inside, 0) / 0.35)) * _ramp(y, 0.4, 1.6)
    end = sum(tooth.width for tooth in half_row)
    flesh = _ramp(y, _PAPILLA_MM - 0.8, _PAPILLA_MM + 0.4) * _ramp(end - np.abs(x), 0.0, 1.0)
    return Arch(
        _lit(relief, x, y) * shade,
        np.asarray(cleft * enamel, np.float32),
        np.asarray(flesh * (1 - enamel), np.float32),
        np.maximum(enamel, flesh),
        PIXELS_PER_MM,
    )


def _row(
    half_row: tuple[_Tooth, ...], x: Float32Array, y: Float32Array
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """All teeth of a row: how far they stand forward, how far inside one a spot is (mm), and their shades."""
    relief = np.full((y.size, x.size), -4.0, np.float32)
    inside, shade = relief.copy(), np.ones_like(relief)
    for side in (-1, 1):
        start = 0.0
        for tooth in half_row:
            across = side * x - np.float32(start + tooth.width / 2)
            bulge, depth = _crown(across, y - np.float32(tooth.edge), tooth)
            shade[depth > inside] = tooth.shade
            relief, inside = np.maximum(relief, bulge), np.maximum(inside, depth)
            start += tooth.width
    soft = cv2.GaussianBlur(shade, (0, 0), _SHADE_SIGMA_MM * PIXELS_PER_MM)
    return relief, inside, np.asarray(soft, np.float32)


def _crown(across: Float32Array, up: Float32Array, tooth: _Tooth) -> tuple[Float32Array, Float32Array]:
    """One tooth: how far its face stands forward, and how far inside its outline a spot is, millimetres."""
    top = np.clip((up - 0.62 * tooth.height) / (0.38 * tooth.height), 0, 1)
    neck = (1 - 0.08 * _ramp(up, 3.0, 8.0)) * np.sqrt(1 - 0.75 * top**3)
    radius = np.where(across < 0, tooth.inner_round, tooth.outer_round)
    corner = np.clip(1 - up / radius, 0, 1)
    half = 0.5 * tooth.width * neck - 0.8 * radius * (1 - np.sqrt(np.clip(1 - corner**2, 0, 1)))
    sideways = half - np.abs(across)
    inside = np.minimum(np.minimum(sideways, up), tooth.height - up)
    t = np.clip(np.abs(across) / np.maximum(half, 0.1), 0, 1.3)
    bulge = 0.9 * np.sqrt(np.clip(1 - t**2.6, 0, 1)) - 0.5 * np.square((up - 4.0) / 6.0)
    return np.where(sideways > -0.3, bulge, -4.0).astype(np.float32), inside.astype(np.float32)


def _lit(relief: Float32Array, x: Float32Array, y: Float32Array) -> Float32Array:
    """Light from the front and a little from above; the edge lets light through, the neck is darker."""
    smooth = cv2.GaussianBlur(np.maximum(relief, -0.6), (0, 0), 0.3 * PIXELS_PER_MM)
    down, right = np.gradient(smooth * PIXELS_PER_MM)
    length = np.sqrt(1 + down**2 + right**2)
    frontal = (1 - 0.22 * down) / length
    glass = 1 - 0.10 * np.exp(-np.square((y - 0.1) / 0.8))
    turned = 1 / np.sqrt(1 + np.square(1.2 * _ARCH_DEPTH_MM * x / _ARCH_HALF_WIDTH_MM**2))
    neck = 1 - 0.10 * _ramp(y, 5.0, 10.0)
    return np.asarray(np.clip(1 - _ROUNDNESS * (1 - frontal), 0, 1.05) * glass * turned * neck, np.float32)


def _ramp(value: Float32Array, low: float, high: float) -> Float32Array:
    t = np.clip((value - np.float32(low)) * np.float32(1 / (high - low)), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
