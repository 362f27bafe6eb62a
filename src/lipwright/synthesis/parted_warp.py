"""Moves a face's own skin and lips so that the lips part: one smooth map above the mouth, one below."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis import warp
from lipwright.synthesis.target import inside

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_STEP = 2
"""Each map is smooth: one sample every two pixels is enough."""
_SMOOTHING_MM = 0.9
_MIN_PIXELS = 0.05
_UPPER_LIP, _LOWER_LIP = (
    np.concatenate([np.arange(3 * mesh.N_RING)[ring][half] for ring in (mesh.OUTER, mesh.MIDDLE, mesh.INNER)])
    for half in (mesh.UPPER_HALF, mesh.LOWER_HALF)
)
"""Points of each lip without its corners."""


@dataclass(frozen=True, eq=False)
class Parting:
    """Where the map above the mouth meets the one below."""

    box: Box
    """Round the lips; even edges. Outside it the two maps are one."""
    above: Float32Array
    """float32, shape (box.height, box.width), 0 to 1: 1 above the line on which the lips meet."""


def parted_displacement(
    source: Float32Array,
    target: Float32Array,
    triangles: NDArray[np.intp],
    box: Box,
    parting: Parting,
    pixels_per_mm: float,
) -> tuple[Float32Array, Float32Array]:
    """From where each pixel takes its colour.

    Args:
        source: float32, shape (N_POINTS + anchors, 2): the frame's own points, picture pixels.
        target: float32, same shape: where they shall be.
        triangles: int, shape (n, 3).
        box: even edges; holds ``parting.box``.
        pixels_per_mm: of the face.

    Returns:
        Pixels to the right and down, two float32 arrays, shape (box.height, box.width).
    """
    is_inside = ((triangles >= mesh.INNER.start) & (triangles < mesh.INNER.stop)).all(axis=1)
    is_moving = np.abs(target - source).max(axis=1) > _MIN_PIXELS
    triangles = triangles[~is_inside & is_moving[triangles].any(axis=1)]
    field, _ = _field(source, target, triangles, box)
    sigma = max(_SMOOTHING_MM * pixels_per_mm / _STEP, 0.6)
    smooth = cv2.resize(
        cv2.GaussianBlur(field, (0, 0), sigma), (box.width, box.height), interpolation=cv2.INTER_LINEAR
    )
    smooth[inside(parting.box, box)] = _parted(source, target, triangles, parting, sigma)
    return np.ascontiguousarray(smooth[..., 0]), np.ascontiguousarray(smooth[..., 1])


def _field(
    source: Float32Array, target: Float32Array, triangles: NDArray[np.intp], box: Box
) -> tuple[Float32Array, Float32Array]:
    """The displacement at every second pixel of a box, shape (..., 2), and 1 where a triangle says it."""
    ids = warp.rasterize(target, triangles, box, _STEP)
    field = np.stack(warp.displacement(ids, triangles, target, source, box, _STEP), axis=-1)
    return field, (ids >= 0).astype(np.float32)


def _parted(
    source: Float32Array, target: Float32Array, triangles: NDArray[np.intp], parting: Parting, sigma: float
) -> Float32Array:
    """The field round the lips, drawn and smoothed on either side of the mouth for itself.

    Triangles are drawn with edges of a sample: one lip's would come over that of the other where they meet,
    and bring what the other one hides.
    """
    part = parting.box
    outside = 1 - _inside_mask(target[mesh.INNER], part)
    above = cv2.resize(parting.above, outside.shape[::-1], interpolation=cv2.INTER_AREA)
    sides = []
    for side, other in ((above, _LOWER_LIP), (1 - above, _UPPER_LIP)):
        field, is_known = _field(source, target, triangles[~np.isin(triangles, other).any(axis=1)], part)
        smooth = _smoothed(field, outside * side * is_known, sigma)
        sides.append(cv2.resize(smooth, (part.width, part.height), interpolation=cv2.INTER_LINEAR))
    upper, lower = sides
    return np.asarray(lower + (upper - lower) * parting.above[..., None], np.float32)


def _inside_mask(ring: Float32Array, box: Box) -> Float32Array:
    mask = np.zeros((box.height // _STEP, box.width // _STEP), np.uint8)
    places = (ring - np.array([box.left, box.top], np.float32)) / _STEP - 0.25
    cv2.fillPoly(mask, [np.round(places * 16).astype(np.int32)], (1,), cv2.LINE_8, 4)
    return mask.astype(np.float32)


def _smoothed(field: Float32Array, weight: Float32Array, sigma: float) -> Float32Array:
    """The field blurred over where it counts, and carried on a little where it does not."""
    weight = np.maximum(weight, np.float32(1e-4))
    total = cv2.GaussianBlur(weight, (0, 0), sigma)
    return np.asarray(
        cv2.GaussianBlur(field * weight[..., None], (0, 0), sigma) / total[..., None], np.float32
    )
