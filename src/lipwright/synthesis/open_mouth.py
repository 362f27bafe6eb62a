"""Draws a mouth that the source never shows: the frame's own lips parted, the inside made up."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis import warp
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_interior import Opening, opening, paint_interior
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape, open_shape
from lipwright.synthesis.parted_warp import parted_displacement
from lipwright.synthesis.placement import FaceGeometry
from lipwright.synthesis.target import bounds

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_MIN_PIXELS = 0.05
"""What moves by less is left alone."""


def draw_synthesized(
    picture: Picture,
    geometry: FaceGeometry,
    frame_index: int,
    wanted: Float32Array,
    look: MouthLook,
    *,
    strength: float = 1.0,
) -> Drawing | None:
    """Draws the frame's own mouth, deformed to the wanted measures, into the picture, in place.

    Samples outside the returned mask are untouched, bit for bit.

    Args:
        picture: the frame; changed.
        geometry: of the face's track.
        frame_index: of the frame, tracked.
        wanted: float32, shape (7,): measures in canonical mm. They are read as a change of the frame's own;
            a gap that is not larger than that of shut lips leaves them shut.
        look: of this face (``measure_look``).
        strength: 0 leaves the frame as it is, 1 goes all the way.

    Returns:
        What was changed; None when nothing was.
    """
    own = geometry.track.measures[frame_index - geometry.track.start]
    shape = open_shape(geometry, frame_index, own + np.float32(strength) * (wanted - own))
    if np.abs(shape.wanted - shape.own).max() < _MIN_PIXELS:
        return None
    source, target = mesh.with_anchors(shape.own), mesh.with_anchors(shape.own)
    target[: mesh.N_POINTS] = shape.wanted
    box = bounds(np.concatenate([source, target]), margin=2)
    frame = picture.crop_ycc(box)
    view = opening(shape, box)
    across, down = parted_displacement(
        source, target, geometry.mouth_mesh.triangles, box, _above(view, shape), shape.pixels_per_mm
    )
    drawn, is_moved = _moved(frame, across, down)
    if shape.gap > 0:
        inside = paint_interior(view, shape, look)
        drawn = (
            (drawn + (inside - drawn) * view.cover[..., None] + np.float32(0.5)).clip(0, 255).astype(np.uint8)
        )
        is_moved |= view.cover > 0
    mask = is_moved.astype(np.uint8) * np.uint8(255)
    picture.blend_ycc(box, drawn, mask)
    return Drawing(box, mask)


def _above(view: Opening, shape: OpenShape) -> Float32Array:
    """1 above the line on which the lips meet, 0 below, and soft beside the corners."""
    line = 0.5 * (view.upper + view.lower)
    beside = np.maximum(np.abs(view.side) - 1, 0) * 20
    soft = 0.5 / shape.pixels_per_mm + 0.5 * beside
    return np.clip(0.5 + 0.5 * (view.y - line) / soft, 0, 1).astype(np.float32)


def _moved(
    frame: UInt8Array, across: Float32Array, down: Float32Array
) -> tuple[UInt8Array, NDArray[np.bool_]]:
    is_moved = (np.abs(across) > _MIN_PIXELS) | (np.abs(down) > _MIN_PIXELS)
    left, top, width, height = cv2.boundingRect(is_moved.astype(np.uint8))
    moved = frame.copy()
    if width == 0:
        return moved, is_moved
    part = slice(top, top + height), slice(left, left + width)
    x = np.arange(left, left + width, dtype=np.float32)[None, :]
    y = np.arange(top, top + height, dtype=np.float32)[:, None]
    drawn = warp.fetch(frame, across[part] + x, down[part] + y)
    moved[part] = np.where(is_moved[part][..., None], drawn, frame[part])
    return moved, is_moved
