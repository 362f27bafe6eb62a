"""An open eye in a picture, in coordinates of its own."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Eye:
    """An open eye in a picture, in coordinates of its own: x from corner to corner, y down from that line."""

    origin: Float32Array
    """float32, shape (2,): picture pixels of the left corner."""
    across: Float32Array
    """float32, shape (2,): unit vector to the right corner."""
    width: float
    """Pixels from corner to corner."""
    upper: Float32Array
    """float32, shape (9, 2): the upper lid in the eye's coordinates, from left to right."""
    lower: Float32Array
    """float32, shape (9, 2): the lower lid."""

    def at(self, side: Float32Array, down: Float32Array) -> tuple[Float32Array, Float32Array]:
        """Columns and rows of the picture of places in the eye's coordinates."""
        x = self.origin[0] + side * self.across[0] - down * self.across[1]
        y = self.origin[1] + side * self.across[1] + down * self.across[0]
        return np.asarray(x, np.float32), np.asarray(y, np.float32)

    def skin(self, sides: Float32Array, above: Float32Array) -> tuple[Float32Array, Float32Array]:
        """Columns and rows of the picture of places over the upper lid, shape (len(above), len(sides)).

        Args:
            sides: shares of the eye's width from its left corner.
            above: heights over the lid, shares of the eye's width.
        """
        side = sides[None, :] * np.float32(self.width)
        return self.at(side, lid_height(self.upper, side) - above[:, None] * np.float32(self.width))

    @property
    def aperture(self) -> float:
        """Height of the opening as a share of its width."""
        return float((self.lower[:, 1] - self.upper[:, 1]).max() / self.width)


def eye_of(ring: Float32Array) -> Eye:
    """Both rings run from their left corner over the upper lid to the right one, and back below."""
    origin = ring[0]
    width = float(np.linalg.norm(ring[8] - origin))
    across = (ring[8] - origin) / max(width, 1e-3)
    own = (ring - origin) @ np.array([[across[0], -across[1]], [across[1], across[0]]], np.float32)
    lower = np.concatenate([own[8:], own[:1]])[::-1]
    return Eye(origin, across, max(width, 1e-3), own[:9], lower)


def lid_height(lid: Float32Array, side: Float32Array) -> Float32Array:
    """The height of a lid at each place, a smooth curve through its points."""
    order = np.argsort(lid[:, 0], kind="stable")
    places = np.linspace(0, float(lid[order[-1], 0]), 64, dtype=np.float32)
    heights = np.interp(places, lid[order, 0], lid[order, 1]).astype(np.float32)
    smooth = cv2.GaussianBlur(heights[None, :], (0, 0), 3.0, borderType=cv2.BORDER_REPLICATE)[0]
    return np.interp(side, places, smooth).astype(np.float32)
