"""The mesh of a mouth as it shall be in a frame, and the part of the picture that it covers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.stretched import stretched_skin

Float32Array = NDArray[np.float32]

LIP_REACH_MM = 12.0
"""How far the donor's layer reaches beyond the lips."""
UNCOVERED_SOFT_MM = 2.0
"""The edge of what it shows of the chin below them, as a Gaussian's standard deviation."""


@dataclass(frozen=True, eq=False)
class Placement:
    """One mouth to draw into one frame."""

    own_points: Float32Array
    """float32, shape (N_POINTS, 2): where the frame's own mouth is, picture pixels."""
    points: Float32Array
    """float32, shape (N_POINTS, 2): where the mouth shall be."""
    pixels_per_mm: float
    strength: float = 1.0
    """0 leaves the frame as it is, 1 replaces the mouth; between, both the way and the layer are partial."""
    cover: NDArray[np.bool_] | None = None
    """bool, shape (len(occlusion.MOUTH_POINTS),): points of the frame's mouth with something in front."""


@dataclass(frozen=True, eq=False)
class Target:
    """A placement laid out for drawing."""

    source: Float32Array
    """float32, shape (N_POINTS + anchors, 2): the frame's own points and the anchors, picture pixels."""
    points: Float32Array
    """float32, same shape: where they shall be; the anchors stay."""
    triangles: NDArray[np.intp]
    """int, shape (n, 3): of the mesh."""
    pixels_per_mm: float
    strength: float
    box: Box
    """All that may change."""
    lip_box: Box
    """All that the donor's layer may cover; inside ``box``."""
    stretched: NDArray[np.intp]
    """int, shape (k, 3): triangles of skin below the lip; see ``stretched``."""


def lay_out(placement: Placement, mouth_mesh: mesh.MouthMesh) -> Target:
    """The target of a placement."""
    source = mesh.with_anchors(placement.own_points)
    points = source.copy()
    points[: mesh.N_POINTS] += placement.strength * (placement.points - placement.own_points)
    box = bounds(points, margin=2)
    stretched = stretched_skin(source, points, mouth_mesh.triangles)
    return Target(
        source,
        points,
        mouth_mesh.triangles,
        placement.pixels_per_mm,
        placement.strength,
        box,
        _lip_box(points, stretched, box, placement.pixels_per_mm),
        stretched,
    )


def _lip_box(points: Float32Array, stretched: NDArray[np.intp], box: Box, pixels_per_mm: float) -> Box:
    lips = bounds(points[mesh.OUTER], margin=LIP_REACH_MM * pixels_per_mm)
    bottom = lips.bottom
    if len(stretched):
        chin = bounds(points[stretched.ravel()], margin=3 * UNCOVERED_SOFT_MM * pixels_per_mm)
        bottom = max(bottom, chin.bottom)
    return Box(
        max(box.left, lips.left),
        max(box.top, lips.top),
        min(box.right, lips.right),
        min(box.bottom, bottom),
    )


def bounds(points: Float32Array, margin: float) -> Box:
    """The smallest box with even edges that holds the points and a margin in pixels."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin + 1
    return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).even()


def inside(part: Box, whole: Box) -> tuple[slice, slice]:
    """Rows and columns of ``part`` in an array that covers ``whole``."""
    return (
        slice(part.top - whole.top, part.bottom - whole.top),
        slice(part.left - whole.left, part.right - whole.left),
    )
