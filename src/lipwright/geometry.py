"""Boxes and rigid alignments: the vocabulary of places in a picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, half-open: ``left <= x < right``, ``top <= y < bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels from left to right; never negative."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Pixels from top to bottom; never negative."""
        return max(0, self.bottom - self.top)

    def clipped(self, width: int, height: int) -> "Box":
        """The part of the box that lies inside a picture of the given size."""
        left, top = min(max(self.left, 0), width), min(max(self.top, 0), height)
        return Box(left, top, min(max(self.right, left), width), min(max(self.bottom, top), height))

    def even(self) -> "Box":
        """The smallest box with even edges around this one (4:2:0 chroma samples cover 2x2 pixels)."""
        return Box(self.left & ~1, self.top & ~1, (self.right + 1) & ~1, (self.bottom + 1) & ~1)

    def overlap(self, other: "Box") -> float:
        """Intersection over union with another box, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        shared = max(0, width) * max(0, height)
        union = self.width * self.height + other.width * other.height - shared
        return shared / union if union else 0.0


@dataclass(frozen=True)
class Similarity:
    """A 3-D similarity: ``point -> scale * rotation @ point + translation``."""

    rotation: FloatArray
    """float, shape (3, 3), a proper rotation."""
    scale: float
    translation: FloatArray
    """float, shape (3,)."""

    def apply(self, points: FloatArray) -> FloatArray:
        """Moved points, shape (n, 3) like the input."""
        return np.asarray(self.scale * points @ self.rotation.T + self.translation)

    def inverse(self) -> "Similarity":
        """The similarity that undoes this one."""
        rotation = self.rotation.T
        scale = 1.0 / self.scale
        return Similarity(rotation, scale, -scale * rotation @ self.translation)


def align(points: FloatArray, reference: FloatArray) -> Similarity:
    """The similarity that brings ``points`` nearest to ``reference`` in the least-squares sense.

    Args:
        points: float, shape (n, 3), n >= 3, not all on a line.
        reference: float, shape (n, 3).

    Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE PAMI 13(4), 1991, equations 40-42.
    """
    center, reference_center = points.mean(axis=0), reference.mean(axis=0)
    moved, target = points - center, reference - reference_center
    u, singular, vt = np.linalg.svd(target.T @ moved)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * signs) @ vt
    scale = float((singular * signs).sum() / (moved**2).sum())
    return Similarity(rotation, scale, reference_center - scale * rotation @ center)
