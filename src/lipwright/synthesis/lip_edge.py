"""The inner edge of lips that were moved: no teeth carried along, and a line where they meet."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_mask
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape
from lipwright.synthesis.opening import Opening
from lipwright.synthesis.seen_teeth import tooth_likeness
from lipwright.synthesis.sharpness import restore_sharpness_where, variance_where
from lipwright.synthesis.target import bounds, inside

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_BAND_MM = 2.5
"""How far from the opening teeth may have been carried along with a lip."""
_RIM_SIGMAS = 1.3
"""Teeth end in a rim that is half lip: too red to be taken for them, light enough for a line on the lip."""
_LINE_MM = 0.55
_LINE_DEPTH = 0.32
_SEAM_PIXELS, _SEAM_SIGMA_PIXELS = 1.0, 0.7
"""How far from the line stairs are smoothed, and over how much."""
_CORNER_MM, _CORNER_SHARE = 1.1, 0.6
_EDGE_PIXELS = 3
CORNER_LIGHT = 0.5
"""Of the lips."""


def clean_edge(drawn: UInt8Array, view: Opening, shape: OpenShape, look: MouthLook) -> Float32Array:
    """Moved lips of a mouth that was open, with the teeth at their edge replaced by the lips beside them.

    Args:
        drawn: uint8 Y'CbCr, shape (height, width, 3), over ``view.box``.

    Returns:
        float32, same shape.
    """
    image = drawn.astype(np.float32)
    outside = np.maximum(view.y - view.upper, view.lower - view.y)
    along = np.clip(8 * (1.06 - np.abs(view.side)), 0, 1)
    band = np.clip(_BAND_MM - outside, 0, 1) * along * min(1.0, abs(shape.gap - shape.own_gap) + shape.press)
    teeth = _with_rim(tooth_likeness(drawn, look, shape.pixels_per_mm), look.edge_sigma)
    lips = np.maximum(1 - 1.5 * teeth, 1e-3) * (1 - view.cover)
    sigma = 1.2 * shape.pixels_per_mm
    weight = cv2.GaussianBlur(lips, (0, 0), sigma)[..., None] + np.float32(1e-6)
    beside = cv2.GaussianBlur(image * lips[..., None], (0, 0), sigma) / weight
    share = np.clip(2 * teeth, 0, 1) * band
    return np.asarray(image + (beside - image) * share[..., None], np.float32)


def _with_rim(teeth: Float32Array, edge_sigma: float) -> Float32Array:
    """Teeth and the rim in which they pass into the lips, 0 to 1."""
    reach = max(1, round(_RIM_SIGMAS * edge_sigma))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(teeth, kernel), np.float32)


def line_between(view: Opening, shape: OpenShape) -> Float32Array:
    """Share of the light that is left where lips meet that were apart, 0 to 1."""
    was_open = np.clip(0.5 * (shape.own_gap - 1.0), min(shape.press, 1.0), 1)
    is_shut = np.clip(1 - shape.gap / 1.5, 0, 1)
    off = np.abs(view.y - 0.5 * (view.upper + view.lower)) / _LINE_MM
    along = np.clip(6 * (1.03 - np.abs(view.side)), 0, 1)
    return np.asarray(1 - _LINE_DEPTH * was_open * is_shut * along * np.exp(-np.square(off)), np.float32)


def smooth_seam(image: Float32Array, view: Opening, shape: OpenShape) -> Float32Array:
    """Shut lips without the stairs that their sharp parting leaves on a slanting line."""
    if shape.hides <= 0:
        return image
    off = (view.y - 0.5 * (view.upper + view.lower)) * np.float32(shape.pixels_per_mm / _SEAM_PIXELS)
    along = np.clip(6 * (1.03 - np.abs(view.side)), 0, 1)
    weight = shape.hides * along * np.exp(-np.square(off))
    soft = cv2.GaussianBlur(image, (0, 0), _SEAM_SIGMA_PIXELS)
    return np.asarray(image + (soft - image) * weight[..., None], np.float32)


def corner_weight(view: Opening, shape: OpenShape) -> Float32Array:
    """Where the corners of an opened mouth are lip in shadow, 0 to 1: skin is pulled thin there."""
    corners = shape.plane.plane(shape.wanted[mesh.INNER][[0, 10]])
    near = sum(
        np.exp(-(np.square(view.x - x) + np.square(view.y - y)) / np.float32(_CORNER_MM**2))
        for x, y in corners
    )
    return np.asarray(_CORNER_SHARE * min(max(shape.gap - 1, 0.0) / 4, 1.0) * near, np.float32)


def restore_lips(drawn: UInt8Array, frame: UInt8Array, box: Box, shape: OpenShape) -> None:
    """Gives moved lips the sharpness that they have in the frame, in place.

    Args:
        drawn: uint8 Y'CbCr, shape (box.height, box.width, 3): with moved lips; changed.
        frame: uint8 Y'CbCr, same shape.
    """
    rings = np.concatenate([shape.own[mesh.OUTER], shape.wanted[mesh.OUTER]])
    around = bounds(rings, margin=4)
    part = inside(
        Box(
            max(around.left, box.left),
            max(around.top, box.top),
            min(around.right, box.right),
            min(around.bottom, box.bottom),
        ),
        box,
    )
    corner = np.array([box.left + part[1].start, box.top + part[0].start], np.float32)
    own, moved = (
        _red_of_lips(points - corner, frame[part].shape[:2]) for points in (shape.own, shape.wanted)
    )
    wanted = variance_where(frame[part][..., 0], own)
    drawn[part] = restore_sharpness_where(drawn[part], wanted, moved)


def _red_of_lips(points: Float32Array, size: tuple[int, ...]) -> UInt8Array:
    """255 on the lips, but not at their edge or on the line between them: its contrast is another matter."""
    mask = lip_mask(points, size)
    for ring in (points[mesh.INNER], points[mesh.OUTER]):
        cv2.polylines(mask, [np.round(ring).astype(np.int32)], True, (0,), _EDGE_PIXELS)
    return mask
