"""The cheapest path of donors on which no teeth come into view only to leave again at once.

What a change of teeth costs depends on how long they have been seen. So the paths to each candidate are
kept apart by that: row 0 holds those on which its teeth are seen for the first time, row 1 for the second,
the last row those on which they have been seen long enough.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis.cheapest_paths import CheapestPaths

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_HASTE = (1.0, 1.0, 0.6)
"""Share of the haste cost of leaving teeth that have been seen in one frame, in two, in three: 120 ms at 25
frames a second. What is seen for less reads as a flash of other teeth."""


class UnhurriedPaths:
    """Paths through the candidates of consecutive frames; the first frame is given to the constructor."""

    def __init__(self, rows: IntArray, costs: Float32Array, haste_cost: float) -> None:
        """Starts a path at each candidate.

        Args:
            rows: int, shape (k,), k >= 1: what the candidates of the first frame are.
            costs: float32, shape (k,): of each.
            haste_cost: of leaving teeth that are seen for the first time.
        """
        self._haste = np.float32(haste_cost) * np.array([*_HASTE, 0.0], np.float32)
        self._paths = CheapestPaths(rows)
        self._totals = costs[None].astype(np.float32)

    def extend(self, rows: IntArray, costs: Float32Array, steps: Float32Array) -> None:
        """Adds a frame that shows no teeth, or before which none were seen.

        Args:
            rows: int, shape (m,), m >= 1: what its candidates are.
            costs: float32, shape (m,): of each.
            steps: float32, shape (k, m): cost of each after each candidate of the frame before.
        """
        total, place = _cheapest(self._leaving(np.ones_like(steps), steps))
        self._add(rows, costs, total[None], place[None])

    def extend_shown(
        self, rows: IntArray, costs: Float32Array, steps: Float32Array, change: Float32Array
    ) -> None:
        """Adds a frame that shows teeth, as the one before did.

        Args:
            rows: see ``extend``.
            costs: see ``extend``.
            steps: see ``extend``.
            change: float32, shape (k, m), 0 to 1: how far other teeth come into view from each candidate of
                the frame before to each; 0 where they are the same.
        """
        is_same, never = change <= 0.0, np.float32(np.inf)
        left, left_places = _cheapest(self._leaving(change, np.where(is_same, never, steps)))
        held = self._totals[:, :, None] + np.where(is_same, steps, never)
        places = held.argmin(axis=1) + np.arange(len(held))[:, None] * held.shape[1]
        self._add(
            rows,
            costs,
            np.concatenate([left[None], held.min(axis=1)]),
            np.concatenate([left_places[None], places]),
        )

    def best(self) -> IntArray:
        """What is on the cheapest path of all, one value per frame; int, shape (n,)."""
        return self._paths.to(int(self._totals.argmin()))

    def _leaving(self, change: Float32Array, steps: Float32Array) -> Float32Array:
        """Cost of each path that leaves its teeth for each next candidate; shape (n_rows, k, m)."""
        n_rows = len(self._totals)
        return self._totals[:, :, None] + steps + self._haste[:n_rows, None, None] * change

    def _add(self, rows: IntArray, costs: Float32Array, totals: Float32Array, places: IntArray) -> None:
        """Adds a frame with the total and the place of each path; what was seen for long is one row."""
        if len(totals) > len(self._haste):
            is_better = totals[-1] < totals[-2]
            totals[-2, is_better], places[-2, is_better] = totals[-1, is_better], places[-1, is_better]
            totals, places = totals[:-1], places[:-1]
        self._paths.extend(np.tile(rows, len(totals)), places.ravel())
        self._totals = totals + costs


def _cheapest(costs: Float32Array) -> tuple[Float32Array, IntArray]:
    """The cheapest way to each next candidate, and the place among all paths that it comes from.

    Args:
        costs: float32, shape (n_rows, k, m).
    """
    flat = costs.reshape(-1, costs.shape[2])
    places = flat.argmin(axis=0)
    return flat[places, np.arange(flat.shape[1])], places
