"""Where the head is and how it is turned, and landmarks with that removed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, RIGID
from lipwright.geometry import Similarities, align, align_all
from lipwright.scratch import Rows, row_parts

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

_TELLING_FRAMES = 1500
"""Frames, spread evenly, that know well enough what shape a face has."""


def fit_poses(landmarks: Float32Array) -> Similarities:
    """The similarities from canonical millimetres into the picture, frame by frame.

    Fitted twice on the points that speech does not move: to the average face, which says what a millimetre
    is and where the head points, then to the median shape this face showed itself, which no stranger's
    proportions pull askew. Mouth, chin and outline have no say: aligning on them would hide the very speech
    that is to be measured.

    Args:
        landmarks: float32, shape (n, N_VERTICES, 3), picture pixels, no NaN.
    """
    return fit_rigid(landmarks[:, RIGID])


def fit_rigid(points: Rows) -> Similarities:
    """As ``fit_poses``, from the rows ``RIGID`` of the landmarks alone, shape (n, 29, 3)."""
    if not len(points):
        return Similarities(np.zeros((0, 3, 3)), np.zeros(0), np.zeros((0, 3)))
    telling = points[:: -(-len(points) // _TELLING_FRAMES)].astype(np.float64)
    first = align_all(MEAN_FACE[RIGID].astype(np.float64), telling)
    own = np.median(first.inverse().apply(telling), axis=0)
    parts = [align_all(own, points[part].astype(np.float64)) for part in row_parts(len(points))]
    return Similarities(
        np.concatenate([part.rotations for part in parts]),
        np.concatenate([part.scales for part in parts]),
        np.concatenate([part.translations for part in parts]),
    )


def remove_poses(landmarks: Float32Array, poses: Similarities) -> Float32Array:
    """Landmarks in canonical mm, float32, shape (n, N_VERTICES, 3)."""
    return np.asarray(poses.inverse().apply(landmarks), np.float32)


def apply_poses(canonical: Float32Array, poses: Similarities) -> Float32Array:
    """Canonical landmarks put back into the picture, float32, shape (n, N_VERTICES, 3)."""
    return np.asarray(poses.apply(canonical), np.float32)


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
