"""Piecewise-affine warps over the mouth mesh: from where each pixel of the target takes its colour."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_SUBPIXEL_BITS = 4


def rasterize(
    vertices: Float32Array,
    triangles: NDArray[np.intp],
    box: Box,
    step: int = 1,
    in_front: NDArray[np.bool_] | None = None,
) -> NDArray[np.int32]:
    """Which triangle covers each pixel.

    Args:
        vertices: float32, shape (n, 2): picture pixels.
        triangles: int, shape (m, 3).
        box: the part of the picture to cover; its size is a multiple of ``step``.
        step: one sample every ``step`` pixels, at the middle of the pixels it stands for.
        in_front: bool, shape (m,): triangles that hide the others, where they are more than slivers.

    Returns:
        int32, shape (box.height / step, box.width / step): row of ``triangles``, or -1.
    """
    ids = np.full((box.height // step, box.width // step), -1, np.int32)
    offset = (step - 1) / 2
    samples = (vertices - np.array([box.left + offset, box.top + offset], np.float32)) / step
    corners = np.round(samples * (1 << _SUBPIXEL_BITS)).astype(np.int32)[triangles]
    order = _back_to_front(corners, in_front)
    for number, triangle in zip(order.tolist(), corners[order], strict=True):
        cv2.fillConvexPoly(ids, triangle, number, cv2.LINE_8, _SUBPIXEL_BITS)
    return ids


def _back_to_front(corners: NDArray[np.int32], in_front: NDArray[np.bool_] | None) -> NDArray[np.intp]:
    """Triangles seen from behind (the far side of a turned face) first, then slivers, then the others.

    Those that are said to be in front come last.

    Edges are drawn a pixel wide, and at a pixel outside a sliver its affine map is far off: fatter
    neighbours are drawn over it.
    """
    points = corners.astype(np.float64)
    first, second = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    edges = np.square(points - points[:, (2, 0, 1)])
    longest = np.sqrt((edges[..., 0] + edges[..., 1]).max(axis=1))
    height = area * np.sign(area.sum()) / np.maximum(longest, 1e-6)
    if in_front is None:
        return np.argsort(height, kind="stable")
    is_wide = height > (1 << _SUBPIXEL_BITS)
    return np.asarray(np.lexsort((height, in_front & is_wide)))


def displacement(
    ids: NDArray[np.int32],
    triangles: NDArray[np.intp],
    target: Float32Array,
    source: Float32Array,
    box: Box,
    step: int = 1,
) -> tuple[Float32Array, Float32Array]:
    """How far from each pixel its colour is to be fetched.

    Args:
        ids: from ``rasterize`` with the same box and step.
        target: float32, shape (n, 2): vertices in the picture that is drawn.
        source: float32, shape (n, 2): the same vertices in the picture that gives the colour.

    Returns:
        Two float32 arrays of the shape of ``ids``: pixels to the right and down; 0 outside the mesh.
    """
    moves = source - target
    corners = moves[triangles]
    # a triangle is drawn half a pixel beyond its edges, and of a sliver the plane through its corners is
    # anywhere there: no place goes further than what it lies between
    lowest, highest = (np.vstack([of(corners, axis=1), [0, 0]]).astype(np.float32) for of in (np.min, np.max))
    across, down = (
        np.clip(part, lowest[:, k].take(ids, mode="wrap"), highest[:, k].take(ids, mode="wrap"))
        for k, part in enumerate(_interpolated(ids, triangles, target, moves, box, step))
    )
    return across, down


def interpolate(
    ids: NDArray[np.int32],
    triangles: NDArray[np.intp],
    vertices: Float32Array,
    values: Float32Array,
    box: Box,
    step: int = 1,
) -> Float32Array:
    """What vertices say of the pixels between them, linear in each triangle.

    Args:
        ids: from ``rasterize`` with the same vertices, triangles, box and step.
        values: float32, shape (n, k): of each vertex.

    Returns:
        float32, shape (*ids.shape, k); 0 outside the mesh.
    """
    parts = list(_interpolated(ids, triangles, vertices, values, box, step))
    return np.asarray(cv2.merge(parts), np.float32)


def interpolate_at(
    numbers: NDArray[np.int32],
    triangles: NDArray[np.intp],
    vertices: Float32Array,
    values: Float32Array,
    places: Float32Array,
) -> Float32Array:
    """What vertices say of single places, linear in each triangle.

    Args:
        numbers: int32, shape (...,): row of ``triangles`` of each place, 0 or more.
        values: float32, shape (n, k): of each vertex.
        places: float32, shape (..., 2).

    Returns:
        float32, shape (..., k).
    """
    needed, rows = np.unique(numbers, return_inverse=True)
    coefficients = _affine(vertices[triangles[needed]], values[triangles[needed]])
    own = coefficients.reshape(len(needed), -1, 3)[rows.reshape(numbers.shape)]
    return np.asarray(own[..., 0] * places[..., :1] + own[..., 1] * places[..., 1:] + own[..., 2], np.float32)


def _interpolated(
    ids: NDArray[np.int32],
    triangles: NDArray[np.intp],
    vertices: Float32Array,
    values: Float32Array,
    box: Box,
    step: int,
) -> Iterator[Float32Array]:
    """Component by component, each of the shape of ``ids``."""
    coefficients = _affine(vertices[triangles], values[triangles])
    outside = np.zeros((1, coefficients.shape[1]), np.float32)
    table = np.concatenate([coefficients, outside])  # the last row, -1, is outside the mesh
    height, width = ids.shape
    offset = (step - 1) / 2
    x = (box.left + offset + step * np.arange(width, dtype=np.float32))[None, :]
    y = (box.top + offset + step * np.arange(height, dtype=np.float32))[:, None]
    for k in range(0, table.shape[1], 3):
        yield (
            table[:, k].take(ids, mode="wrap") * x
            + table[:, k + 1].take(ids, mode="wrap") * y
            + table[:, k + 2].take(ids, mode="wrap")
        )


def _affine(target: Float32Array, values: Float32Array) -> Float32Array:
    """Coefficients (a, b, c) of ``a x + b y + c`` for the k components of each triangle, shape (m, 3 k)."""
    origin = target[:, 0].astype(np.float64)
    first, second = target[:, 1] - origin, target[:, 2] - origin
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    area = np.where(np.abs(area) < 1e-6, np.inf, area)  # no area: covers no pixel that matters
    rows = []
    for component in range(values.shape[-1]):
        base = values[:, 0, component].astype(np.float64)
        rise = values[:, 1, component] - base, values[:, 2, component] - base
        a = (rise[0] * second[:, 1] - rise[1] * first[:, 1]) / area
        b = (rise[1] * first[:, 0] - rise[0] * second[:, 0]) / area
        rows += [a, b, base - a * origin[:, 0] - b * origin[:, 1]]
    return np.asarray(np.stack(rows, axis=1), dtype=np.float32)


def touches(corners: Float32Array, box: Box) -> NDArray[np.bool_]:
    """Which triangles, shape (n, 3, 2), may have a part in the box: their own boxes do."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    is_beside = (high[:, 0] < box.left) | (low[:, 0] >= box.right)
    is_above_or_below = (high[:, 1] < box.top) | (low[:, 1] >= box.bottom)
    return np.asarray(~(is_beside | is_above_or_below))


def fetch(image: UInt8Array, across: Float32Array, down: Float32Array) -> UInt8Array:
    """The image drawn with each pixel's colour fetched from ``(across, down)``, pixels of the image.

    Luma is sampled bicubically. Chroma comes from a quarter of the samples and goes back to as many: there
    bilinear sampling does, and takes a fifth of the time.

    Args:
        image: uint8 Y'CbCr, shape (h, w, 3).
        across: float32, shape (height, width): absolute x in the image.
        down: float32, same shape: absolute y.

    Returns:
        uint8, shape (height, width, 3); what lies outside the image repeats its edge.
    """
    drawn = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    luma = np.ascontiguousarray(image[..., 0])
    drawn[..., 0] = cv2.remap(luma, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, dtype=np.uint8)
