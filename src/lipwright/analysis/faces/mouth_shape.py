"""The seven measures of a mouth (``lipwright.measures``), from landmarks without head pose."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.head_pose import fit_rigid, remove_poses
from lipwright.analysis.faces.landmarks import (
    MEASURE_CENTERS,
    MEASURE_CHIN,
    MEASURE_INNER_CORNERS,
    MEASURE_LOWER,
    MEASURE_LOWER_INNER,
    MEASURE_OUTER_CORNERS,
    MEASURE_UPPER,
    MEASURE_UPPER_INNER,
    RIGID,
)
from lipwright.measures import N_MEASURES, Measure

Float32Array = NDArray[np.float32]


def measure_mouth(canonical: Float32Array) -> Float32Array:
    """The measures of each frame, as the audio-visual corpus defines them.

    Args:
        canonical: float32, shape (..., N_VERTICES, 3), canonical mm.

    Returns:
        float32, shape (..., 7), canonical mm; NaN where the landmarks are.
    """

    # doubles for the few points that are measured, not for the whole face: a long track would not fit
    def axis(rows: NDArray[np.intp], number: int) -> NDArray[np.float64]:
        return canonical[..., rows, number].astype(np.float64)

    measures = np.empty((*canonical.shape[:-2], N_MEASURES), np.float32)
    opening = axis(MEASURE_UPPER_INNER, 1) - axis(MEASURE_LOWER_INNER, 1)
    measures[..., Measure.GAP] = opening.mean(axis=-1)
    measures[..., Measure.WIDTH] = _distance(canonical[..., MEASURE_OUTER_CORNERS, :])
    measures[..., Measure.JAW] = -axis(MEASURE_CHIN, 1).mean(axis=-1)
    measures[..., Measure.PROTRUSION] = axis(MEASURE_CENTERS, 2).mean(axis=-1)
    measures[..., Measure.UPPER] = axis(MEASURE_UPPER, 1).mean(axis=-1)
    measures[..., Measure.LOWER] = -axis(MEASURE_LOWER, 1).mean(axis=-1)
    measures[..., Measure.INNER_WIDTH] = _distance(canonical[..., MEASURE_INNER_CORNERS, :])
    return measures


def seen_gap(landmarks: Float32Array) -> float:
    """The gap of one frame as the mesh saw it, canonical mm.

    Steadied curves overshoot where lips close for a frame or two: they cannot tell whether those lips met.

    Args:
        landmarks: float32, shape (N_VERTICES, 3), picture pixels, not smoothed.
    """
    lips = np.concatenate([MEASURE_UPPER_INNER, MEASURE_LOWER_INNER])
    heights = remove_poses(landmarks[None, lips], fit_rigid(landmarks[None, RIGID]))[0, :, 1]
    upper, lower = np.split(heights.astype(np.float64), [len(MEASURE_UPPER_INNER)])
    return float(upper.mean() - lower.mean())


def _distance(pair: Float32Array) -> NDArray[np.float64]:
    one, other = pair[..., 0, :].astype(np.float64), pair[..., 1, :].astype(np.float64)
    return np.asarray(np.linalg.norm(one - other, axis=-1))
