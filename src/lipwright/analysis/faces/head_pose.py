"""Where the head is and how it is turned, and landmarks with that removed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, RIGID
from lipwright.geometry import Similarity, align

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

_TELLING_FRAMES = 3000
"""Frames, spread evenly, that know well enough what shape a face has."""


def fit_poses(landmarks: Float32Array) -> list[Similarity]:
    """The similarity from canonical millimetres into the picture, frame by frame.

    Fitted twice on the points that speech does not move: to the average face, which says what a millimetre
    is and where the head points, then to the median shape this face showed itself, which no stranger's
    proportions pull askew. Mouth, chin and outline have no say: aligning on them would hide the very speech
    that is to be measured.

    Args:
        landmarks: float32, shape (n, N_VERTICES, 3), picture pixels, no NaN.
    """
    return fit_rigid(landmarks[:, RIGID])


def fit_rigid(points: Float32Array) -> list[Similarity]:
    """As ``fit_poses``, from the rows ``RIGID`` of the landmarks alone, shape (n, 29, 3)."""
    rigid = points.astype(np.float64)
    first = [align(MEAN_FACE[RIGID].astype(np.float64), points) for points in rigid]
    if not first:
        return []
    telling = slice(None, None, -(-len(rigid) // _TELLING_FRAMES))
    own = np.median(
        [pose.inverse().apply(points) for pose, points in zip(first[telling], rigid[telling])], axis=0
    )
    return [align(own, points) for points in rigid]


def remove_poses(landmarks: Float32Array, poses: list[Similarity]) -> Float32Array:
    """Landmarks in canonical mm, float32, shape (n, N_VERTICES, 3)."""
    return _moved(landmarks, [pose.inverse() for pose in poses])


def apply_poses(canonical: Float32Array, poses: list[Similarity]) -> Float32Array:
    """Canonical landmarks put back into the picture, float32, shape (n, N_VERTICES, 3)."""
    return _moved(canonical, poses)


def _moved(points: Float32Array, moves: list[Similarity]) -> Float32Array:
    """Each frame's points moved."""
    if not moves:
        return np.empty_like(points, dtype=np.float32)
    rotations = np.array([move.rotation for move in moves])
    scales = np.array([move.scale for move in moves])
    translations = np.array([move.translation for move in moves])
    moved = (scales[:, None, None] * points) @ rotations.transpose(0, 2, 1) + translations[:, None]
    return np.asarray(moved, dtype=np.float32)


def yaw_and_pitch(rotations: NDArray[np.floating[Any]]) -> tuple[Float32Array, Float32Array]:
    """Degrees by which the nose points to the right of the picture and upwards.

    Args:
        rotations: float, shape (n, 3, 3): canonical to picture axes.

    Returns:
        Two float32 arrays of shape (n,).
    """
    forward = rotations[:, :, 2]  # where the canonical z axis, the nose, points in the picture
    yaw = np.degrees(np.arctan2(forward[:, 0], -forward[:, 2]))
    pitch = np.degrees(np.arctan2(-forward[:, 1], np.hypot(forward[:, 0], forward[:, 2])))
    return yaw.astype(np.float32), pitch.astype(np.float32)


def misfit(landmarks: Float32Array) -> float:
    """How unlike a face the rigid points lie: root mean square distance to the average face, mm.

    Args:
        landmarks: float32, shape (N_VERTICES, 3), picture pixels.
    """
    reference = MEAN_FACE[RIGID].astype(np.float64)
    points = landmarks[RIGID].astype(np.float64)
    fitted = align(points, reference).apply(points)
    return float(np.sqrt(((fitted - reference) ** 2).sum(axis=1).mean()))
