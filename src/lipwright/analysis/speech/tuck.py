"""The lower lip under the upper teeth, as in f and v: lips that must not be pressed together.

Measured by ``training.labiodentals`` on 67 /f v/ of four speakers whose sentences are known (63 of one), at the
smallest gap, from the pose with lips closed: gap 1.5 mm, upper lip 0.6 mm higher, lower lip 1.0 mm lower. In
/p b m/ it is 0.6 mm, 1.6 mm lower, and 3.4 mm lower, as the jaw hangs while the lips reach for each other.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.measures import Measure

Float32Array = NDArray[np.float32]

LEAST = {Measure.GAP: 1.4, Measure.UPPER: 0.6}
"""Canonical mm above rest that a tucked mouth has at least: lips ajar, upper lip off the teeth."""
MOST = {Measure.LOWER: 1.6}
"""The same, at most: the lower lip is up, whatever the jaw does."""


def tucked(pose: Float32Array, rest: Float32Array, measure: Measure, gate: Float32Array) -> Float32Array:
    """One measure over time with the lower lip under the upper teeth where the gate says so.

    It only opens: what was heard of how wide a mouth is there is nearer to filmed ones than their mean.

    Args:
        pose: float32, shape (n,), canonical mm.
        rest: float32, shape (1,): the measure with lips closed, canonical mm.
        measure: which one.
        gate: float32, shape (n,), 0 (free) to 1 (tucked).
    """
    if measure in LEAST:
        missing = np.maximum(rest + LEAST[measure] - pose, 0.0)
        return np.asarray(pose + gate * missing, np.float32)
    if measure in MOST:
        excess = np.maximum(pose - rest - MOST[measure], 0.0)
        return np.asarray(pose - gate * excess, np.float32)
    return pose
