"""Median of what is known."""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]


def nan_median(values: Float32Array, axis: int) -> Float32Array:
    """Median without NaN; NaN, silently, where nothing else is there."""
    ordered = np.sort(values, axis=axis)  # NaN last
    n_valid = np.isfinite(values).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(0, (n_valid - 1) // 2), axis=axis)
    high = np.take_along_axis(ordered, np.minimum(n_valid // 2, values.shape[axis] - 1), axis=axis)
    middle = np.where(n_valid > 0, (low + high) / 2, np.nan)
    return np.asarray(middle.squeeze(axis=axis), np.float32)
