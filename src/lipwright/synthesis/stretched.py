"""Which of the frame's own skin below the lip is stretched where the lip goes up."""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

KEPT = 1.2
"""Times its own area: skin that is stretched by less looks as it was filmed."""
_SKIN = mesh.places((18, 83, 313, 200, 201, 421, 199, 208, 428, 194, 418))
_EDGE = np.arange(mesh.N_RING)[mesh.LOWER_HALF]
_LEAST_PIXELS = 0.25
"""Of a triangle's area: one that is seen from its edge."""


def stretched_skin(source: Float32Array, points: Float32Array, triangles: IntArray) -> IntArray:
    """The triangles of skin below the lip that are stretched.

    Args:
        source: float32, shape (N_POINTS + anchors, 2): the frame's own points.
        points: float32, same shape: where they shall be.
        triangles: int, shape (m, 3): of the mesh.

    Returns:
        int, shape (k, 3): some of them; none where a mouth opens.
    """
    below = triangles[_IS_BELOW[triangles].all(axis=1) & (triangles >= mesh.N_RING).any(axis=1)]
    is_stretched = areas(points, below) > KEPT * areas(source, below)
    return np.asarray(below[is_stretched], np.intp)


def areas(points: Float32Array, triangles: IntArray) -> Float32Array:
    """Square pixels of some triangles, float32, shape (k,); of those that are seen from their edge a few."""
    corners = points[triangles]
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return np.asarray(np.maximum(area, _LEAST_PIXELS), np.float32)


def _is_below() -> NDArray[np.bool_]:
    is_below = np.zeros(mesh.N_POINTS + len(mesh.ANCHOR_JAW), np.bool_)
    is_below[np.concatenate([_SKIN, _EDGE])] = True
    return is_below


_IS_BELOW = _is_below()
