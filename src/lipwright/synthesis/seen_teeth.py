"""Teeth that were filmed: which pixels of a frame, or of another one of this person, are kept as they are."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import MouthPlane, OpenShape
from lipwright.synthesis.opening import area
from lipwright.synthesis.placement import FaceGeometry
from lipwright.synthesis.teeth import BEHIND_MM, upper_edge

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_LEAST_GAP_MM, _SURE_GAP_MM = 1.2, 2.4
"""What lips that are less apart show is a line; it tells nothing of teeth."""
_LEAST_SHOWN, _SURE_SHOWN = 0.06, 0.16
"""Share of the opening that is teeth; where there are fewer the frame shows none worth keeping."""
_TELLING_LEVELS = 8.0
"""Of chroma between lips and teeth: colours nearer than that do not tell them apart."""
_CLEFT_MM = 0.6
_HALF_WIDTH_MM = 7.0
"""Front teeth are looked for this far to either side of the middle."""
_EDGE_MM = 0.5
"""Next to the lips what is between them is mixed with their red."""
_CROWN_MM = 11.5
"""Of a front tooth, from the cutting edge to the gum: 10 to 11, and the mesh of a smile is a little small."""
_GUM_MM = 3.0
"""Kept above teeth, and beside the last one."""
_WHOLE_CROWN_MM = 6.0, 9.0
"""What is above teeth is the shadow of the lip where so little of them shows, gum where so much does."""
_DOUBT_MM = 2.5
"""A donor's teeth end at most this far below where this mouth's are expected; else they are clenched ones."""
_HIDDEN_MM = 0.3
"""Teeth that do not show end this far behind the upper lip."""
_BEHIND_LOWER_MM = 1.0
"""Teeth that show no end go on this far behind the lower lip."""


@dataclass(frozen=True, eq=False)
class SeenTeeth:
    """Upper teeth over a box of the picture, where the head holds them; lower ones move and are not kept."""

    pixels: UInt8Array
    """uint8 Y'CbCr, shape (height, width, 3)."""
    weight: Float32Array
    """float32, shape (height, width), 0 to 1: where they are to be used."""
    share: float
    """0 to 1: how surely there are any."""
    edge: float
    """Height of their cutting edge in the plane of the lips, millimetres."""


@dataclass(frozen=True, eq=False)
class TeethDonor:
    """Another frame of this person, in the same light, that shows upper teeth apart from the lower ones."""

    mouth: Donor
    matrix: NDArray[np.float64]
    """float, shape (2, 3): from pixels of its crop to those of the picture that is drawn."""


def own_teeth(frame: UInt8Array, box: Box, shape: OpenShape, look: MouthLook) -> SeenTeeth:
    """The teeth that the frame shows itself.

    Args:
        frame: uint8 Y'CbCr, shape (box.height, box.width, 3).
    """
    return _look_between(frame, shape.own[mesh.INNER], box, shape, look, lowest=-np.inf)


def donor_teeth(donor: TeethDonor, box: Box, shape: OpenShape, look: MouthLook) -> SeenTeeth:
    """The teeth that another frame of this person shows, brought under this frame's pose."""
    matrix = donor.matrix.astype(np.float64)
    ring = donor.mouth.points[mesh.INNER] @ matrix[:, :2].T + matrix[:, 2]
    matrix[:, 2] -= (box.left, box.top)
    size = (box.width, box.height)
    moved = cv2.warpAffine(
        donor.mouth.crop, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    lowest = upper_edge(shape) - _DOUBT_MM
    return _look_between(moved.astype(np.uint8), ring.astype(np.float32), box, shape, look, lowest=lowest)


def under_pose(mouth: Donor, geometry: FaceGeometry, donor_frame: int, frame_index: int) -> TeethDonor:
    """A frame's mouth with the map that brings its teeth to where another frame's head holds them.

    Args:
        mouth: of ``donor_frame``.
        geometry: of the track of both frames, which are tracked.
    """
    to_picture = _similarity(mouth.points, geometry.own_points(donor_frame))
    teeth = geometry.lips[donor_frame - geometry.track.start, mesh.INNER][15] - (0, 0, BEHIND_MM)
    poses = [geometry.track.pose(frame) for frame in (donor_frame, frame_index)]
    (start, first), (end, second) = (
        (pose.apply(teeth[None])[0, :2], pose.scale * pose.rotation[:2, :2]) for pose in poses
    )
    turn = second @ np.linalg.inv(first)
    linear = turn @ to_picture[:, :2]
    return TeethDonor(mouth, np.column_stack([linear, turn @ (to_picture[:, 2] - start) + end]))


def tooth_likeness(frame: UInt8Array, look: MouthLook, pixels_per_mm: float) -> Float32Array:
    """0 to 1: nearer to enamel than to lips in light and in colour; clefts between teeth are closed.

    Args:
        frame: uint8 Y'CbCr, shape (height, width, 3).
    """
    way = look.enamel - look.lip
    light = (frame[..., 0] - look.lip[0]) * np.float32(1 / max(float(way[0]), 12.0))
    teeth = np.clip(2.5 * light - 0.5, 0, 1)
    length = float(np.linalg.norm(way[1:]))
    if length > _TELLING_LEVELS:
        pale = ((frame[..., 1:] - look.lip[1:]) @ way[1:]) * np.float32(1 / length**2)
        teeth = teeth * np.clip(2.5 * pale - 0.5, 0, 1)
    reach = max(1, round(_CLEFT_MM * pixels_per_mm))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    closed = cv2.morphologyEx(teeth.astype(np.float32), cv2.MORPH_CLOSE, kernel)
    return np.asarray(cv2.GaussianBlur(closed, (0, 0), max(0.35 * pixels_per_mm, 0.5)), np.float32)


def _look_between(
    image: UInt8Array, ring: Float32Array, box: Box, shape: OpenShape, look: MouthLook, *, lowest: float
) -> SeenTeeth:
    """The upper teeth in an image inside an inner-lip ring, shape (20, 2), picture pixels.

    Args:
        lowest: the cutting edge is not below this height, millimetres in the plane of the lips.
    """
    inner = shape.plane.plane(ring)
    gap = float((inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1])[2:7].mean())
    share = _ramp(gap, _LEAST_GAP_MM, _SURE_GAP_MM)
    if share == 0.0:
        return SeenTeeth(image, np.zeros(image.shape[:2], np.float32), 0.0, 0.0)
    teeth = tooth_likeness(image, look, shape.pixels_per_mm)
    whole = area(ring, box)
    shown = float((teeth * whole).sum() / max(float(whole.sum()), 1e-3))
    share *= _ramp(shown, _LEAST_SHOWN, _SURE_SHOWN)
    edge = max(_cutting_edge(teeth, inner, box, shape.plane), lowest)
    upper = np.clip((_heights(box, shape.plane) - edge) / _EDGE_MM + 2.0, 0, 1)
    inside = area(_drawn_in(ring, _EDGE_MM * shape.pixels_per_mm), box)
    whole_crowns = _ramp(float(np.median(inner[mesh.UPPER_HALF, 1])) - edge, *_WHOLE_CROWN_MM)
    held = teeth + whole_crowns * (_with_gum(teeth, shape.pixels_per_mm) - teeth)
    weight = share * inside * held * upper
    return SeenTeeth(image, np.asarray(weight, np.float32), share, edge)


def _with_gum(teeth: Float32Array, pixels_per_mm: float) -> Float32Array:
    """The teeth and what is above and beside them: it belongs to the skull as well."""
    reach = max(1, round(_GUM_MM * pixels_per_mm))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    kernel[:reach] = 0  # a pixel is taken for teeth below it, not above: there the lower lip begins
    return np.asarray(cv2.dilate(teeth, kernel), np.float32)


def _cutting_edge(teeth: Float32Array, inner: Float32Array, box: Box, plane: MouthPlane) -> float:
    """Where the teeth below the upper lip end; behind the lower lip if they never do.

    Args:
        inner: float32, shape (20, 2): the inner-lip ring in the plane of the lips, millimetres.
    """
    x = np.linspace(-_HALF_WIDTH_MM, _HALF_WIDTH_MM, 15, dtype=np.float32) + inner[[5, 15], 0].mean()
    top = np.interp(x, inner[10:][::-1, 0], inner[10:][::-1, 1])
    bottom = np.interp(x, inner[:11, 0], inner[:11, 1])
    shares = np.linspace(0.0, 1.0, 25, dtype=np.float32)
    heights = top + shares[:, None] * (bottom - top)
    places = np.stack([np.broadcast_to(x, heights.shape), heights], axis=-1)
    spots = np.round(plane.pixels(places.astype(np.float32))).astype(int)
    columns = np.clip(spots[..., 0] - box.left, 0, teeth.shape[1] - 1)
    rows = np.clip(spots[..., 1] - box.top, 0, teeth.shape[0] - 1)
    is_tooth = np.median(teeth[rows, columns], axis=1) > 0.5
    line, floor = float(np.median(top)), float(np.median(bottom))
    first = int(np.argmax(is_tooth))
    if not is_tooth.any() or shares[first] > 0.5:  # what is bright near the lower lip are lower teeth
        return line + _HIDDEN_MM
    length = int(np.argmin(np.append(is_tooth[first:], False)))
    last = float(shares[min(first + length, len(shares) - 1)])
    seen = floor - _BEHIND_LOWER_MM if last > 0.85 else line + last * (floor - line)
    neck = line + float(shares[first]) * (floor - line)
    return max(seen, neck - _CROWN_MM)  # what is longer are upper and lower teeth, clenched


def _drawn_in(ring: Float32Array, reach: float) -> Float32Array:
    """An inner-lip ring drawn in by so many pixels, to keep off the red of the lips; shape (20, 2)."""
    drawn = ring.copy()
    middle = 0.5 * (ring[mesh.UPPER_HALF] + ring[mesh.LOWER_HALF][::-1])
    for half, toward in ((mesh.UPPER_HALF, middle), (mesh.LOWER_HALF, middle[::-1])):
        step = toward - ring[half]
        length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-3)
        drawn[half] += step * np.minimum(reach / length, 1.0)
    return drawn


def _heights(box: Box, plane: MouthPlane) -> Float32Array:
    """Height of each pixel in the plane of the lips, millimetres."""
    across, down = plane.inverse[1]
    x = np.arange(box.left, box.right, dtype=np.float32)[None, :] - plane.origin[0]
    y = np.arange(box.top, box.bottom, dtype=np.float32)[:, None] - plane.origin[1]
    return np.asarray(across * x + down * y, np.float32)


def _similarity(points: Float32Array, target: Float32Array) -> NDArray[np.float64]:
    """The turn, scale and shift that bring points nearest to a target; shape (2, 3), as cv2 wants it."""
    middle, aim = points.mean(axis=0), target.mean(axis=0)
    one, other = (points - middle) @ [1, 1j], (target - aim) @ [1, 1j]
    turn = complex(np.vdot(one, other) / max(float(np.vdot(one, one).real), 1e-9))
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([linear, aim - linear @ middle])


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
