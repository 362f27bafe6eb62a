"""Hearing long sound in stretches, so that only the answer grows with it."""

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.mel import HOP_LENGTH, SAMPLE_RATE, Samples, frame_count
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.heap import give_back
from lipwright.measures import N_MEASURES
from lipwright.scratch import StoredArray

STRETCH_SECONDS = 120
"""How much is answered at once."""
CONTEXT_SECONDS = 45
"""Sound heard on either side of it: held sounds (10 s) by their level (30 s), noise floor (9 s) and network
(3.4 s) reach no further. Whole seconds, because the level is measured in cells of one."""

_STRETCH = STRETCH_SECONDS * SAMPLE_RATE
_CONTEXT = CONTEXT_SECONDS * SAMPLE_RATE


def articulate_long(samples: Samples, seconds: Fraction | None = None) -> MouthMotion:
    """What ``articulate`` answers, heard in stretches.

    Of sound that is in a file, seconds are read at once: only the answer grows with it.

    Args:
        samples: float32, shape (n,), 16 kHz mono.
        seconds: how much of it is answered; what follows is heard as far as it has a say. None for all.
    """
    n_steps = frame_count(len(samples))
    if seconds is not None:
        samples = between(samples, 0, math.ceil((seconds + CONTEXT_SECONDS) * SAMPLE_RATE))
        n_steps = min(n_steps, math.ceil(seconds * MOTION_RATE))
    motion = MouthMotion(
        np.empty((n_steps, N_MEASURES), np.float32), *(np.empty(n_steps, np.float32) for _ in range(3))
    )
    for stretch in _stretches(len(samples)):
        _answer(motion, samples, stretch)
        give_back()
    return motion


def between(samples: Samples, start: int, stop: int) -> Samples:
    """Part of a sound; of one in a file nothing is read."""
    return samples.part(start, stop) if isinstance(samples, StoredArray) else samples[start:stop]


def _stretches(n_samples: int) -> Iterator[range]:
    """Samples that are answered at once: two minutes, the last up to three minutes less a quarter."""
    start = 0
    while n_samples - start >= _STRETCH + _CONTEXT:
        yield range(start, start + _STRETCH)
        start += _STRETCH
    yield range(start, n_samples)


def _answer(motion: MouthMotion, samples: Samples, stretch: range) -> None:
    """Hears a stretch with its surroundings, and answers as many of its steps as the motion has."""
    first = max(0, stretch.start - _CONTEXT)
    heard = articulate(between(samples, first, stretch.stop + _CONTEXT))
    steps = slice(stretch.start // HOP_LENGTH, -(-stretch.stop // HOP_LENGTH))
    n_before = (stretch.start - first) // HOP_LENGTH
    n_answered = len(motion.closure[steps])
    own = slice(n_before, n_before + n_answered)
    motion.measures[steps] = heard.measures[own]
    motion.closure[steps] = heard.closure[own]
    motion.activity[steps] = heard.activity[own]
    motion.labiodental[steps] = heard.labiodental[own]
