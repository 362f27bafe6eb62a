"""The canvas a head is drawn on: a grid of face millimetres, and a few soft shapes on it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = -112.0, -142.0, 112.0, 138.0


@dataclass(frozen=True)
class Canvas:
    """A raster over the head.

    Face coordinates are millimetres on an average-sized head: x to the right of the picture, y down, the
    origin on the bridge of the nose; eyes at y = -26, lips at y = 41, chin at y = 94.
    """

    pixels_per_mm: float

    @property
    def width(self) -> int:
        """Pixels."""
        return round((RIGHT_MM - LEFT_MM) * self.pixels_per_mm)

    @property
    def height(self) -> int:
        """Pixels."""
        return round((BOTTOM_MM - TOP_MM) * self.pixels_per_mm)

    @cached_property
    def x(self) -> Float32Array:
        """float32, shape (1, width): face x of every column's centre."""
        return ((np.arange(self.width, dtype=np.float32) + 0.5) / self.pixels_per_mm + LEFT_MM)[None, :]

    @cached_property
    def y(self) -> Float32Array:
        """float32, shape (height, 1): face y of every row's centre."""
        return ((np.arange(self.height, dtype=np.float32) + 0.5) / self.pixels_per_mm + TOP_MM)[:, None]

    def window(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """Row and column slices that cover a rectangle given in face millimetres."""
        columns = [int((edge - LEFT_MM) * self.pixels_per_mm) for edge in (left, right)]
        rows = [int((edge - TOP_MM) * self.pixels_per_mm) for edge in (top, bottom)]
        return slice(rows[0], rows[1]), slice(columns[0], columns[1])

    def pixels(self, points: ArrayLike) -> NDArray[np.float64]:
        """Face millimetres, shape (n, 2), as pixel coordinates of this canvas."""
        return (np.asarray(points, np.float64) - [LEFT_MM, TOP_MM]) * self.pixels_per_mm - 0.5


def bump(
    x: Float32Array, y: Float32Array, center: tuple[float, float], spread: tuple[float, float]
) -> Float32Array:
    """A Gaussian hill of height 1; ``spread`` is its standard deviation along x and y."""
    hill = np.exp(-0.5 * (((x - center[0]) / spread[0]) ** 2 + ((y - center[1]) / spread[1]) ** 2))
    return np.asarray(hill, np.float32)


def smoothstep(value: ArrayLike, low: float, high: float) -> Float32Array:
    """0 up to ``low``, 1 from ``high``, and a smooth S between."""
    t = np.clip((np.asarray(value, np.float32) - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def mix(image: Float32Array, color: Float32Array | tuple[float, ...], weight: Float32Array) -> Float32Array:
    """``image`` moved towards ``color`` by ``weight`` (0 to 1), shape (height, width)."""
    return np.asarray(image + (np.asarray(color, np.float32) - image) * weight[..., None], np.float32)
