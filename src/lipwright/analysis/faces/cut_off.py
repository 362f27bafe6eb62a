"""Mouths that the edge of the picture cuts off: the mesh guesses what lies beyond it."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, MEASURE_CENTERS, RIGID
from lipwright.geometry import align

Float32Array = NDArray[np.float32]

_MOST_MM = 5.0
"""By so much, half a lower lip, the middle of a lip may be beyond the edge and the mouth still be read: on a
talker who was cropped the gap was 0.8 mm off with up to 3 mm beyond the lower edge, 1.8 mm at 3 to 6, 3.3 mm
at 6 to 10, then 7 to 9 mm: one lip does not tell how far a mouth is open. Half a mouth does: it was 1 mm off
with 3 to 15 mm of it beyond the left edge."""


def is_inside(landmarks: Float32Array, picture_size: tuple[float, float]) -> NDArray[np.bool_]:
    """Which points were filmed, shape (N_VERTICES,).

    Args:
        landmarks: float32, shape (N_VERTICES, 3), picture pixels.
        picture_size: width and height, pixels.
    """
    places = landmarks[:, :2]
    return np.asarray(((places >= 0) & (places <= np.array(picture_size) - 1)).all(axis=1), np.bool_)


def is_cut_off(landmarks: Float32Array, picture_size: tuple[float, float]) -> bool:
    """Whether too much of the lips is beyond the edge of the picture to be read.

    Args:
        landmarks: see ``is_inside``.
        picture_size: likewise.
    """
    middles = landmarks[MEASURE_CENTERS, :2]
    beyond = max(float(-middles.min()), float((middles - (np.array(picture_size) - 1)).max()))
    if beyond <= 0:
        return False
    scale = align(MEAN_FACE[RIGID].astype(np.float64), landmarks[RIGID].astype(np.float64)).scale
    return beyond > _MOST_MM * scale
