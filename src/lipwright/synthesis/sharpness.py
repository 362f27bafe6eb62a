"""Gives a warped mouth back the sharpness that resampling took."""

import cv2
import numpy as np
from numpy.typing import NDArray

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]

_DETAIL_SIGMA_PIXELS = 0.8
_MAX_GAIN = 1.0


def laplacian_variance(luma: UInt8Array | Float32Array) -> float:
    """The field's figure of sharpness: variance of the Laplacian, levels squared; 0 for an empty image."""
    if luma.size == 0:
        return 0.0
    return float(cv2.Laplacian(luma.astype(np.float32), cv2.CV_32F).var())


def restore_sharpness(ycc: UInt8Array, wanted_variance: float) -> UInt8Array:
    """Adds the image's own fine detail until its luma has the wanted Laplacian variance.

    Args:
        ycc: uint8 Y'CbCr, shape (height, width, 3).
        wanted_variance: of the footage it was warped from; an image that is as sharp is returned as it is.

    Returns:
        uint8, same shape.
    """
    luma = ycc[..., 0].astype(np.float32)
    detail = luma - cv2.GaussianBlur(luma, (0, 0), _DETAIL_SIGMA_PIXELS)
    gain = _gain(luma, np.asarray(detail, dtype=np.float32), wanted_variance)
    if gain <= 0.0:
        return ycc
    sharp = ycc.copy()
    sharp[..., 0] = np.clip(luma + np.float32(gain) * detail + np.float32(0.5), 0, 255).astype(np.uint8)
    return sharp


def _gain(luma: Float32Array, detail: Float32Array, wanted_variance: float) -> float:
    """The k for which luma + k detail has the wanted variance: the root of a quadratic."""
    curve = cv2.Laplacian(luma, cv2.CV_32F).ravel()
    fine = cv2.Laplacian(detail, cv2.CV_32F).ravel()
    missing = wanted_variance - float(curve.var())
    square = float(fine.var())
    if missing <= 0.0 or square <= 1e-9:
        return 0.0
    shared = float(np.mean((curve - curve.mean()) * (fine - fine.mean())))
    root = (-shared + np.sqrt(max(shared * shared + square * missing, 0.0))) / square
    return float(min(max(root, 0.0), _MAX_GAIN))
