"""The teeth that a frame shows itself: where they end, and which of its pixels are kept as they are."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape
from lipwright.synthesis.opening import area
from lipwright.synthesis.teeth import upper_edge

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_LEAST_GAP_MM, _SURE_GAP_MM = 1.2, 2.4
"""What lips that are less apart show is a line; it tells nothing of teeth."""
_LEAST_SHOWN, _SURE_SHOWN = 0.10, 0.30
"""Share of the opening that is teeth; where there are fewer the frame shows none worth keeping."""
_TELLING_LEVELS = 8.0
"""Of chroma between lips and teeth: colours nearer than that do not tell them apart."""
_CLEFT_MM = 0.6
_HALF_WIDTH_MM = 7.0
"""Front teeth are looked for this far to either side of the middle."""
_EDGE_MM = 0.5
"""Next to the lips the frame's own interior is mixed with their red."""


@dataclass(frozen=True, eq=False)
class OwnInterior:
    """What a frame shows between its own lips."""

    weight: Float32Array
    """float32, shape of the box, 0 to 1: where the frame's own pixels are kept."""
    upper_edge: float
    """Height of the upper teeth's cutting edge in the plane of the lips, millimetres."""


def own_interior(frame: UInt8Array, box: Box, shape: OpenShape, look: MouthLook) -> OwnInterior:
    """Looks between the frame's own lips.

    Args:
        frame: uint8 Y'CbCr, shape (box.height, box.width, 3).
    """
    usual = upper_edge(shape)
    share = float(np.clip((shape.own_gap - _LEAST_GAP_MM) / (_SURE_GAP_MM - _LEAST_GAP_MM), 0, 1))
    if share == 0.0:
        return OwnInterior(np.zeros((box.height, box.width), np.float32), usual)
    teeth = tooth_likeness(frame, look, shape.pixels_per_mm)
    whole = area(shape.own[mesh.INNER], box)
    shown = float((teeth * whole).sum() / max(whole.sum(), 1e-3))
    share *= float(np.clip((shown - _LEAST_SHOWN) / (_SURE_SHOWN - _LEAST_SHOWN), 0, 1))
    inner = area(_drawn_in(shape), box)
    seen = _seen_edge(teeth, box, shape)
    height = np.clip((_heights(box, shape) - seen) / _EDGE_MM + 2.0, 0, 1)
    return OwnInterior(share * inner * teeth * height, usual + share * (seen - usual))


def _heights(box: Box, shape: OpenShape) -> Float32Array:
    """Height of each pixel in the plane of the lips, millimetres."""
    (a, b), origin = shape.plane.inverse[1], shape.plane.origin
    x = np.arange(box.left, box.right, dtype=np.float32)[None, :] - origin[0]
    y = np.arange(box.top, box.bottom, dtype=np.float32)[:, None] - origin[1]
    return np.asarray(a * x + b * y, np.float32)


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


def _drawn_in(shape: OpenShape) -> Float32Array:
    """The frame's own inner ring, drawn in to keep off the red of the lips; shape (20, 2)."""
    ring = shape.own[mesh.INNER].copy()
    middle = 0.5 * (ring[mesh.UPPER_HALF] + ring[mesh.LOWER_HALF][::-1])
    for half, toward in ((mesh.UPPER_HALF, middle), (mesh.LOWER_HALF, middle[::-1])):
        step = toward - ring[half]
        length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-3)
        ring[half] += step * np.minimum(_EDGE_MM * shape.pixels_per_mm / length, 1.0)
    return np.asarray(ring, np.float32)


def _seen_edge(teeth: Float32Array, box: Box, shape: OpenShape) -> float:
    """Where the teeth below the upper lip end; just behind the lower lip if they never do."""
    inner = shape.plane.plane(shape.own[mesh.INNER])
    x = np.linspace(-_HALF_WIDTH_MM, _HALF_WIDTH_MM, 15, dtype=np.float32) + inner[[5, 15], 0].mean()
    top = np.interp(x, inner[10:][::-1, 0], inner[10:][::-1, 1])
    bottom = np.interp(x, inner[:11, 0], inner[:11, 1])
    shares = np.linspace(0.0, 1.0, 25, dtype=np.float32)
    heights = top + shares[:, None] * (bottom - top)
    places = np.stack([np.broadcast_to(x, heights.shape), heights], axis=-1)
    spots = np.round(shape.plane.pixels(places.astype(np.float32))).astype(int)
    columns = np.clip(spots[..., 0] - box.left, 0, teeth.shape[1] - 1)
    rows = np.clip(spots[..., 1] - box.top, 0, teeth.shape[0] - 1)
    is_tooth = np.median(teeth[rows, columns], axis=1) > 0.5
    line, floor = float(np.median(top)), float(np.median(bottom))
    if not is_tooth.any():
        return line + 0.3  # the teeth are hidden behind the upper lip
    first = int(np.argmax(is_tooth))
    if shares[first] > 0.5:
        return line + 0.3  # what is bright near the lower lip are lower teeth
    length = int(np.argmin(np.append(is_tooth[first:], False)))
    last = float(shares[min(first + length, len(shares) - 1)])
    return floor - 1.0 if last > 0.85 else line + last * (floor - line)
