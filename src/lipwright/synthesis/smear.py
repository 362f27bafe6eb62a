"""How much of its sharpness a mouth has lost: to the movement of the head, or of the camera's focus."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

Float32Array = NDArray[np.float32]

_LIKE = 41
"""How many mouths of nearly the same opening say how sharp such a mouth usually is."""


def lost_halvings(gaps: Float32Array, sharpness: Float32Array) -> Float32Array:
    """By how many halvings each mouth is less sharp than mouths as open as it usually are, at least 0.

    An open mouth shows teeth and is sharper than a shut one: each is judged among its like. The most shut
    ones are judged by those that come next, not by the most shut one again and again: where a singer shuts
    his lips only while he throws his head about, all of those are smeared.

    Args:
        gaps: float32, shape (n,): canonical mm.
        sharpness: float32, shape (n,): Laplacian variance of the lips, levels squared.

    Returns:
        float32, shape (n,).
    """
    order = np.argsort(gaps, kind="stable")
    level = np.log2(sharpness + 1.0)[order]
    usual = median_filter(level, size=min(len(level), _LIKE), mode="reflect") if len(level) else level
    lost = np.empty(len(level), np.float32)
    lost[order] = np.maximum(0.0, usual - level)
    return lost


def travel(places: Float32Array, scales: Float32Array) -> Float32Array:
    """How far the head carries the mouth through the picture from one frame to the next, at most.

    Shut lips have so few edges that no figure of sharpness tells smeared ones from others; the way that they
    went while the shutter was open does.

    Args:
        places: float32, shape (n, 2): pixels, NaN where there is no face.
        scales: float32, shape (n,): pixels per mm.

    Returns:
        float32, shape (n,), mm per frame; 0 where neither neighbour is known.
    """
    steps = np.nan_to_num(np.linalg.norm(np.diff(places, axis=0), axis=1) / scales[1:])
    after, before = np.append(steps, 0.0), np.insert(steps, 0, 0.0)
    return np.asarray(np.maximum(after, before)[: len(places)], dtype=np.float32)
