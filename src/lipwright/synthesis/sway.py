"""Moves heads a little in a picture that stands still: a smooth warp, the background left where it is.

Each head drifts, rolls about the neck and turns: what is nearer to the camera goes further. Shoulders follow
a part of the way, and the edges of the picture stay, so that nothing from outside it is ever needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture, UInt8Array
from lipwright.synthesis.fine_detail import detail_level, restore_detail

Float32Array = NDArray[np.float32]

MOVES = ("right", "down", "roll", "yaw", "pitch")
"""The ways a head moves: canonical mm, mm, degrees, degrees, degrees."""

_CELL = 8
"""Pixels of the picture for one sample of the field: it is smooth."""
_HALF_WIDTH_MM, _HALF_HEIGHT_MM, _MIDDLE_MM = 92.0, 125.0, 18.0
"""The head with its hair as an ellipse, and how far its middle lies above the origin of the face."""
_REACH = 1.9
"""Up to this multiple of the ellipse the surroundings give way."""
_NECK_MM = -110.0
"""Height of the pivot of the head."""
_DEPTH_MM = 60.0
"""From the outline of the head to the tip of the nose."""
_BODY_SHARE = 0.4
"""How far the shoulders follow."""
_BODY_TOP_MM, _BODY_FULL_MM = -85.0, -150.0
_BODY_LOW_MM, _BODY_OUT_MM = -300.0, -600.0
_BODY_HALF_MM, _BODY_END_MM = 130.0, 260.0
"""Shoulders begin below the chin and follow fully from their height on; a skirt on the floor does not."""
_EDGE_MM = 22.0
"""From the edge of the picture to where it moves freely."""
_LEAST_PIXELS = 0.01
_DETAIL_REACH_MM = 3.0
"""Detail is measured over so much: a tooth or half a lip."""


@dataclass(frozen=True, eq=False)
class Head:
    """Where a head is in a picture."""

    origin: tuple[float, float]
    """Origin of the canonical face, picture pixels."""
    pixels_per_mm: float
    roll: float
    """Radians; positive tilts the head to the right of the picture."""


class Sway:
    """The warps of one picture; made once, used for every frame."""

    def __init__(self, width: int, height: int, heads: Sequence[Head]) -> None:
        self._size = width, height
        self._fields = _shared([_fields(head, width, height) for head in heads])
        self._reaches = [_DETAIL_REACH_MM * head.pixels_per_mm for head in heads]
        self._head_weights = [_of_head(head, _cells(width), _cells(height)) for head in heads]

    def apply(self, picture: Picture, moves: Float32Array) -> bool:
        """Warps the picture in place; whether anything moved.

        Args:
            picture: of the size given.
            moves: float32, shape (n_heads, 5): see ``MOVES``.
        """
        field = np.tensordot(moves.reshape(-1), self._fields, axes=1)
        if np.abs(field).max() < _LEAST_PIXELS:
            return False
        still = picture.luma.copy()
        _warp(picture.luma, field, 1.0)
        _warp(picture.blue, field, 0.5)
        _warp(picture.red, field, 0.5)
        for weight, reach in zip(self._head_weights, self._reaches, strict=True):
            _restore(picture.luma, still, field, weight, reach)
        return True


def _warp(plane: UInt8Array, field: Float32Array, scale: float) -> None:
    """Fetches each sample of a plane from where the field says, in place; ``scale`` is the plane's."""
    height, width = plane.shape
    across, down = (
        cv2.resize(field[k] * np.float32(scale), (width, height), interpolation=cv2.INTER_LINEAR)
        for k in (0, 1)
    )
    across += np.arange(width, dtype=np.float32)[None, :]
    down += np.arange(height, dtype=np.float32)[:, None]
    plane[:] = cv2.remap(plane, across, down, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)


def _restore(
    luma: UInt8Array, still: UInt8Array, field: Float32Array, weight: Float32Array, reach: float
) -> None:
    """Gives a head back the detail that resampling took, in place: it would come and go as it moves.

    Each place gets its own: teeth, lips and brows would go short if smooth cheeks had a say.
    """
    height, width = luma.shape
    rows, columns = weight.shape
    left, top, right, bottom = _bounds(weight > 0)
    cells = slice(top, bottom), slice(left, right)
    part = (
        slice(top * height // rows, bottom * height // rows),
        slice(left * width // columns, right * width // columns),
    )
    moved = np.minimum(2 * np.abs(field).max(axis=0), 1) * weight
    size = (part[1].stop - part[1].start, part[0].stop - part[0].start)
    share = cv2.resize(moved[cells], size, interpolation=cv2.INTER_LINEAR)
    soft = luma[part]
    wanted = detail_level(still[part].astype(np.float32), reach)
    sharp = restore_detail(soft[..., None], wanted, reach)[..., 0]
    soft[:] = (soft + (sharp.astype(np.float32) - soft) * share + np.float32(0.5)).astype(np.uint8)


def _bounds(is_there: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is there; something is."""
    x, y = np.flatnonzero(is_there.any(axis=0)), np.flatnonzero(is_there.any(axis=1))
    return int(x[0]), int(y[0]), int(x[-1]) + 1, int(y[-1]) + 1


def _shared(fields: list[Float32Array]) -> Float32Array:
    """The fields of all heads, shape (n_heads * 5, 2, rows, columns); each point follows its nearest head."""
    # how far the move to the right goes, whichever way that is in the picture: the weight itself
    reach = np.stack([np.hypot(*field[0]) for field in fields])
    share = reach / np.maximum(reach.sum(axis=0), 1e-6)
    return np.concatenate([field * part for field, part in zip(fields, share, strict=True)])


def _fields(head: Head, width: int, height: int) -> Float32Array:
    """Pixels by which each cell is fetched elsewhere for one unit of each move: (5, 2, rows, columns)."""
    x, y = _cells(width), _cells(height)
    right, up = _upright(head, x[None, :], y[:, None])
    e = _ellipse(right, up)
    of_head = _of_head(head, x, y)
    of_body = _BODY_SHARE * _smooth((up - _BODY_TOP_MM) / (_BODY_FULL_MM - _BODY_TOP_MM))
    of_body *= _smooth((up - _BODY_OUT_MM) / (_BODY_LOW_MM - _BODY_OUT_MM))
    of_body *= _smooth((_BODY_END_MM - np.abs(right)) / (_BODY_END_MM - _BODY_HALF_MM))
    weight = np.maximum(of_head, of_body)
    depth = _DEPTH_MM * np.sqrt(np.maximum(1 - e**2, 0)) * _smooth(np.float32(4) * (1 - e))
    angle = np.float32(np.pi / 180)
    moves = (
        (weight, 0 * weight),
        (0 * weight, weight),
        (of_head * (up - _NECK_MM) * angle, of_head * right * angle),
        (depth * angle, 0 * depth),
        (0 * depth, -depth * angle),
    )
    edge = _edge(x, y, width, height, _EDGE_MM * head.pixels_per_mm)
    turned = [_in_picture(head, *move) for move in moves]
    return np.asarray(-np.stack(turned) * edge * np.float32(head.pixels_per_mm), np.float32)


def _of_head(head: Head, x: Float32Array, y: Float32Array) -> Float32Array:
    """1 on a head, falling to 0 in its surroundings: (rows, columns)."""
    e = _ellipse(*_upright(head, x[None, :], y[:, None]))
    return _smooth((_REACH - e) / np.float32(_REACH - 1))


def _ellipse(right: Float32Array, up: Float32Array) -> Float32Array:
    """Distance from the middle of the head, 1 on its outline."""
    square = (right / _HALF_WIDTH_MM) ** 2 + ((up - _MIDDLE_MM) / _HALF_HEIGHT_MM) ** 2
    return np.sqrt(square).astype(np.float32)


def _cells(length: int) -> Float32Array:
    """The middles of the cells, pixels; the last cell may be narrower."""
    n_cells = max(2, -(-length // _CELL))
    return ((np.arange(n_cells, dtype=np.float32) + 0.5) * (length / n_cells) - 0.5).astype(np.float32)


def _upright(head: Head, x: Float32Array, y: Float32Array) -> tuple[Float32Array, Float32Array]:
    """Millimetres to the right and up in the frame of the head."""
    across, down = (x - head.origin[0]) / head.pixels_per_mm, (y - head.origin[1]) / head.pixels_per_mm
    cos, sin = np.float32(np.cos(head.roll)), np.float32(np.sin(head.roll))
    return across * cos + down * sin, across * sin - down * cos


def _in_picture(head: Head, right: Float32Array, down: Float32Array) -> Float32Array:
    """Directions of the head as directions of the picture: (2, rows, columns)."""
    cos, sin = np.float32(np.cos(head.roll)), np.float32(np.sin(head.roll))
    return np.stack([right * cos - down * sin, right * sin + down * cos])


def _edge(x: Float32Array, y: Float32Array, width: int, height: int, reach: float) -> Float32Array:
    """0 in the outermost cells of the picture, 1 inside."""
    beside = np.maximum(np.minimum(x, width - 1 - x) - _CELL / 2, 0)[None, :]
    above = np.maximum(np.minimum(y, height - 1 - y) - _CELL / 2, 0)[:, None]
    limit_x, limit_y = min(reach, width / 4), min(reach, height / 4)
    return _smooth(beside / limit_x) * _smooth(above / limit_y)


def _smooth(t: Float32Array) -> Float32Array:
    t = np.clip(t, 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)
