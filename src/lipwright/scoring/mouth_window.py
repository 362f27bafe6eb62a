"""A window on the mouth that rides with the head and knows nothing of the lips.

The window is placed by points that speech does not move, so a video and its lip-synced copy are looked at in
the same place, whatever their mouths do.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, MEASURE_CHIN, NOSE_BASE, OUTER_LIP, RIGID
from lipwright.geometry import Similarity, align
from lipwright.media.picture import Picture

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]

WINDOW_SIZE = (64, 72)
"""Columns and rows of the skin window: about one sample per canonical millimetre."""

_HALF_WIDTH_MM = 32.0
_TOP = float(MEAN_FACE[NOSE_BASE, 1].min()) - 2.0
_BOTTOM = float(MEAN_FACE[MEASURE_CHIN, 1].mean()) - 4.0
_LIPS = MEAN_FACE[OUTER_LIP]
_LIP_MARGIN_MM = 8.0
"""Skin nearer to the lips than this moves with them and is not called static."""
_MOUTH_HALF_WIDTH_MM = 32.0
_MOUTH_ABOVE_MM, _MOUTH_BELOW_MM = 14.0, 26.0


@dataclass(frozen=True, eq=False)
class HeadPose:
    """Where the head is in one frame."""

    pose: Similarity
    """Canonical millimetres to picture pixels."""

    @classmethod
    def of(cls, landmarks: Float32Array) -> "HeadPose":
        """The pose of unsmoothed landmarks, float32, shape (N_VERTICES, 3), picture pixels."""
        reference = MEAN_FACE[RIGID].astype(np.float64)
        return cls(align(reference, landmarks[RIGID].astype(np.float64)))

    def canonical(self, points: Float32Array) -> Float32Array:
        """Picture points without head pose: float32, shape (n, 3), canonical mm."""
        return self.pose.inverse().apply(points.astype(np.float64)).astype(np.float32)

    def picture_points(self, x_y: NDArray[np.float64]) -> Float32Array:
        """Places on the plane of the lips, shape (n, 2) in canonical mm, as picture pixels (n, 2)."""
        depth = np.full((len(x_y), 1), float(_LIPS[:, 2].mean()))
        return self.pose.apply(np.hstack([x_y, depth]))[:, :2].astype(np.float32)


def mouth_crop(picture: Picture, head: HeadPose) -> UInt8Array:
    """Luma of the mouth at the scale it was filmed in; empty when it lies outside the picture."""
    middle = _LIPS[:, :2].mean(axis=0).astype(np.float64)
    corners = middle + np.array(
        [
            [dx, dy]
            for dx in (-_MOUTH_HALF_WIDTH_MM, _MOUTH_HALF_WIDTH_MM)
            for dy in (_MOUTH_ABOVE_MM, -_MOUTH_BELOW_MM)
        ]
    )
    points = head.picture_points(corners)
    low = np.floor(np.clip(points.min(axis=0), 0, [picture.width, picture.height])).astype(int)
    high = np.ceil(np.clip(points.max(axis=0), 0, [picture.width, picture.height])).astype(int)
    return picture.luma[low[1] : high[1], low[0] : high[0]]


def skin_window(picture: Picture, head: HeadPose) -> Float32Array:
    """Luma round the mouth with head motion removed; float32, shape (72, 64), levels."""
    columns, rows = WINDOW_SIZE
    corners = np.array([[-_HALF_WIDTH_MM, _TOP], [_HALF_WIDTH_MM, _TOP], [-_HALF_WIDTH_MM, _BOTTOM]])
    places = np.array([[0, 0], [columns - 1, 0], [0, rows - 1]], np.float32)
    to_picture = cv2.getAffineTransform(places, head.picture_points(corners))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    window = cv2.warpAffine(
        picture.luma, to_picture, WINDOW_SIZE, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return window.astype(np.float32)


def skin_mask() -> NDArray[np.bool_]:
    """Which samples of the skin window are skin beside and below the lips; bool, shape (72, 64)."""
    columns, rows = WINDOW_SIZE
    x = np.linspace(-_HALF_WIDTH_MM, _HALF_WIDTH_MM, columns)[None, :]
    y = np.linspace(_TOP, _BOTTOM, rows)[:, None]
    center = _LIPS[:, :2].mean(axis=0)
    reach = np.abs(_LIPS[:, :2] - center).max(axis=0) + _LIP_MARGIN_MM
    return np.asarray(((x - center[0]) / reach[0]) ** 2 + ((y - center[1]) / reach[1]) ** 2 > 1.0)
