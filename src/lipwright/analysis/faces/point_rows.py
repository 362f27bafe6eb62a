"""Points gathered frame by frame, in blocks that the system gets back as soon as they are used."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import N_VERTICES

Float32Array = NDArray[np.float32]

_BLOCK_ROWS = 256
"""A megabyte: large enough to be memory of its own, which small arrays would not give back."""


class PointRows:
    """Landmark arrays one after the other; float32, shape (N_VERTICES, 3) each."""

    def __init__(self) -> None:
        self._blocks: list[Float32Array] = []
        self._n_rows = 0

    def __len__(self) -> int:
        return self._n_rows

    def append(self, points: Float32Array) -> None:
        """Adds a row."""
        place = self._n_rows % _BLOCK_ROWS
        if place == 0:
            self._blocks.append(np.empty((_BLOCK_ROWS, N_VERTICES, 3), np.float32))
        self._blocks[-1][place] = points
        self._n_rows += 1

    def spread(self, rows: NDArray[np.int_], n_rows: int) -> Float32Array:
        """All rows at new places, NaN between them; the rows are used up.

        Args:
            rows: int, shape (len(self),), rising: where each goes.
            n_rows: of the result.

        Returns:
            float32, shape (n_rows, N_VERTICES, 3).
        """
        spread = np.full((n_rows, N_VERTICES, 3), np.nan, np.float32)
        for start in range(0, self._n_rows, _BLOCK_ROWS):
            block = self._blocks.pop(0)
            places = rows[start : start + _BLOCK_ROWS]
            spread[places] = block[: len(places)]
        self._n_rows = 0
        return spread
