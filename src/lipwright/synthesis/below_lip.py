"""Keeps the skin below a lower lip from coming to lie above its edge: the mesh would fold there."""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]

_SKIN = mesh.places((18, 83, 313, 200, 201, 421, 199, 208, 428, 175))
_LEAST_SHARE = 0.4
"""Of the skin that is usually between a point and the lip: no more goes under a lip that juts out."""


def usual_depths(mean: Float32Array) -> Float32Array:
    """How far below the lower lip each point of the skin usually is, shape (n,), mm.

    Args:
        mean: float32, shape (N_POINTS, 3): canonical mm, y up.
    """
    return _depths(mean[:, :2], np.array([0.0, -1.0], np.float32))


def push_below(points: Float32Array, usual: Float32Array, down: Float32Array) -> None:
    """Pushes skin down, in place, that a lower lip would come too near to.

    Args:
        points: float32, shape (N_POINTS, 2): picture pixels.
        usual: pixels, see ``usual_depths``.
        down: float32, shape (2,): from the forehead to the chin, of length 1.
    """
    lack = np.maximum(np.float32(_LEAST_SHARE) * usual - _depths(points, down), 0.0)
    points[_SKIN] += lack[:, None] * down


def _depths(points: Float32Array, down: Float32Array) -> Float32Array:
    """How far each point of the skin lies below the edge of the lower lip, shape (n,)."""
    lip = points[mesh.OUTER][mesh.LOWER_HALF]
    right = np.array([down[1], -down[0]], np.float32)
    along = lip @ right
    order = np.argsort(along)
    edge = np.interp(points[_SKIN] @ right, along[order], (lip @ down)[order])
    return np.asarray(points[_SKIN] @ down - edge, np.float32)
