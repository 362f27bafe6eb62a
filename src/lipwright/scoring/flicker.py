"""Trembling: how much a curve or a picture bends from frame to frame."""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]


def second_difference(values: Float32Array) -> Float32Array:
    """``values[i - 1] - 2 values[i] + values[i + 1]`` along the first axis, shape (n - 2, ...)."""
    return np.asarray(np.diff(values, 2, axis=0), dtype=np.float32)


def lip_flicker(lips: Float32Array, frames: IntArray) -> float:
    """How much lip points tremble: mean length of their second difference, canonical mm per frame squared.

    Motion at a steady speed counts nothing, a point that jumps to and fro counts fully.

    Args:
        lips: float32, shape (n, n_points, 2): points without head pose, not smoothed over time.
        frames: int, shape (n,), rising: their frame indices; only runs of three frames in a row count.

    Returns:
        NaN without three frames in a row.
    """
    if len(frames) < 3:
        return float("nan")
    is_run = frames[2:] - frames[:-2] == 2
    lengths = np.linalg.norm(second_difference(lips), axis=-1)[is_run]
    return float(lengths.mean()) if len(lengths) else float("nan")


def mean_flicker(values: Float32Array) -> float:
    """Mean over the frames that have a value; NaN when none has."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
