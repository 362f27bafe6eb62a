"""Gives warped footage back the sharpness that resampling took."""

import cv2
import numpy as np
from numpy.typing import NDArray

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]

_DETAIL_SIGMA_PIXELS = 0.8
_MAX_GAIN = 1.0
_GRAIN_STEP = 3
"""Grain is judged on every third pixel each way: there is plenty of it."""


def laplacian_variance(luma: UInt8Array | Float32Array) -> float:
    """The field's figure of sharpness: variance of the Laplacian, levels squared; 0 for an empty image."""
    if luma.size == 0:
        return 0.0
    return float(_curve(luma.astype(np.float32)).var())


def restore_sharpness(
    ycc: UInt8Array,
    wanted_variance: float,
    part: UInt8Array | None = None,
    part_variance: float = 0.0,
) -> UInt8Array:
    """Adds the image's own fine detail until its luma has the wanted Laplacian variance.

    Args:
        ycc: uint8 Y'CbCr, shape (height, width, 3).
        wanted_variance: of the footage it was warped from; an image that is as sharp is returned as it is.
        part: uint8, shape (height, width): 255 in a part that is judged by itself, soft at its edge.
        part_variance: wanted of the part.

    Returns:
        uint8, same shape.
    """
    luma = ycc[..., 0].astype(np.float32)
    detail = _detail(luma)
    curve, fine = _curve(luma), _curve(detail)
    gain: np.float32 | Float32Array = np.float32(_variance_gain(curve, fine, wanted_variance))
    if part is not None:
        is_part = part > 0
        own = np.float32(_variance_gain(curve[is_part], fine[is_part], part_variance))
        share = cv2.GaussianBlur(part, (0, 0), 1.0).astype(np.float32) / np.float32(255)
        gain = gain + share * (own - gain)
    return _with_detail(ycc, luma, gain * detail) if np.any(gain > 0) else ycc


def variance_where(luma: UInt8Array | Float32Array, where: UInt8Array) -> float:
    """The Laplacian variance of those pixels whose ``where``, uint8 of the same shape, is not 0."""
    curve = _curve(luma.astype(np.float32))[where > 0]
    return float(curve.var()) if curve.size else 0.0


def texture_where(luma: UInt8Array | Float32Array, where: NDArray[np.bool_]) -> float:
    """How much fine detail the pixels given have, levels: of skin, whatever folds and edges cross it.

    The mean of the lower four fifths of the Laplacian: its median on smooth skin is 1 or 2, nothing between.
    """
    sizes = np.abs(_curve(luma.astype(np.float32))[where])
    n_kept = len(sizes) * 4 // 5
    return float(np.partition(sizes, n_kept)[:n_kept].mean()) if n_kept else 0.0


def restore_sharpness_where(ycc: UInt8Array, wanted_variance: float, where: UInt8Array) -> UInt8Array:
    """Like ``restore_sharpness``, but judged and done on a part of the image, soft at its edge.

    Args:
        ycc: uint8 Y'CbCr, shape (height, width, 3).
        wanted_variance: of the part, before it was warped.
        where: uint8, shape (height, width): 255 in the part, 0 elsewhere.
    """
    luma = ycc[..., 0].astype(np.float32)
    detail = _detail(luma)
    is_part = where > 0
    if not is_part.any():
        return ycc
    gain = _variance_gain(_curve(luma)[is_part], _curve(detail)[is_part], wanted_variance)
    if gain <= 0.0:
        return ycc
    share = cv2.GaussianBlur(where, (0, 0), 1.0).astype(np.float32) * np.float32(gain / 255)
    return _with_detail(ycc, luma, detail * share)


def restore_grain(ycc: UInt8Array, original: UInt8Array, share: Float32Array) -> UInt8Array:
    """Adds fine detail until the median Laplacian is that of the original.

    The median tells the texture of skin from the few strong edges of lips and nostrils, which a moving
    mouth makes longer or shorter.

    Args:
        ycc: uint8 Y'CbCr, shape (height, width, 3): warped.
        original: uint8, same shape: before the warp.
        share: float32, shape (height, width), 0 to 1: where detail may be added.

    Returns:
        uint8, same shape.
    """
    luma = ycc[..., 0].astype(np.float32)
    detail = _detail(luma)
    lower = slice(len(luma) // 2, None)  # chin and jaw: more skin and fewer edges than above
    wanted, found, added = (
        _grain(image[lower]) for image in (original[..., 0].astype(np.float32), luma, detail)
    )
    if found >= wanted or added <= 0.0:
        return ycc
    gain = min((wanted - found) / added, _MAX_GAIN)
    return _with_detail(ycc, luma, np.float32(gain) * detail * share)


def _grain(luma: Float32Array) -> float:
    return float(np.median(np.abs(_curve(luma)[::_GRAIN_STEP, ::_GRAIN_STEP])))


def _curve(luma: Float32Array) -> Float32Array:
    return np.asarray(cv2.Laplacian(luma, cv2.CV_32F), dtype=np.float32)


def _detail(luma: Float32Array) -> Float32Array:
    return np.asarray(luma - cv2.GaussianBlur(luma, (0, 0), _DETAIL_SIGMA_PIXELS), dtype=np.float32)


def _with_detail(ycc: UInt8Array, luma: Float32Array, detail: Float32Array) -> UInt8Array:
    sharp = ycc.copy()
    sharp[..., 0] = np.clip(luma + detail + np.float32(0.5), 0, 255).astype(np.uint8)
    return sharp


def _variance_gain(curve: Float32Array, fine: Float32Array, wanted_variance: float) -> float:
    """The k for which the Laplacian ``curve + k fine`` has the wanted variance: the root of a quadratic."""
    missing = wanted_variance - float(curve.var())
    square = float(fine.var())
    if missing <= 0.0 or square <= 1e-9:
        return 0.0
    shared = float(np.mean((curve - curve.mean()) * (fine - fine.mean())))
    root = (-shared + np.sqrt(max(shared * shared + square * missing, 0.0))) / square
    return float(min(max(root, 0.0), _MAX_GAIN))
