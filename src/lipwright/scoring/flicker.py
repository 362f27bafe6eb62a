"""Trembling: how much a curve or a picture bends from frame to frame."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_REACH_FRAMES = 3
"""To either side: how far lips travel in this time says how much they bend without trembling."""
_LEAST_LIKE, _LIKE_SHARE = 8, 0.125
"""How many frames of a reference that travel as far say how much such frames bend."""
_WIDER = 1.1
"""Lips that travel further than any of the reference by more than this have nothing to be compared with."""


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


def flicker_at_same_motion(
    lips: Float32Array, gap: Float32Array, reference_lips: Float32Array, reference_gap: Float32Array
) -> float:
    """How much lips tremble, divided by what lips of a reference do that travel as far at a time.

    Lively speech turns round more often than calm speech, and bends more without any trembling.

    Args:
        lips: float32, shape (n, n_points, 2): canonical mm, every frame of a video; NaN where not seen.
        gap: float32, shape (n,): of the same frames.
        reference_lips: float32, shape (m, n_points, 2).
        reference_gap: float32, shape (m,).

    Returns:
        NaN where too little of either was seen.
    """
    bend, travel = _bends(lips), travels(gap)
    known_bend, known_travel = _bends(reference_lips), travels(reference_gap)
    is_known = np.isfinite(known_bend) & np.isfinite(known_travel)
    n_like = max(_LEAST_LIKE, round(_LIKE_SHARE * int(is_known.sum())))
    if is_known.sum() < n_like:
        return float("nan")
    order = np.flatnonzero(is_known)[np.argsort(known_travel[is_known], kind="stable")]
    usual = np.convolve(known_bend[order], np.full(n_like, 1 / n_like), "valid")
    is_counted = np.isfinite(bend) & (travel <= _WIDER * known_travel[order[-1]])
    place = np.searchsorted(known_travel[order], travel[is_counted]) - n_like // 2
    expected = usual[np.clip(place, 0, len(usual) - 1)]
    return float(bend[is_counted].sum() / expected.sum()) if expected.sum() > 0 else float("nan")


def travels(gap: Float32Array) -> Float32Array:
    """Between the widest and the narrowest gap near each frame, shape (n,); NaN near an unknown one."""
    if len(gap) == 0:
        return gap
    size = 2 * _REACH_FRAMES + 1
    is_lost = maximum_filter1d(np.isnan(gap).astype(np.uint8), size) > 0
    known = np.nan_to_num(gap)
    travel = maximum_filter1d(known, size) - minimum_filter1d(known, size)
    return np.asarray(np.where(is_lost, np.nan, travel), np.float32)


def mean_flicker(values: Float32Array) -> float:
    """Mean over the frames that have a value; NaN when none has."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _bends(lips: Float32Array) -> Float32Array:
    """Mean length of the second difference about each frame, NaN at the ends; shape (n,)."""
    bend = np.full(len(lips), np.nan, np.float32)
    if len(lips) > 2:
        bend[1:-1] = np.linalg.norm(second_difference(lips), axis=-1).mean(axis=-1)
    return bend
