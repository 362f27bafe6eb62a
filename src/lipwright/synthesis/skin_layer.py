"""The frame's own skin, displaced: jaw, chin and cheeks follow the new mouth; light and grain stay right."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import warp
from lipwright.synthesis.fine_detail import fetch_fine
from lipwright.synthesis.sharpness import restore_grain
from lipwright.synthesis.target import Target

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_STEP = 2
"""The displacement is smooth: one sample every two pixels is enough."""
_SMOOTHING_MM = 1.5
_MIN_PIXELS = 0.05
"""Skin displaced by less is left alone."""
_DETAIL_REACH_MM = 3.0
"""How far round a place its detail is measured: beard and bare skin are told apart."""


def move_skin(ycc: UInt8Array, target: Target, *, is_fine: bool = False) -> tuple[UInt8Array, UInt8Array]:
    """The frame with its skin moved; equal to the frame where nothing moves.

    Args:
        ycc: uint8 Y'CbCr, shape (height, width, 3): the frame in ``target.box``.
        is_fine: whether the detail that resampling takes is given back place by place.

    Returns:
        The moved frame, and a mask, uint8, shape (height, width), 255 where it moved and 0 elsewhere.
    """
    across, down = _displacement(target)
    distance = np.maximum(np.abs(across), np.abs(down))
    moved, mask = ycc.copy(), (distance > _MIN_PIXELS).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(mask)
    if width > 0:  # resampling costs most: only where something moves
        part = slice(top, top + height), slice(left, left + width)
        x = np.arange(left, left + width, dtype=np.float32)[None, :]
        y = np.arange(top, top + height, dtype=np.float32)[:, None]
        if is_fine:
            moved[part] = fetch_fine(
                ycc, across[part] + x, down[part] + y, _DETAIL_REACH_MM * target.pixels_per_mm
            )
            return moved, mask * np.uint8(255)
        drawn = warp.fetch(ycc, across[part] + x, down[part] + y)
        share = np.minimum(2 * distance[part], np.float32(1.0))
        moved[part] = restore_grain(drawn, ycc[part], share)
    return moved, mask * np.uint8(255)


def _displacement(target: Target) -> tuple[Float32Array, Float32Array]:
    """Pixels to the right and down from where each pixel of the box is fetched, smooth."""
    box = target.box
    is_moving = np.abs(target.points - target.source).max(axis=1) > _MIN_PIXELS
    triangles = target.triangles[is_moving[target.triangles].any(axis=1)]
    ids = warp.rasterize(target.points, triangles, box, _STEP)
    sigma = max(_SMOOTHING_MM * target.pixels_per_mm / _STEP, 0.6)
    size = (box.width, box.height)
    across, down = (
        cv2.resize(cv2.GaussianBlur(part, (0, 0), sigma), size, interpolation=cv2.INTER_LINEAR)
        for part in warp.displacement(ids, triangles, target.points, target.source, box, _STEP)
    )
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
