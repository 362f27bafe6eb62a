"""Lips and the inside of the mouth, taken from donors and laid on the frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import blend_mask, warp
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.bands import mix_shading
from lipwright.synthesis.color_match import light_difference
from lipwright.synthesis.donor_cover import free_share
from lipwright.synthesis.fine_detail import fetch_fine
from lipwright.synthesis.relight import relit
from lipwright.synthesis.resharpen import Sharpness, filmed_sharpness, resharpen
from lipwright.synthesis.seam import mend_seam
from lipwright.synthesis.shade import shade_field
from lipwright.synthesis.soften import softened
from lipwright.synthesis.target import LIP_REACH_MM, Target
from lipwright.synthesis.turned_donor import turned_share
from lipwright.synthesis.uncovered import uncovered_share

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_FULL_MM = 3.0
"""The donor covers the lips and this much round them fully, and fades out towards the reach."""
_TURNED_FULL_MM, _TURNED_REACH_MM = 1.0, 7.0
"""The same of a donor whose head is turned otherwise: a moustache or a cheek from another side do not fit."""
_NOSE_SOFTNESS_MM = 4.0
_AGREEMENT_LEVELS = 12.0
"""How far apart two donors may be, in levels, and still be mixed."""
_DETAIL_REACH_MM = 2.0
"""How far round a place its detail is measured: teeth and lips are told apart."""
_OUTLINE_MM = 8.0
"""Nearer to the outline of the face than this, the frame or the donor may show what is behind it."""
_SKIN_LEVELS = 16.0
"""Skin and the same skin in another frame, lit alike, are nearer than this; handwriting on the wall behind a
face, blurred over its outline, is 20 away."""
_EDGE_PIXELS = 2.0
"""So far from the lips of a small face their edge is in a pixel."""
_SHADING_MM = 1.5
"""What is coarser than this, as a Gaussian's standard deviation, is shading."""
_TEXTURE_MM, _TEXTURE_STEEPNESS = 0.8, 4.0
"""What is finer than this is texture: the layer's gives way to the scene's in a quarter of the way."""


@dataclass(frozen=True, eq=False)
class Donor:
    """A mouth of the same speaker, as it was filmed."""

    crop: UInt8Array
    """uint8 Y'CbCr, shape (height, width, 3)."""
    points: Float32Array
    """float32, shape (N_POINTS, 2): pixels of the crop."""
    shift: Float32Array | None = None
    """float32, shape (N_PLACES, 3): what is added to its shading, levels; see ``shade_field``."""
    texture: float | None = None
    """Fine detail of its lips as they were filmed, see ``lip_texture``; None where it is not known."""
    lift: float = 1.0
    """Factor on its fine detail that brings it to the sharpness of those about it, or usual for such a mouth;
    of its lips, in fine drawing of all of it."""
    softness: float = 0.0
    """Halvings of its sharpness that the frame lacks; see ``softened``."""
    is_hidden: NDArray[np.bool_] | None = None
    """bool, shape (N_POINTS,): points with something in front of them; None where nothing is."""


def lay_lips(
    scene: UInt8Array,
    target: Target,
    donors: list[tuple[Donor, float]],
    *,
    is_fine: bool = False,
) -> Float32Array:
    """Lays the donors' lips on the scene, in place.

    Args:
        scene: uint8 Y'CbCr, shape (height, width, 3): what fills ``target.lip_box`` so far; changed.
        donors: the main one first, with weights that sum to 1; mixed where they agree.
        is_fine: whether the detail that resampling takes is given back place by place, and more than
            two donors are mixed.

    Returns:
        float32, shape (height, width), 0 to 1: the weight of the layer; 0 where the scene is untouched.
    """
    layer, main = _warp_donors(target, donors, is_fine=is_fine)
    distance = blend_mask.lip_distance(target.points[mesh.OUTER], target.lip_box, target.pixels_per_mm)
    reach = _reach(distance, target, 0.0)
    free = _free(target, donors)
    skin = (distance > _FULL_MM).astype(np.float32) * (reach > 0) * (free > 0)
    if not is_fine:
        donor = donors[0][0]
        filmed = Sharpness(filmed_sharpness(donor.crop, donor.points), donor.texture, donor.lift)
        resharpen(layer, main, scene, target, skin > 0, filmed)
    layer = softened(layer, target, donors[0][0].softness)
    lit = relit(layer, light_difference(layer, scene, skin), skin, target.pixels_per_mm)
    turned = turned_share(donors[0][0].points, target.source[: mesh.N_POINTS], target.pixels_per_mm)
    uncovered = uncovered_share(target, donors[0][0].points, donors[0][0].crop.shape)
    reach = np.maximum(_reach(distance, target, turned), uncovered)
    reach *= free * _same_skin(lit - scene, distance, target)
    weight = reach * np.float32(target.strength)
    _blend(scene, lit, weight, reach, target)
    return weight


def _free(target: Target, donors: list[tuple[Donor, float]]) -> Float32Array:
    """1 where all donors show their faces, 0 where one shows what is in front of it."""
    shares = [free_share(target, donor.is_hidden) for donor, _ in donors if donor.is_hidden is not None]
    return np.minimum.reduce(shares) if shares else np.ones((), np.float32)


def _blend(
    scene: UInt8Array, lit: Float32Array, weight: Float32Array, reach: Float32Array, target: Target
) -> None:
    """Lays the lit layer on the scene, in place: tones change over gradually, texture quickly.

    Half of one skin and half of another is smoother than either: a wide belt of it round the mouth shows.
    """
    change = lit - scene
    luma = change[..., 0]
    texture = luma - cv2.GaussianBlur(luma, (0, 0), max(_TEXTURE_MM * target.pixels_per_mm, 0.8))
    steep = np.clip(np.float32(_TEXTURE_STEEPNESS) * (reach - np.float32(0.5)) + np.float32(0.5), 0.0, 1.0)
    texture *= steep * np.float32(target.strength) - weight
    change *= weight[..., None]
    change[..., 0] += texture
    scene[:] = np.clip(scene + change + np.float32(0.5), 0.0, 255.0).astype(np.uint8)


def _same_skin(difference: Float32Array, distance: Float32Array, target: Target) -> Float32Array:
    """0 where donor or frame shows what is behind the face, at the outline of a turned one; else 1.

    The mesh of such a face goes straight from nose to chin, past the hollow at the lips.

    Args:
        difference: float32, shape (height, width, 3): of the layer and the scene, levels.
        distance: float32, shape (height, width): from the lips, mm.
    """
    outline = np.asarray(cv2.convexHull(target.source[: mesh.N_POINTS])[:, 0], np.float32)
    depth = blend_mask.depth_inside(outline, target.lip_box, target.pixels_per_mm)
    if depth[distance < LIP_REACH_MM].min() >= _OUTLINE_MM:  # seen from the front
        return np.ones_like(distance)
    apart = cv2.blur(np.abs(difference).max(axis=2), (3, 3))
    strange = np.clip((apart - _SKIN_LEVELS) / np.float32(_SKIN_LEVELS), 0.0, 1.0)
    off_lips = max(_FULL_MM, _EDGE_PIXELS / target.pixels_per_mm)
    strange *= np.clip(distance / np.float32(off_lips), 0.0, 1.0) * (depth < _OUTLINE_MM)
    grown = cv2.dilate(strange, np.ones((3, 3), np.uint8))
    return np.asarray(1 - cv2.GaussianBlur(grown, (0, 0), max(0.5, 0.5 * target.pixels_per_mm)), np.float32)


def _reach(distance: Float32Array, target: Target, turned: float) -> Float32Array:
    """Weight of the layer: whole on the lips, fading round them, and nothing on the nose.

    Args:
        turned: 0 to 1, of the donor (``turned_share``).
    """
    nostrils = target.points[mesh.places((98, 327))]
    softness = max(_NOSE_SOFTNESS_MM * target.pixels_per_mm, 1.0)
    under_nose = blend_mask.below_line(nostrils[0], nostrils[1], target.lip_box, softness)
    full = _FULL_MM + turned * (_TURNED_FULL_MM - _FULL_MM)
    end = LIP_REACH_MM + turned * (_TURNED_REACH_MM - LIP_REACH_MM)
    return blend_mask.fade(distance, full, end) * under_nose


def _warp_donors(
    target: Target, donors: list[tuple[Donor, float]], *, is_fine: bool
) -> tuple[UInt8Array, UInt8Array]:
    """The donors' mouths in the place of the target, mixed, and the main one alone; shape of the lip box."""
    box = target.lip_box
    shown = target.triangles[warp.touches(target.points[target.triangles], box)]
    # the far jaw of a turned head lies behind the corner of its mouth
    ids = warp.rasterize(target.points, shown, box, in_front=(shown < 3 * mesh.N_RING).any(axis=1))
    x = np.arange(box.left, box.right, dtype=np.float32)[None, :]
    y = np.arange(box.top, box.bottom, dtype=np.float32)[:, None]
    layers = []
    for number, (donor, _) in enumerate(donors):
        source = mesh.with_anchors(donor.points)
        across, down = warp.displacement(ids, shown, target.points, source, box)
        if is_fine and number == 0:  # of the others only the shading is used
            reach = _DETAIL_REACH_MM * target.pixels_per_mm
            layer = fetch_fine(donor.crop, across + x, down + y, reach, donor.lift)
        else:
            layer = warp.fetch(donor.crop, across + x, down + y)
        mend_seam(layer, donor.crop, source, target, (across, down))
        layers.append(layer if donor.shift is None else _shaded(layer, donor.shift, target))
    if is_fine:
        shares = [weight for _, weight in donors[1:]]
        sigma = _SHADING_MM * target.pixels_per_mm
        return mix_shading(layers[0], list(zip(layers[1:], shares)), sigma), layers[0]
    mixed = layers[0] if len(layers) == 1 else _mixed(layers[0], layers[1], donors[1][1])
    return mixed, layers[0]


def _shaded(layer: UInt8Array, shift: Float32Array, target: Target) -> UInt8Array:
    """A warped donor with its shading changed; teeth are left."""
    change = shade_field(shift, target.points, target.lip_box)
    return np.asarray(cv2.add(layer, change, dtype=cv2.CV_8U), np.uint8)


def _mixed(main: UInt8Array, second: UInt8Array, share: float) -> UInt8Array:
    """Mixes a second mouth in where the two agree; where they differ, teeth would show double."""
    first, other = main.astype(np.float32), second.astype(np.float32)
    apart = cv2.GaussianBlur(np.abs(other - first).max(axis=2), (0, 0), 2.0)
    part = np.float32(share) * np.exp(-np.square(apart / np.float32(_AGREEMENT_LEVELS)))
    return np.asarray(first + (other - first) * part[..., None] + np.float32(0.5), dtype=np.uint8)
