"""The part of the face mesh that is drawn again: which points, and the triangles between them.

Numbers are indices of MediaPipe's 468-point face mesh. "Left" and "right" are the picture's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from lipwright.analysis.faces.landmarks import VERTICES

Float32Array = NDArray[np.float32]

# rings run from the left corner along the lower lip to the right corner and back along the upper lip
OUTER_RING = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MIDDLE_RING = (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 408, 304, 303, 302, 11, 72, 73, 74, 184)
INNER_RING = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
N_RING = len(OUTER_RING)

CHIN = (152, 148, 176, 149, 150, 136, 172, 377, 400, 378, 379, 365, 397, 199, 175, 18, 200)
CHIN_SKIN = (83, 313, 201, 421, 208, 428, 194, 418, 32, 262, 140, 369, 171, 396, 211, 431, 210, 430)
CHEEKS = (
    *(57, 287, 43, 273, 106, 335, 204, 424, 202, 422, 212, 432, 214, 434, 216, 436, 186, 410, 92, 322),
    *(165, 391, 167, 393, 164, 192, 416, 135, 364, 138, 367, 58, 288, 215, 435, 213, 433, 207, 427),
    *(206, 426, 203, 423, 187, 411, 147, 376, 205, 425, 50, 280, 36, 266),
)
NOSE = (2, 97, 326, 98, 327, 1, 4, 5, 48, 278, 129, 358, 60, 290, 99, 328)

MESH_POINTS = (*OUTER_RING, *MIDDLE_RING, *INNER_RING, *CHIN, *CHIN_SKIN, *CHEEKS, *NOSE)
"""The points that are drawn again, in the order in which ``MouthMesh`` arrays keep them."""
N_POINTS = len(MESH_POINTS)

OUTER = slice(0, N_RING)
MIDDLE = slice(N_RING, 2 * N_RING)
INNER = slice(2 * N_RING, 3 * N_RING)
UPPER_HALF = slice(11, 20)
"""The places of the upper lip on a ring, corners left out."""
LOWER_HALF = slice(1, 10)
"""The places of the lower lip on a ring, corners left out; in reverse they face the upper half."""

ANCHOR_JAW = (58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288)
ANCHOR_REACH = 1.35
"""How far outside the jaw line the picture stands still, as a multiple of the distance from the philtrum."""
PHILTRUM = 164

ROWS = np.array([VERTICES.index(point) for point in MESH_POINTS], dtype=np.intp)
"""Where ``MESH_POINTS`` stand in the landmark arrays of a ``FaceTrack``."""

_PLACE = {point: place for place, point in enumerate(MESH_POINTS)}


def places(points: tuple[int, ...]) -> NDArray[np.intp]:
    """Where face-mesh indices stand among ``MESH_POINTS``."""
    return np.array([_PLACE[point] for point in points], dtype=np.intp)


_ANCHORS = places(ANCHOR_JAW)
_CENTER = int(places((PHILTRUM,))[0])


def with_anchors(points: Float32Array) -> Float32Array:
    """The points followed by a ring of anchors outside the jaw, in the same plane.

    Args:
        points: float, shape (N_POINTS, 2).

    Returns:
        float, shape (N_POINTS + len(ANCHOR_JAW), 2).
    """
    center = points[_CENTER]
    return np.concatenate([points, center + (points[_ANCHORS] - center) * np.float32(ANCHOR_REACH)])


@dataclass(frozen=True, eq=False)
class MouthMesh:
    """Triangles over ``MESH_POINTS`` and the anchors, for one face."""

    triangles: NDArray[np.intp]
    """int, shape (n, 3): places in ``with_anchors``; those between the lips have only inner-ring corners."""
    is_near_lips: NDArray[np.bool_]
    """bool, shape (n,): the triangle has a corner on the lips, or stands beside one that has."""


def build_mesh(mean_shape: Float32Array) -> MouthMesh:
    """Triangulates a face from its mean shape.

    Args:
        mean_shape: float, shape (N_POINTS, 3): canonical mm, y up.

    The lips are opened first, so that the mouth's inside gets triangles of its own: they have no area
    while the lips are shut and cannot fold.
    """
    opened = mean_shape[:, :2].copy()
    inner = opened[INNER]
    inner[UPPER_HALF, 1] += 6.0
    inner[LOWER_HALF, 1] -= 6.0
    middle, outer = opened[MIDDLE], opened[OUTER]
    middle[UPPER_HALF, 1] += 8.0
    middle[LOWER_HALF, 1] -= 8.0
    outer[UPPER_HALF, 1] += 10.0
    outer[LOWER_HALF, 1] -= 10.0
    # what lies above and below has to make room for the opened lips without changing neighbours
    _make_room(opened)
    triangles = Delaunay(with_anchors(opened.astype(np.float32))).simplices.astype(np.intp)
    on_lips = (triangles < 3 * N_RING).any(axis=1)
    near = np.isin(triangles, np.unique(triangles[on_lips])).any(axis=1)
    return MouthMesh(triangles, near)


def _make_room(opened: Float32Array) -> None:
    rest = opened[3 * N_RING :]
    lips = opened[: 3 * N_RING]
    middle = lips[:, 1].mean()
    spread = np.exp(-(((rest[:, 0] - lips[:, 0].mean()) / 40.0) ** 2))
    rest[:, 1] += 10.0 * np.sign(rest[:, 1] - middle) * spread
