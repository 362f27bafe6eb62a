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


@dataclass(frozen=True, eq=False)
class Similarities:
    """One similarity per frame, in arrays: an hour of single ones would be a hundred megabytes."""

    rotations: FloatArray
    """float, shape (n, 3, 3)."""
    scales: FloatArray
    """float, shape (n,)."""
    translations: FloatArray
    """float, shape (n, 3)."""

    def __len__(self) -> int:
        """Frames."""
        return len(self.scales)

    def __getitem__(self, frame: int) -> Similarity:
        """The one of a frame."""
        return Similarity(self.rotations[frame], float(self.scales[frame]), self.translations[frame])

    def at(self, frames: Any) -> "Similarities":  # noqa: ANN401 (as arrays are indexed)
        """Those of some frames."""
        return Similarities(self.rotations[frames], self.scales[frames], self.translations[frames])

    def apply(self, points: FloatArray) -> FloatArray:
        """Each frame's points moved, shape (n, n_points, 3) like the input."""
        turned = (self.scales[:, None, None] * points) @ self.rotations.transpose(0, 2, 1)
        return np.asarray(turned + self.translations[:, None])

    def inverse(self) -> "Similarities":
        """Those that undo these."""
        rotations, scales = self.rotations.transpose(0, 2, 1), 1.0 / self.scales
        back = (rotations @ self.translations[:, :, None])[..., 0]
        return Similarities(rotations, scales, -scales[:, None] * back)


def align(points: FloatArray, reference: FloatArray) -> Similarity:
    """The similarity that brings ``points`` nearest to ``reference``, shape (n, 3): see ``align_all``."""
    return align_all(points, reference[np.newaxis])[0]


def align_all(points: FloatArray, references: FloatArray) -> Similarities:
    """The similarities that bring ``points`` nearest to each reference in the least-squares sense.

    Args:
        points: float, shape (n_points, 3), n_points >= 3, not all on a line.
        references: float, shape (n, n_points, 3).

    Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE PAMI 13(4), 1991, equations 40-42.
    """
    center, reference_centers = points.mean(axis=0), references.mean(axis=1)
    moved, targets = points - center, references - reference_centers[:, None]
    u, singular, vt = np.linalg.svd(targets.transpose(0, 2, 1) @ moved)
    signs = np.ones_like(singular)
    signs[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotations = (u * signs[:, None]) @ vt
    scales = (singular * signs).sum(axis=1) / (moved**2).sum()
    turned = (rotations @ center[:, None])[..., 0]
    return Similarities(rotations, scales, reference_centers - scales[:, None] * turned)
