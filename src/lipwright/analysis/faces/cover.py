"""Which points of the mouth have something in front of them, told from blemishes and blurs.

One point of unusual color is a shadow or a bad landmark. What is held before a mouth covers neighbours
together, reaches in from outside the mouth, and stays for more than a frame: at the same points, or, while it
moves, at points of which it covered some a frame before or after.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

_NEIGHBOURS_MM = 11.0
"""Points of the mesh lie 4 to 10 mm from the next."""
LEAST_POINTS = 5
"""On eight of nine clips of uncovered faces such groups show in at most 1.5 frames of 100, on one in 4."""
_SIDE_MM, _CHIN_MM = 24.0, 72.0
"""From here on, to the sides and down, points are at the edge: 32 and 86 mm are the last."""


def is_at_edge(points: Float32Array) -> BoolArray:
    """Which points of the face are so far from the mouth that what covers them comes from beyond.

    Args:
        points: float32, shape (n, 2 or more), canonical mm.
    """
    return np.asarray((np.abs(points[:, 0]) > _SIDE_MM) | (points[:, 1] < -_CHIN_MM), np.bool_)


class Neighbourhood:
    """Some points of the face, and which of them lie side by side."""

    def __init__(self, points: Float32Array) -> None:
        """Args: points: float32, shape (n_points, 3), canonical mm."""
        apart = np.linalg.norm(points[:, np.newaxis, :2] - points[np.newaxis, :, :2], axis=-1)
        self._are_near = apart < _NEIGHBOURS_MM
        self._is_edge = is_at_edge(points)
        self._sides = points[:, 0] < -_SIDE_MM, points[:, 0] > _SIDE_MM

    def covered(self, is_unusual: BoolArray) -> BoolArray:
        """The points that belong to something in front of the face.

        Args:
            is_unusual: bool, shape (n_frames, n_points): frames that follow one another.

        Returns:
            bool, same shape.
        """
        steady = median_filter(is_unusual.astype(np.uint8), (3, 1), mode="nearest") > 0
        covered = np.zeros(steady.shape, np.bool_)
        for row in np.flatnonzero(steady.sum(axis=1) >= LEAST_POINTS):
            for group in self._groups_from_outside(steady[row]):
                covered[row] |= group
        rows = range(len(covered))
        for before, row in (*pairwise(rows), *pairwise(reversed(rows))):
            if not covered[row].any():
                self._follow(covered[before], is_unusual[row], covered[row])
        return covered

    def beside(self, point: int) -> BoolArray:
        """Which points lie side by side with one, itself among them; bool, shape (n_points,)."""
        return np.asarray(self._are_near[point], np.bool_)

    def on_either_side(self, is_meant: BoolArray) -> int:
        """How many of the points that are meant lie at the edge of either side, at least."""
        return min(int((is_meant & side).sum()) for side in self._sides)

    def _follow(self, beside: BoolArray, unusual: BoolArray, covered: BoolArray) -> None:
        """Adds the groups of a frame, in place, that hold a point covered in the frame beside it."""
        if (beside & unusual).any():
            for group in self._groups_from_outside(unusual):
                if (group & beside).any():
                    covered |= group

    def _groups_from_outside(self, points: BoolArray) -> Iterator[BoolArray]:
        """The groups of the points that are large enough and reach the edge."""
        rest = points.copy()
        while rest.any():
            group = np.zeros_like(points)
            group[np.argmax(rest)] = True
            while (grown := points & (self._are_near & group).any(axis=1)).sum() > group.sum():
                group = grown
            rest &= ~group
            if group.sum() >= LEAST_POINTS and (group & self._is_edge).any():
                yield group
