"""The cheapest path to each candidate of the latest frame, kept apart only where the paths still differ.

Paths that lead to different candidates of one frame soon share all but their last seconds. What they share is
written down as one, so that memory does not grow with a table for every frame of a long video.
"""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.intp]

_SETTLE_EVERY = 256
"""Frames between looks at what the paths share."""


class CheapestPaths:
    """Paths through the candidates of consecutive frames; the first frame is given to the constructor."""

    def __init__(self, rows: IntArray) -> None:
        """Starts a path at each candidate.

        Args:
            rows: int, shape (k,), k >= 1: what the candidates of the first frame are.
        """
        self._settled: list[NDArray[np.int32]] = []
        self._rows = [rows.astype(np.int32)]
        self._before = [np.zeros(0, np.int16)]
        self._due = _SETTLE_EVERY

    @property
    def n_apart(self) -> int:
        """Frames, up to the latest, in which the paths are kept apart."""
        return len(self._rows)

    def extend(self, rows: IntArray, before: IntArray) -> None:
        """Adds a frame.

        Args:
            rows: int, shape (k,), k >= 1: what its candidates are.
            before: int, shape (k,): the place, among the candidates of the frame before, from which the
                cheapest path to each comes.
        """
        self._rows.append(rows.astype(np.int32))
        self._before.append(before.astype(np.int16))
        if len(self._rows) >= self._due:
            self._settle()
            self._due = len(self._rows) + _SETTLE_EVERY

    def to(self, place: int) -> IntArray:
        """What is on the path to a candidate of the latest frame, one value per frame; int, shape (n,)."""
        way = np.concatenate([*self._settled, self._way(len(self._rows) - 1, place)])
        return np.asarray(way, np.intp)

    def _settle(self) -> None:
        """Writes down what all paths share, and forgets the candidates that are on none of them."""
        frame, places = len(self._rows) - 1, np.arange(len(self._rows[-1]))
        while frame and len(places) > 1:
            places = np.unique(self._before[frame][places])
            frame -= 1
        if frame == 0:  # at most the first frame is shared
            return
        self._settled.append(self._way(frame, int(places[0]))[:-1])
        self._rows, self._before = self._rows[frame:], self._before[frame:]

    def _way(self, frame: int, place: int) -> NDArray[np.int32]:
        """The path to a candidate of a frame, from the first frame that is not settled."""
        way = np.empty(frame + 1, np.int32)
        for step in range(frame, 0, -1):
            way[step] = self._rows[step][place]
            place = int(self._before[step][place])
        way[0] = self._rows[0][place]
        return way
