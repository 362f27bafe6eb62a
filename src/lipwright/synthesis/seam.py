"""The line on which lips meet that were filmed apart: its pixels show several places of a donor."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis import warp
from lipwright.synthesis.target import Target, bounds, inside

BoolArray = NDArray[np.bool_]
Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_TORN_PIXELS = 1.5
"""Neighbours whose colours come from places this much further apart than they are have left something out."""
_FINE = 3
"""Samples across and down in each such pixel."""


def mend_seam(
    layer: UInt8Array,
    crop: UInt8Array,
    source: Float32Array,
    target: Target,
    field: tuple[Float32Array, Float32Array],
) -> None:
    """Draws the pixels about the opening again, in place, in which a warp by one sample each is torn.

    Where an open mouth is drawn shut, one pixel falls on the upper lip, the next on a tooth, the next on the
    lower lip: the line between the lips was a row of crumbs and steps.

    Args:
        layer: uint8 Y'CbCr, shape (height, width, 3): the donor's mouth in ``target.lip_box``; changed.
        crop: uint8 Y'CbCr: of the donor.
        source: float32, shape (N_POINTS + anchors, 2): pixels of the crop.
        target: where the mouth is drawn.
        field: displacements to the right and down by which the layer was drawn; each (height, width).
    """
    box = _common(bounds(target.points[mesh.INNER], margin=2), target.lip_box)
    part = inside(box, target.lip_box)
    torn = np.argwhere(_is_torn(field[0][part], field[1][part]))
    if len(torn) == 0:
        return
    fine_points = target.points * np.float32(_FINE) + np.float32(_FINE // 2)
    fine_box = Box(*(_FINE * edge for edge in (box.left, box.top, box.right, box.bottom)))
    near = target.triangles[warp.touches(target.points[target.triangles], box)]
    ids = warp.rasterize(fine_points, near, fine_box, in_front=(near < 3 * mesh.N_RING).any(axis=1))
    steps = np.stack(np.divmod(np.arange(_FINE * _FINE), _FINE), axis=1)
    places = _FINE * torn[:, None] + steps  # row and column of each sample: (n, 9, 2)
    numbers = ids[places[..., 0], places[..., 1]]
    is_whole = (numbers >= 0).all(axis=1)
    torn, places, numbers = torn[is_whole], places[is_whole], numbers[is_whole]
    if len(torn) == 0:
        return
    seen = (places[..., ::-1] + (fine_box.left, fine_box.top)).astype(np.float32)
    wanted = warp.interpolate_at(numbers, near, fine_points, source, seen)
    colors = cv2.remap(
        crop, wanted[..., 0], wanted[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    mixed = np.asarray(colors, np.float32).mean(axis=1)
    layer[part][torn[:, 0], torn[:, 1]] = (mixed + np.float32(0.5)).astype(np.uint8)


def _is_torn(across: Float32Array, down: Float32Array) -> BoolArray:
    """Which pixels have a neighbour whose colour comes from elsewhere; bool, of the shape of the field."""
    torn = np.zeros(across.shape, np.bool_)
    for field in (across, down):
        below = np.abs(np.diff(field, axis=0)) > _TORN_PIXELS
        beside = np.abs(np.diff(field, axis=1)) > _TORN_PIXELS
        torn[1:] |= below
        torn[:-1] |= below
        torn[:, 1:] |= beside
        torn[:, :-1] |= beside
    return torn


def _common(first: Box, second: Box) -> Box:
    """What two boxes share; of those that share nothing, an empty one."""
    left, top = max(first.left, second.left), max(first.top, second.top)
    return Box(
        left, top, max(left, min(first.right, second.right)), max(top, min(first.bottom, second.bottom))
    )
