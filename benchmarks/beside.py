"""Sharpness of lips and skin round a mouth without what is between the lips, where teeth come and go."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import INNER_LIP, OUTER_LIP
from lipwright.analysis.faces.track import FaceTrack
from lipwright.media.picture import Picture
from lipwright.media.source import PictureSource
from lipwright.synthesis.sharpness import variance_where

Float32Array = NDArray[np.float32]

_HALF_WIDTH_MM, _ABOVE_MM, _BELOW_MM = 32.0, 14.0, 26.0
"""The window that ``scoring.mouth_window`` measures sharpness in."""
_EDGE_MM = 2.5
"""Round the opening: its edge belongs to it."""


def sharpness_beside(reader: PictureSource, tracks: list[FaceTrack], n_frames: int) -> Float32Array:
    """Laplacian variance beside the opening in each frame, float32, shape (n_frames,); NaN without a face."""
    found = np.full(n_frames, np.nan, np.float32)
    for frame, picture in enumerate(reader.read(0, n_frames)):
        for track in tracks:
            row = frame - track.start
            if 0 <= row < len(track.is_tracked) and track.is_tracked[row]:
                found[frame] = _beside(picture, track.landmarks[row], float(track.scales[row]))
    return found


def _beside(picture: Picture, landmarks: Float32Array, pixels_per_mm: float) -> float:
    x, y = landmarks[OUTER_LIP, :2].mean(axis=0)
    left, right = (round(float(x + side * _HALF_WIDTH_MM * pixels_per_mm)) for side in (-1, 1))
    top, bottom = round(float(y - _ABOVE_MM * pixels_per_mm)), round(float(y + _BELOW_MM * pixels_per_mm))
    rows, columns = slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0))
    inside = np.zeros(picture.luma.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(landmarks[INNER_LIP, :2]).astype(np.int32)], (255,))
    reach = 2 * max(1, round(_EDGE_MM * pixels_per_mm)) + 1
    beside = cv2.dilate(inside, np.ones((reach, reach), np.uint8))[rows, columns] == 0
    return variance_where(picture.luma[rows, columns], beside.astype(np.uint8))
