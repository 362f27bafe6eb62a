"""Draws a mouth that the source never shows: the frame's own lips parted, the inside made up."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.fine_detail import fetch_fine
from lipwright.synthesis.lip_edge import (
    CORNER_LIGHT,
    clean_edge,
    corner_weight,
    line_between,
    restore_lips,
    smooth_seam,
)
from lipwright.synthesis.mouth_interior import paint_interior, soften_edges
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.occluder import cover_of
from lipwright.synthesis.open_shape import OpenShape, open_shape
from lipwright.synthesis.opening import Opening, area, opening
from lipwright.synthesis.parted_warp import Parting, parted_displacement
from lipwright.synthesis.placement import FaceGeometry
from lipwright.synthesis.seen_teeth import TeethDonor, donor_teeth, own_teeth
from lipwright.synthesis.target import bounds, inside
from lipwright.synthesis.teeth import upper_edge

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_MIN_PIXELS = 0.05
"""What moves by less is left alone."""
_KEPT_MM = 1.5
"""Lips that move by less leave something of the frame's own opening between them."""
_SLIT_MM = 0.3, 2.2
"""Between lips that are less apart little light falls on teeth that a wider mouth showed: they would flash up
as a white line wherever lips shut."""
_SHORTER_MM = 1.0
"""By so much teeth that are made up beside seen ones end above these."""
_DETAIL_REACH_MM = 3.0
"""Detail is measured over so much: half a lip, or stubble beside smooth skin."""
_MARGIN_MM = 5.0
"""Round the opening: as far as smoothing the maps above and below apart is felt."""


@dataclass(frozen=True)
class Manner:
    """How far and with what a mouth is made up."""

    strength: float = 1.0
    """0 leaves the frame as it is, 1 goes all the way."""
    teeth: TeethDonor | None = None
    """Used where the frame itself shows none (``under_pose``)."""
    press: float = 0.0
    """Millimetres of each lip's red that are hidden between lips that shut, less the further they are apart:
    for faces whose landmarks call lips shut that still show something between them."""


def draw_synthesized(
    picture: Picture,
    geometry: FaceGeometry,
    frame_index: int,
    wanted: Float32Array,
    look: MouthLook,
    manner: Manner = Manner(),
) -> Drawing | None:
    """Draws the frame's own mouth, deformed to the wanted measures, into the picture, in place.

    Samples outside the returned mask are untouched, bit for bit.

    Args:
        picture: the frame; changed.
        geometry: of the face's track.
        frame_index: of the frame, tracked.
        wanted: float32, shape (7,): measures in canonical mm, of a head as it usually is. They are read as
            a change of the frame's own; a gap that is not larger than that of shut lips leaves them shut.
        look: of this face (``measure_look``, ``settle_look``).
        manner: how it is done.

    Returns:
        What was changed; None when nothing was.
    """
    wanted = geometry.leant(frame_index, wanted)
    own, strength = geometry.track.measures[frame_index - geometry.track.start], manner.strength
    shape = open_shape(
        geometry, frame_index, own + np.float32(strength) * (wanted - own), press=strength * manner.press
    )
    if np.abs(shape.wanted - shape.edge).max() < _MIN_PIXELS:
        return None
    source, target = mesh.with_anchors(shape.edge), mesh.with_anchors(shape.own)
    target[: mesh.N_POINTS] = shape.wanted
    box = bounds(np.concatenate([source, target]), margin=2)
    mouth_box = _mouth_box(shape, box)
    view = opening(shape, mouth_box)
    frame = picture.crop_ycc(box)
    across, down = parted_displacement(
        source,
        target,
        geometry.mouth_mesh.triangles,
        box,
        Parting(mouth_box, _above(view, shape)),
        shape.pixels_per_mm,
    )
    drawn, mask = _moved(frame, across, down, _DETAIL_REACH_MM * shape.pixels_per_mm)
    restore_lips(drawn, frame, box, shape)
    mouth = inside(mouth_box, box)
    new = _opened(drawn[mouth], frame[mouth], view, shape, look, manner.teeth)
    mask[mouth][(new != drawn[mouth]).any(axis=-1)] = 255
    drawn[mouth] = new
    cover = cover_of(geometry, frame_index)
    if cover is not None:
        mask = np.minimum(mask, 255 - cover.in_front(frame, box))
    picture.blend_ycc(box, drawn, mask)
    return Drawing(box, mask)


def _mouth_box(shape: OpenShape, box: Box) -> Box:
    """The part of the box round the own and the wanted opening."""
    rings = np.concatenate([shape.own[mesh.INNER], shape.wanted[mesh.INNER]])
    mouth = bounds(rings, margin=_MARGIN_MM * shape.pixels_per_mm)
    return Box(
        max(mouth.left, box.left),
        max(mouth.top, box.top),
        min(mouth.right, box.right),
        min(mouth.bottom, box.bottom),
    )


def _opened(
    drawn: UInt8Array,
    frame: UInt8Array,
    view: Opening,
    shape: OpenShape,
    look: MouthLook,
    teeth: TeethDonor | None,
) -> UInt8Array:
    """The inside of the mouth laid between the parted lips: what the frame shows of it, else made up.

    Args:
        drawn: uint8 Y'CbCr, shape of ``view``: the parted lips.
        frame: uint8 Y'CbCr, same shape: before they were moved.
    """
    mixed = drawn.astype(np.float32)
    if shape.own_gap > 0 or shape.press > 0:
        mixed = smooth_seam(clean_edge(drawn, view, shape, look), view, shape)
        light = line_between(view, shape)
        mixed[..., 0] = look.black + (mixed[..., 0] - look.black) * light
    if shape.gap > 0:
        # lips end as softly as the face does elsewhere: a crisp edge looks cut out of a soft painting
        cover = soften_edges(view.cover, look)
        mixed += (_corner_color(look) - mixed) * corner_weight(view, shape)[..., None]
        mixed += (_between_lips(frame, view, shape, look, teeth) - mixed) * cover[..., None]
    return np.asarray((mixed + np.float32(0.5)).clip(0, 255), dtype=np.uint8)


def _between_lips(
    frame: UInt8Array, view: Opening, shape: OpenShape, look: MouthLook, teeth: TeethDonor | None
) -> Float32Array:
    """The inside of the mouth: teeth that the frame shows, else those of the donor, else made-up ones."""
    seen = [own_teeth(frame, view.box, shape, look)]
    if teeth is not None and seen[0].share < 1:
        seen.insert(0, donor_teeth(teeth, view.box, shape, look))
    edge = upper_edge(shape)
    for found in seen:
        edge += found.share * (found.edge + _SHORTER_MM - edge)
    image = paint_interior(view, shape, look, edge)
    lit = np.float32(_ramp(shape.gap, *_SLIT_MM))
    for found in seen:
        image += (found.pixels - image) * (lit * found.weight[..., None])
    return image + (frame - image) * _kept(view, shape)[..., None]


def _kept(view: Opening, shape: OpenShape) -> Float32Array:
    """Where the frame's own opening stays as it is, 0 to 1: all of it while the lips hardly move.

    Otherwise a mouth that is open at rest would change its inside at the first move of its lips.
    """
    moved = np.abs(shape.wanted[mesh.INNER] - shape.own[mesh.INNER]).max() / shape.pixels_per_mm
    share = np.float32(np.clip(1 - moved / _KEPT_MM, 0, 1) * min(shape.own_gap, 1.0))
    if share == 0:
        return np.zeros_like(view.cover)
    return share * area(shape.own[mesh.INNER], view.box)


def _ramp(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _corner_color(look: MouthLook) -> Float32Array:
    return np.array([look.black + CORNER_LIGHT * (look.lip[0] - look.black), *look.lip[1:]], np.float32)


def _above(view: Opening, shape: OpenShape) -> Float32Array:
    """1 above the line on which the lips meet, 0 below, and soft beside the corners."""
    line = 0.5 * (view.upper + view.lower)
    beside = np.maximum(np.abs(view.side) - 1, 0) * 20
    # half-way between two maps that part lies what shut lips hide: there the step is a sharp one
    sharp = np.float32(1 - 0.9 * shape.hides)
    soft = sharp * np.float32(0.5 / shape.pixels_per_mm) + 0.5 * beside
    return np.clip(0.5 + 0.5 * (view.y - line) / soft, 0, 1).astype(np.float32)


def _moved(
    frame: UInt8Array, across: Float32Array, down: Float32Array, reach: float
) -> tuple[UInt8Array, UInt8Array]:
    """The frame with its skin and lips moved, and a mask, 255 where it was."""
    is_moved = (np.abs(across) > _MIN_PIXELS) | (np.abs(down) > _MIN_PIXELS)
    mask = is_moved.astype(np.uint8) * np.uint8(255)
    left, top, width, height = cv2.boundingRect(mask)
    moved = frame.copy()
    if width > 0:
        part = slice(top, top + height), slice(left, left + width)
        x = np.arange(left, left + width, dtype=np.float32)[None, :]
        y = np.arange(top, top + height, dtype=np.float32)[:, None]
        drawn = fetch_fine(frame, across[part] + x, down[part] + y, reach)
        cv2.copyTo(drawn, mask[part], moved[part])
    return moved, mask
