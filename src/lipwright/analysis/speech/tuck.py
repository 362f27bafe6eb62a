"""The lower lip under the upper teeth, as in f and v: lips that must not be pressed together.

Measured by ``training.labiodentals`` on 67 /f v/ of four speakers whose sentences are known (63 of one), from
the pose with lips closed: at the smallest gap it is 1.5 mm, the upper lip 0.6 mm higher, the lower one 1.0 mm
lower; half-way through the phone 2.5, 0.8 and 1.9 mm. At the smallest gap of /p b m/ it is 0.6 mm, the upper
lip 1.6 mm lower and the lower one 3.4 mm lower, as the jaw hangs while they reach for each other.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.measures import Measure

Float32Array = NDArray[np.float32]

LEAST = {Measure.GAP: 2.0, Measure.UPPER: 0.7, Measure.LOWER: 1.3}
"""Canonical mm from rest that a tucked mouth has at least: lips ajar, the edge of the upper teeth in view.

Half-way between the two. With 1.4, 0.6 and 0.8 mm filmed mouths were as near, but hardly a tooth showed. A
limit for how far down the lower lip may be, 1.6 mm, brought nothing.
"""


def tucked(pose: Float32Array, rest: Float32Array, measure: Measure, gate: Float32Array) -> Float32Array:
    """One measure over time with the lower lip under the upper teeth where the gate says so.

    It only opens what would be closed: beside closures, the gap that was heard is nearer to filmed ones.

    Args:
        pose: float32, shape (n,), canonical mm.
        rest: float32, shape (1,): the measure with lips closed, canonical mm.
        measure: which one.
        gate: float32, shape (n,), 0 (free) to 1 (tucked).
    """
    if measure not in LEAST:
        return pose
    missing = np.maximum(rest + LEAST[measure] - pose, 0.0)
    return np.asarray(pose + gate * missing, np.float32)
