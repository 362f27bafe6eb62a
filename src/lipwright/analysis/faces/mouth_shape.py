"""The seven measures of a mouth (``lipwright.measures``), from landmarks without head pose."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import (
    MEASURE_CENTERS,
    MEASURE_CHIN,
    MEASURE_INNER_CORNERS,
    MEASURE_LOWER,
    MEASURE_LOWER_INNER,
    MEASURE_OUTER_CORNERS,
    MEASURE_UPPER,
    MEASURE_UPPER_INNER,
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
    x_y_z = canonical.astype(np.float64)
    height, depth = x_y_z[..., 1], x_y_z[..., 2]
    measures = np.empty((*canonical.shape[:-2], N_MEASURES), np.float32)
    opening = height[..., MEASURE_UPPER_INNER] - height[..., MEASURE_LOWER_INNER]
    measures[..., Measure.GAP] = opening.mean(axis=-1)
    measures[..., Measure.WIDTH] = _distance(x_y_z[..., MEASURE_OUTER_CORNERS, :])
    measures[..., Measure.JAW] = -height[..., MEASURE_CHIN].mean(axis=-1)
    measures[..., Measure.PROTRUSION] = depth[..., MEASURE_CENTERS].mean(axis=-1)
    measures[..., Measure.UPPER] = height[..., MEASURE_UPPER].mean(axis=-1)
    measures[..., Measure.LOWER] = -height[..., MEASURE_LOWER].mean(axis=-1)
    measures[..., Measure.INNER_WIDTH] = _distance(x_y_z[..., MEASURE_INNER_CORNERS, :])
    return measures


def _distance(pair: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(pair[..., 0, :] - pair[..., 1, :], axis=-1))
