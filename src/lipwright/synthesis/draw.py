"""Draws a wanted mouth into a frame: the frame's own jaw moved, a donor's lips and teeth laid on it.

Two layers share one target mesh. The skin of jaw, chin and cheeks is the frame's own, displaced: light and
grain stay right. Lips and the inside of the mouth come from donor frames of the same speaker.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import blend_mask, warp
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.color_match import light_difference
from lipwright.synthesis.sharpness import laplacian_variance, restore_grain, restore_sharpness

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_SKIN_STEP = 2
"""The skin's displacement is smooth: one sample every two pixels is enough."""
_SKIN_SMOOTHING_MM = 1.5
_MIN_DISPLACEMENT_PIXELS = 0.05

_FULL_MM = 3.0
_REACH_MM = 12.0
"""The donor covers the lips and 3 mm round them fully and ends at 12 mm."""
_NOSE_SOFTNESS_MM = 4.0
_AGREEMENT_LEVELS = 12.0
"""How far apart two donors may be, in levels, and still be mixed."""


@dataclass(frozen=True, eq=False)
class Donor:
    """A mouth of the same speaker, as it was filmed."""

    crop: UInt8Array
    """uint8 Y'CbCr, shape (height, width, 3)."""
    points: Float32Array
    """float32, shape (N_POINTS, 2): pixels of the crop."""


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
) -> Drawing:
    """Draws into the picture, in place; samples outside the returned mask are untouched, bit for bit.

    Args:
        picture: changed.
        placement: where the mouth is and where it shall be.
        donors: one, or two with weights that sum to 1, the main one first; mixed where they agree.
        mouth_mesh: of the face that is drawn.
    """
    source = mesh.with_anchors(placement.own_points)
    target = source.copy()
    target[: mesh.N_POINTS] += placement.strength * (placement.points - placement.own_points)
    box = _bounds(target, margin=2)
    ycc = picture.crop_ycc(box)
    moved, mask = _move_skin(ycc, target, source, mouth_mesh, box, placement.pixels_per_mm)
    lip_box = _lip_box(target, placement.pixels_per_mm, box)
    weight = _lay_lips(moved, target, donors, mouth_mesh, (box, lip_box), placement)
    inside = _inside(lip_box, box)
    mask[inside] = np.maximum(mask[inside], (weight > 0).astype(np.uint8) * 255)
    picture.blend_ycc(box, moved, mask)
    return Drawing(box, mask)


def _bounds(points: Float32Array, margin: float) -> Box:
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin + 1
    box = Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).even()
    return box


def _lip_box(target: Float32Array, pixels_per_mm: float, limit: Box) -> Box:
    box = _bounds(target[mesh.OUTER], margin=_REACH_MM * pixels_per_mm)
    return Box(
        max(box.left, limit.left),
        max(box.top, limit.top),
        min(box.right, limit.right),
        min(box.bottom, limit.bottom),
    )


def _inside(part: Box, whole: Box) -> tuple[slice, slice]:
    return (
        slice(part.top - whole.top, part.bottom - whole.top),
        slice(part.left - whole.left, part.right - whole.left),
    )


def _move_skin(
    ycc: UInt8Array,
    target: Float32Array,
    source: Float32Array,
    mouth_mesh: mesh.MouthMesh,
    box: Box,
    pixels_per_mm: float,
) -> tuple[UInt8Array, UInt8Array]:
    """The frame's own skin displaced, and where it was; equal to the frame where nothing moves."""
    triangles = mouth_mesh.triangles
    ids = warp.rasterize(target, triangles, box, _SKIN_STEP)
    sigma = max(_SKIN_SMOOTHING_MM * pixels_per_mm / _SKIN_STEP, 0.6)
    size = (box.width, box.height)
    across, down = (
        cv2.resize(cv2.GaussianBlur(part, (0, 0), sigma), size, interpolation=cv2.INTER_LINEAR)
        for part in warp.displacement(ids, triangles, target, source, box, _SKIN_STEP)
    )
    is_moved = (np.abs(across) > _MIN_DISPLACEMENT_PIXELS) | (np.abs(down) > _MIN_DISPLACEMENT_PIXELS)
    moved, mask = ycc.copy(), is_moved.astype(np.uint8)
    left, top, width, height = cv2.boundingRect(mask)
    if width > 0:  # resampling costs most: only where something moves
        rows, columns = slice(top, top + height), slice(left, left + width)
        x = np.arange(left, left + width, dtype=np.float32)[None, :]
        y = np.arange(top, top + height, dtype=np.float32)[:, None]
        shift = across[rows, columns], down[rows, columns]
        drawn = warp.fetch(ycc, shift[0] + x, shift[1] + y)
        distance = np.maximum(np.abs(shift[0]), np.abs(shift[1]))
        share = np.minimum(2 * distance, np.float32(1.0))
        moved[rows, columns] = restore_grain(drawn, ycc[rows, columns], share)
    return moved, mask * np.uint8(255)


def _lay_lips(
    scene: UInt8Array,
    target: Float32Array,
    donors: list[tuple[Donor, float]],
    mouth_mesh: mesh.MouthMesh,
    boxes: tuple[Box, Box],
    placement: Placement,
) -> Float32Array:
    """Lays the donors' lips on the scene, in place; gives the weight of the layer in the lip box."""
    box, lip_box = boxes
    inside = _inside(lip_box, box)
    layer = _warp_donors(target, donors, mouth_mesh.triangles, lip_box)
    distance = blend_mask.lip_distance(target[mesh.OUTER], lip_box, placement.pixels_per_mm)
    reach = _reach_weight(distance, target, lip_box, placement.pixels_per_mm)
    skin = (distance > _FULL_MM).astype(np.float32) * (reach > 0)
    shift = light_difference(layer, scene[inside], skin)
    weight = reach * np.float32(placement.strength)
    under = scene[inside].astype(np.float32)
    lit = np.clip(layer.astype(np.float32) + shift, 0.0, 255.0)
    scene[inside] = (under + (lit - under) * weight[..., None] + np.float32(0.5)).astype(np.uint8)
    return weight


def _reach_weight(
    distance: Float32Array, target: Float32Array, lip_box: Box, pixels_per_mm: float
) -> Float32Array:
    nostrils = target[mesh.places((98, 327))]
    under_nose = blend_mask.below_line(
        nostrils[0], nostrils[1], lip_box, max(_NOSE_SOFTNESS_MM * pixels_per_mm, 1.0)
    )
    return blend_mask.fade(distance, _FULL_MM, _REACH_MM) * under_nose


def _warp_donors(
    target: Float32Array,
    donors: list[tuple[Donor, float]],
    triangles: NDArray[np.intp],
    lip_box: Box,
) -> UInt8Array:
    """The donors' mouths in the place of the target, blended; uint8, shape of the lip box."""
    corners = target[triangles]
    low, high = corners.min(axis=1), corners.max(axis=1)
    seen = (
        (high[:, 0] >= lip_box.left)
        & (low[:, 0] < lip_box.right)
        & (high[:, 1] >= lip_box.top)
        & (low[:, 1] < lip_box.bottom)
    )
    shown = triangles[seen]
    ids = warp.rasterize(target, shown, lip_box)
    x = np.arange(lip_box.left, lip_box.right, dtype=np.float32)[None, :]
    y = np.arange(lip_box.top, lip_box.bottom, dtype=np.float32)[:, None]
    layers = []
    for donor, _ in donors:
        across, down = warp.displacement(ids, shown, target, mesh.with_anchors(donor.points), lip_box)
        layers.append(_fetch_sharp(donor, across + x, down + y, target, lip_box))
    if len(layers) == 1:
        return layers[0]
    return _mixed(layers[0], layers[1], donors[1][1])


def _mixed(main: UInt8Array, second: UInt8Array, share: float) -> UInt8Array:
    """Mixes a second mouth in where the two agree; where they differ, teeth would show double."""
    first, other = main.astype(np.float32), second.astype(np.float32)
    apart = cv2.GaussianBlur(np.abs(other - first).max(axis=2), (0, 0), 2.0)
    part = np.float32(share) * np.exp(-np.square(apart / np.float32(_AGREEMENT_LEVELS)))
    return np.asarray(first + (other - first) * part[..., None] + np.float32(0.5), dtype=np.uint8)


def _fetch_sharp(
    donor: Donor, across: Float32Array, down: Float32Array, target: Float32Array, lip_box: Box
) -> UInt8Array:
    """A donor warped, with the sharpness of its own lips."""
    layer = warp.fetch(donor.crop, across, down)
    lips = _bounds(target[mesh.OUTER], margin=0).clipped(lip_box.right, lip_box.bottom)
    inside = _inside(lips, lip_box)
    own = _bounds(donor.points[mesh.OUTER], margin=0).clipped(donor.crop.shape[1], donor.crop.shape[0])
    wanted = laplacian_variance(donor.crop[own.top : own.bottom, own.left : own.right, 0])
    layer[inside] = restore_sharpness(layer[inside], wanted)
    return layer
