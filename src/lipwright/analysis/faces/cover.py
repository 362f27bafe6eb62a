"""Which points of the mouth have something in front of them, told from blemishes and blurs.

One point of unusual color is a shadow or a bad landmark. What is held before a mouth covers neighbours
together, reaches in from outside the mouth, and stays for more than a frame. While it comes and goes, and
where it moves from point to point, less of it is enough beside a frame in which it is sure.
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
_LEAST_POINTS = 5
"""On eight of nine clips of uncovered faces such groups show in at most 1.5 frames of 100, on one in 4."""
_LEAST_LINKED = 2
"""Of these one is covered in the frame before or after. To 306 frames of 28 real clips (500 of each) it adds
97; where nothing is held before a face none of those gets an outline."""
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

    def covered(self, is_unusual: BoolArray) -> BoolArray:
        """The points that belong to something in front of the face.

        Args:
            is_unusual: bool, shape (n_frames, n_points): frames that follow one another.

        Returns:
            bool, same shape.
        """
        steady = median_filter(is_unusual.astype(np.uint8), (3, 1), mode="nearest") > 0
        covered = np.zeros(steady.shape, np.bool_)
        for row in np.flatnonzero(steady.sum(axis=1) >= _LEAST_POINTS):
            for group in self._groups_from_outside(steady[row], _LEAST_POINTS):
                covered[row] |= group
        rows = range(len(covered))
        for before, row in (*pairwise(rows), *pairwise(reversed(rows))):
            self._link(covered[before], is_unusual[row], covered[row])
        return covered

    def _link(self, beside: BoolArray, unusual: BoolArray, covered: BoolArray) -> None:
        """Adds the groups of a frame, in place, that hold a point covered in the frame beside it."""
        if (beside & unusual).any():
            for group in self._groups_from_outside(unusual, _LEAST_LINKED):
                if (group & beside).any():
                    covered |= group

    def _groups_from_outside(self, points: BoolArray, least: int) -> Iterator[BoolArray]:
        """The groups of the points that are large enough and reach the edge."""
        rest = points.copy()
        while rest.any():
            group = np.zeros_like(points)
            group[np.argmax(rest)] = True
            while (grown := points & (self._are_near & group).any(axis=1)).sum() > group.sum():
                group = grown
            rest &= ~group
            if group.sum() >= least and (group & self._is_edge).any():
                yield group
