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
    ids = warp.rasterize(target, triangles, box, _STEP)
    field = np.stack(warp.displacement(ids, triangles, target, source, box, _STEP), axis=-1)
    sigma = max(_SMOOTHING_MM * pixels_per_mm / _STEP, 0.6)
    smooth = cv2.resize(
        cv2.GaussianBlur(field, (0, 0), sigma), (box.width, box.height), interpolation=cv2.INTER_LINEAR
    )
    smooth[inside(parting.box, box)] = _parted(field, target, box, parting, sigma)
    return np.ascontiguousarray(smooth[..., 0]), np.ascontiguousarray(smooth[..., 1])


def _parted(
    field: Float32Array, target: Float32Array, box: Box, parting: Parting, sigma: float
) -> Float32Array:
    """The field round the lips, smoothed on either side of the mouth for itself."""
    part = parting.box
    rows, columns = inside(part, box)
    halved = (
        slice(rows.start // _STEP, rows.stop // _STEP),
        slice(columns.start // _STEP, columns.stop // _STEP),
    )
    outside = 1 - _inside_mask(target[mesh.INNER], part)
    above = cv2.resize(parting.above, outside.shape[::-1], interpolation=cv2.INTER_AREA)
    size = (part.width, part.height)
    upper, lower = (
        cv2.resize(_smoothed(field[halved], outside * side, sigma), size, interpolation=cv2.INTER_LINEAR)
        for side in (above, 1 - above)
    )
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
