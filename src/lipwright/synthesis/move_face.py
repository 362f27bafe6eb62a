"""Moves a whole face in its picture: an expression on its skin, and the head under it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import warp
from lipwright.synthesis.action_units import ExpressionField
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.face_map import N_POINTS, FaceMap
from lipwright.synthesis.fine_detail import fetch_fine
from lipwright.synthesis.occluder import Cover
from lipwright.synthesis.target import bounds

Float32Array = NDArray[np.float32]

_STEP = 2
"""The displacement is smooth: one sample every two pixels is enough."""
_SMOOTHING_MM = 1.2
_HEAD_SMOOTHING_MM = 9.0
"""Between head and background the picture is bent, not broken."""
_EDGE_MM = 25.0
"""Towards the edges of the picture the movement ends: there is nothing beyond to be brought in."""
_HOLD_MM = 8.0
"""From what is in front of the face to skin that moves freely."""
_MIN_PIXELS = 0.05
"""What is displaced by less is left alone."""
_DETAIL_REACH_MM = 3.0
_PIVOT = np.array([0.0, -105.0, -40.0])
"""Where the head sits on the neck, canonical mm."""
_SETTLING_STEPS = 3


@dataclass(frozen=True, eq=False)
class FaceMove:
    """How one frame's face is to be moved."""

    field: ExpressionField
    amount: float
    """0 to 1: of the expression."""
    turn: Float32Array
    """float32, shape (3,): rotation of the head about its own axes (right, up, to the camera), radians."""
    cover: Cover | None = None
    """What is in front of the mouth: it holds still."""


@dataclass(frozen=True, eq=False)
class MovedFace:
    """A face that was moved, and where its points went."""

    drawing: Drawing
    free: Float32Array | None
    """float32, shape (height / 2, width / 2) of the drawing's box, 0 to 1: 0 on what is in front of the
    mouth; None when nothing is."""
    _across: Float32Array
    _down: Float32Array

    def follow(self, points: Float32Array) -> Float32Array:
        """Where picture points of the source went: float32, shape (n, 2)."""
        box = self.drawing.box
        corner = np.array([box.left, box.top], np.float32)
        moved = points.astype(np.float32).copy()
        for _ in range(_SETTLING_STEPS):  # the maps tell where pixels came from, not where they went
            at = (moved - corner - (_STEP - 1) / 2) / _STEP
            shift = [
                cv2.remap(part, at[:, 0], at[:, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)[:, 0]
                for part in (self._across, self._down)
            ]
            moved = points - np.stack(shift, axis=1)
        return np.asarray(moved, np.float32)


def move_face(picture: Picture, face: FaceMap, row: int, move: FaceMove) -> MovedFace:
    """Moves the face of a tracked frame, in place; outside the drawing's mask every sample stays.

    Args:
        picture: changed.
        face: of the track.
        row: of the frame in ``face``.
        move: what is wanted.
    """
    placed = face.placed(row)
    has_turn = bool(np.abs(move.turn).max() > 0)
    reach = placed if has_turn else placed[: N_POINTS + len(face.halo)]
    box = _inside(bounds(reach, margin=4), picture)
    across, down = _expression_maps(face, row, move, placed, box)
    if has_turn:
        across, down = _composed(_head_maps(face, row, move, placed, box), (across, down))
    calm = _calm(box, picture, _EDGE_MM * float(face.scales[row]))
    free = None if move.cover is None else _free(picture, box, move.cover)
    if free is not None:
        calm = calm * free
    across, down = across * calm, down * calm
    mask = _write(picture, box, across, down, _DETAIL_REACH_MM * float(face.scales[row]))
    return MovedFace(Drawing(box, mask), free, across, down)


def _inside(box: Box, picture: Picture) -> Box:
    """The part in the picture, with even edges."""
    return box.clipped(picture.width & ~1, picture.height & ~1)


def _expression_maps(
    face: FaceMap, row: int, move: FaceMove, placed: Float32Array, box: Box
) -> tuple[Float32Array, Float32Array]:
    scale, rotation = float(face.scales[row]), face.rotations[row]
    change = move.amount * (move.field.skin + face.openness[row] * move.field.lids)
    target = placed.copy()
    target[:N_POINTS] += (scale * change @ rotation.T)[:, :2]
    moving = np.abs(target - placed).max(axis=1) > _MIN_PIXELS
    triangles = face.triangles[moving[face.triangles].any(axis=1)]
    return _maps(target, placed, triangles, box, _SMOOTHING_MM * scale)


def _head_maps(
    face: FaceMap, row: int, move: FaceMove, placed: Float32Array, box: Box
) -> tuple[Float32Array, Float32Array]:
    scale, rotation = float(face.scales[row]), face.rotations[row]
    head = np.concatenate([face.shape, face.halo]).astype(np.float64) - _PIVOT
    change = head @ (Rotation.from_rotvec(move.turn).as_matrix() - np.eye(3)).T
    target = placed.copy()
    target[: len(head)] += (scale * change @ rotation.T)[:, :2].astype(np.float32)
    return _maps(target, placed, face.triangles, box, _HEAD_SMOOTHING_MM * scale)


def _maps(
    target: Float32Array, source: Float32Array, triangles: NDArray[np.intp], box: Box, sigma: float
) -> tuple[Float32Array, Float32Array]:
    """Pixels to the right and down from where each second pixel of the box comes, smooth."""
    ids = warp.rasterize(target, triangles, box, _STEP)
    across, down = (
        cv2.GaussianBlur(part, (0, 0), max(sigma / _STEP, 0.6))
        for part in warp.displacement(ids, triangles, target, source, box, _STEP)
    )
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _composed(
    outer: tuple[Float32Array, Float32Array], inner: tuple[Float32Array, Float32Array]
) -> tuple[Float32Array, Float32Array]:
    """First the inner movement, then the outer one, as one pair of maps."""
    height, width = outer[0].shape
    x = np.arange(width, dtype=np.float32)[None, :] + outer[0] / _STEP
    y = np.arange(height, dtype=np.float32)[:, None] + outer[1] / _STEP
    across, down = (
        far + cv2.remap(near, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for far, near in zip(outer, inner, strict=True)
    )
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _calm(box: Box, picture: Picture, reach: float) -> Float32Array:
    """1 inside, going to 0 at the edges of the picture; shape of the maps."""
    x = np.arange(box.left, box.right, _STEP, dtype=np.float32)
    y = np.arange(box.top, box.bottom, _STEP, dtype=np.float32)
    far_x = np.clip(np.minimum(x, picture.width - 1 - x) / reach, 0.0, 1.0)
    far_y = np.clip(np.minimum(y, picture.height - 1 - y) / reach, 0.0, 1.0)
    share = np.minimum(far_x[None, :], far_y[:, None])
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _free(picture: Picture, box: Box, cover: Cover) -> Float32Array:
    """0 on what is in front of the mouth, going to 1 round it: skin beside it gives way, nothing tears."""
    front = cover.in_front(picture.crop_ycc(box), box)[::_STEP, ::_STEP]
    reach = max(1, round(_HOLD_MM * cover.pixels_per_mm / _STEP))
    held = cv2.dilate(front, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2))
    soft = cv2.GaussianBlur(held, (0, 0), max(0.6, reach / 2)).astype(np.float32) / 255
    return np.asarray(1 - np.maximum(soft, front.astype(np.float32) / 255), np.float32)


def _write(
    picture: Picture, box: Box, across: Float32Array, down: Float32Array, reach: float
) -> NDArray[np.uint8]:
    """Fetches every pixel from where it comes; the mask of what was written."""
    size = (box.width, box.height)
    across, down = (
        np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.float32)
        for part in (across, down)
    )
    mask = ((np.abs(across) > _MIN_PIXELS) | (np.abs(down) > _MIN_PIXELS)).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(mask)
    if width > 0:
        ycc = picture.crop_ycc(box)
        part = slice(top, top + height), slice(left, left + width)
        x = np.arange(left, left + width, dtype=np.float32)[None, :]
        y = np.arange(top, top + height, dtype=np.float32)[:, None]
        moved = ycc.copy()
        moved[part] = fetch_fine(ycc, across[part] + x, down[part] + y, reach)
        picture.blend_ycc(box, moved, mask * np.uint8(255))
    return mask * np.uint8(255)
