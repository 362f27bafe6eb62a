"""One face as a net of points that can be pulled about, with a frame round the head that stands still."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from lipwright.analysis.faces.landmarks import BROW_VERTICES, VERTICES
from lipwright.analysis.faces.track import FaceTrack
from lipwright.scratch import row_parts
from lipwright.synthesis.action_units import Part

Float32Array = NDArray[np.float32]

_LEFT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
_RIGHT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
_EYES = (*_LEFT_EYE, *_RIGHT_EYE)
_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_FOREHEAD = (151, 9, 8)
_NOSE = (168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278, 193, 417)
_CHEEKS = (117, 346, 118, 347, 101, 330, 123, 352, 50, 280, 36, 266, 205, 425, 187, 411, 207, 427)
_MOUTH = (
    *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
    *(57, 287, 165, 391, 43, 273, 106, 335),
)
_CHIN = (18, 200, 199, 32, 262, 211, 431)
_SKIN = (*_OVAL, *_FOREHEAD, *_NOSE, *_CHEEKS, *_MOUTH, *_CHIN)

POINTS = (*_SKIN, *_EYES, *BROW_VERTICES)
"""The points of the net, as indices of the face mesh, in the order of the arrays of a ``FaceMap``."""
N_POINTS = len(POINTS)

PARTS = np.full(N_POINTS, Part.SKIN, np.uint8)
"""uint8, shape (N_POINTS,): ``Part`` of each point."""
PARTS[np.isin(POINTS, _EYES)] = Part.LID
PARTS[np.isin(POINTS, _OVAL)] = Part.OUTLINE

_ALL = (*VERTICES, *BROW_VERTICES)
_ROWS = np.array([_ALL.index(point) for point in POINTS], np.intp)
_PLACE = {point: place for place, point in enumerate(POINTS)}


def places(*points: int) -> NDArray[np.intp]:
    """Where face-mesh indices stand among ``POINTS``."""
    return np.array([_PLACE[point] for point in points], np.intp)


_UPPER_LIDS = places(160, 159, 158, 385, 386, 387)
_LOWER_LIDS = places(144, 145, 153, 380, 374, 373)

_HALO = places(*_OVAL)
_HALO_SIDE, _HALO_TOP, _HALO_CHIN = 1.22, 1.5, 1.2
"""What belongs to the head beyond the outline of the face: ears, hair, the upper neck; as multiples of it."""
_FRAME_SIDE, _FRAME_TOP, _FRAME_CHIN = 2.1, 2.2, 2.0
"""Where the picture stands still, as multiples of the outline."""
_CLOSED = 0.35
"""An eye that is open by less than this share of its usual opening is shut, and its lids are left alone."""


@dataclass(frozen=True, eq=False)
class FaceMap:
    """All that moving a whole face needs; row i is frame ``start + i``.

    The net has N_POINTS points of the face, as many points as the outline has round the head (the halo), and
    as many again where nothing moves (the frame).
    """

    start: int
    points: Float32Array
    """float32, shape (n, N_POINTS, 2): picture pixels; NaN where the face was lost."""
    rotations: Float32Array
    """float32, shape (n, 3, 3): canonical to picture axes."""
    scales: Float32Array
    """float32, shape (n,): pixels per canonical mm."""
    translations: Float32Array
    """float32, shape (n, 3): pixels."""
    openness: Float32Array
    """float32, shape (n,), 0 to 1: how far the eyes are open."""
    shape: Float32Array
    """float32, shape (N_POINTS, 3): the face as it mostly is, canonical mm."""
    halo: Float32Array
    """float32, shape (n_outline, 3): canonical mm."""
    frame: Float32Array
    """float32, shape (n_outline, 3): canonical mm."""
    triangles: NDArray[np.intp]
    """int, shape (m, 3): places in the face's points, then the halo's, then the frame's."""

    @property
    def eye_distance(self) -> float:
        """Between the middles of the eyes, mm."""
        eyes = self.shape[places(*_LEFT_EYE)].mean(axis=0), self.shape[places(*_RIGHT_EYE)].mean(axis=0)
        return float(np.linalg.norm(eyes[1][:2] - eyes[0][:2]))

    def placed(self, row: int) -> Float32Array:
        """The whole net in the picture of a tracked frame: float32, shape (N_POINTS + 2 n_outline, 2)."""
        rigid = np.concatenate([self.halo, self.frame])
        outside = float(self.scales[row]) * rigid @ self.rotations[row].T + self.translations[row]
        return np.concatenate([self.points[row], outside[:, :2].astype(np.float32)])


def measure_face_map(track: FaceTrack) -> FaceMap | None:
    """The map of a track whose brows were kept; None without them, or when the face was never seen."""
    if not track.has_brows or not track.is_tracked.any():
        return None
    parts = list(row_parts(len(track.is_tracked)))
    points = np.concatenate([track.landmarks[part][:, _ROWS, :2] for part in parts])
    canonical = np.concatenate([track.canonical[part][:, _ROWS] for part in parts])
    shape = np.median(canonical[track.is_tracked], axis=0).astype(np.float32)
    halo = _round(shape, _HALO_SIDE, _HALO_TOP, _HALO_CHIN)
    frame = _round(shape, _FRAME_SIDE, _FRAME_TOP, _FRAME_CHIN)
    return FaceMap(
        track.start,
        points,
        track.rotations,
        track.scales,
        track.translations,
        _openness(canonical, track.is_tracked),
        shape,
        halo,
        frame,
        Delaunay(np.concatenate([shape, halo, frame])[:, :2]).simplices.astype(np.intp),
    )


def _round(shape: Float32Array, side: float, top: float, chin: float) -> Float32Array:
    """The outline of the face drawn larger, in a plane through the head."""
    outline = shape[_HALO]
    center = np.array([0.0, 5.0, 0.0], np.float32)
    away = outline - center
    height = np.clip(away[:, 1] / np.abs(away[:, 1]).max(), -1.0, 1.0)
    upright = np.where(height > 0, top, chin)
    factor = side + (upright - side) * np.square(height)
    grown = center + away * factor[:, None]
    grown[:, 2] = 0.0
    return np.asarray(grown, np.float32)


def _openness(canonical: Float32Array, is_tracked: NDArray[np.bool_]) -> Float32Array:
    gap = (canonical[:, _UPPER_LIDS, 1] - canonical[:, _LOWER_LIDS, 1]).mean(axis=1)
    usual = max(float(np.median(gap[is_tracked])), 1e-3)
    share = np.clip((gap / usual - _CLOSED) / (1.0 - _CLOSED), 0.0, 1.0)
    return np.asarray(np.nan_to_num(share), np.float32)
