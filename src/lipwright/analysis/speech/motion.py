"""Mouth motion over time, as heard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

MOTION_RATE = 100
"""Steps of a mouth motion per second."""


@dataclass(eq=False)
class MouthMotion:
    """What the mouth of some speaker would do; step i is time i / MOTION_RATE seconds of the sound."""

    measures: Float32Array
    """float32, shape (n, 7): z-scores of the measures (``lipwright.measures``); 0 is the speaker's mean and
    1 one standard deviation of natural speech."""
    closure: Float32Array
    """float32, shape (n,), 0 to 1: probability that the lips are closed."""
    activity: Float32Array
    """float32, shape (n,), 0 to 1: probability that somebody is speaking."""
    labiodental: Float32Array
    """float32, shape (n,), 0 to 1: probability that the lower lip is under the upper teeth, as in f and v.

    Learnt from phones (``training.phones``), not from faces: the mesh hardly shows it. About 0 while nobody
    speaks; 0 throughout with weights that were trained without phones.
    """


@dataclass(frozen=True, eq=False)
class SpeakerStyle:
    """How one speaker moves: what turns z-scores into millimetres and rest into a pose."""

    mean: Float32Array
    """float32, shape (7,), canonical mm."""
    std: Float32Array
    """float32, shape (7,), canonical mm; > 0."""
    rest: Float32Array
    """float32, shape (7,), canonical mm: lips closed and still."""
    low: Float32Array
    """float32, shape (7,), canonical mm: lowest value this face may show."""
    high: Float32Array
    """float32, shape (7,), canonical mm: highest value this face may show."""
