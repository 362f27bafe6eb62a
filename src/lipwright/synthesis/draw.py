"""Draws a wanted mouth into a frame: the frame's own jaw moved, a donor's lips and teeth laid on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_layer import Donor, lay_lips
from lipwright.synthesis.occluder import hides_anything, in_front
from lipwright.synthesis.skin_layer import move_skin
from lipwright.synthesis.target import Placement, inside, lay_out
from lipwright.synthesis.without import without

UInt8Array = NDArray[np.uint8]


@dataclass(frozen=True)
class DrawOptions:
    """How much care is taken."""

    is_fine: bool = False
    """Whether detail is kept place by place, and the shading of several donors is mixed."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """What was changed in a picture."""

    box: Box
    mask: UInt8Array
    """uint8, shape (box.height, box.width); 0 where nothing was touched."""


def draw_mouth(
    picture: Picture,
    placement: Placement,
    donors: list[tuple[Donor, float]],
    mouth_mesh: mesh.MouthMesh,
    options: DrawOptions = DrawOptions(),
) -> Drawing:
    """Draws into the picture, in place; samples outside the returned mask are untouched, bit for bit.

    Args:
        picture: changed.
        placement: where the mouth is and where it shall be.
        donors: the main one first, with weights that sum to 1; mixed where they agree. More than two only
            with ``options.is_fine``.
        mouth_mesh: of the face that is drawn.
        options: how much care is taken.
    """
    target = lay_out(placement, mouth_mesh)
    frame, front = picture.crop_ycc(target.box), None
    if placement.cover is not None and hides_anything(placement.cover):
        front = in_front(frame, placement.own_points, placement.cover, target.box, target.pixels_per_mm)
    behind = frame
    if front is not None and donors[0][0].is_hidden is not None:  # its layer does not hide what moves along
        behind = without(frame, front, target.pixels_per_mm)
    drawn, mask = move_skin(behind, target, is_fine=options.is_fine)
    lips = inside(target.lip_box, target.box)
    weight = lay_lips(drawn[lips], target, donors, is_fine=options.is_fine)
    mask[lips][weight > 0] = 255
    if front is not None:
        mask = np.minimum(mask, 255 - front)
    picture.blend_ycc(target.box, drawn, mask)
    return Drawing(target.box, mask)


def united(first: Drawing, second: Drawing) -> Drawing:
    """What two drawings into one picture changed together."""
    box = Box(
        min(first.box.left, second.box.left),
        min(first.box.top, second.box.top),
        max(first.box.right, second.box.right),
        max(first.box.bottom, second.box.bottom),
    )
    mask = np.zeros((box.height, box.width), np.uint8)
    for drawing in (first, second):
        part = mask[inside(drawing.box, box)]
        np.maximum(part, drawing.mask, out=part)
    return Drawing(box, mask)
