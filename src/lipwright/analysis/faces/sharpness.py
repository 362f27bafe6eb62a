"""How sharp a face is."""

import cv2
import numpy as np
from numpy.typing import NDArray

_FACE_SIZE = 128
"""Pixels to which the face is scaled, so that faces near and far can be compared."""


def measure_sharpness(crop: NDArray[np.uint8], face_pixels: float, center: tuple[float, float]) -> float:
    """Laplacian variance of the face's luma at a common size; larger is sharper.

    Args:
        crop: uint8 RGB, shape (height, width, 3).
        face_pixels: longer side of the face in pixels of the crop.
        center: x, y of the middle of the face in pixels of the crop.
    """
    scale = _FACE_SIZE / face_pixels
    half = _FACE_SIZE / 2
    move = np.array([[scale, 0, half - scale * center[0]], [0, scale, half - scale * center[1]]], np.float32)
    luma = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    face = cv2.warpAffine(
        luma, move, (_FACE_SIZE, _FACE_SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return float(cv2.Laplacian(face, cv2.CV_32F).var())
