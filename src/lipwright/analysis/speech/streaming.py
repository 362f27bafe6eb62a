"""Hearing sound of any length in blocks as they come, in memory that does not grow with it."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.articulation import ArticulationOptions, articulate
from lipwright.analysis.speech.mel import HOP_LENGTH, SAMPLE_RATE, Samples, frame_count
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion

Float32Array = NDArray[np.float32]

STRETCH_SECONDS = 120
"""How much is answered at once."""
CONTEXT_SECONDS = 45
"""Sound heard on either side of it: held sounds (10 s) by their level (30 s), noise floor (9 s) and network
(3.4 s) reach no further. Whole seconds, because the level is measured in cells of one."""

_STRETCH = STRETCH_SECONDS * SAMPLE_RATE
_CONTEXT = CONTEXT_SECONDS * SAMPLE_RATE
_BLOCK = 10 * SAMPLE_RATE


def articulate_blocks(
    blocks: Iterable[Float32Array],
    *,
    weights: Path | None = None,
    options: ArticulationOptions | None = None,
) -> Iterator[MouthMotion]:
    """The motion of a sound that arrives in blocks, in stretches of two minutes (the last is shorter).

    Put together, the stretches are what ``articulate`` answers for the whole. Each comes as soon as the 45
    seconds after it are there; at most three and a half minutes of sound are held.

    Args:
        blocks: float32, shape (n,) each, 16 kHz mono, of any length, such as ``read_audio_blocks`` yields.
        weights: see ``articulate``.
        options: see ``articulate``.

    Raises:
        UsageError: more than one channel.
        InstallationError: the weights are missing, damaged or not of this kind.
    """
    held: list[Float32Array] = []
    n_held, n_before = 0, 0
    for block in blocks:
        held.append(block)
        n_held += len(block)
        while n_held >= n_before + _STRETCH + _CONTEXT:
            samples = np.concatenate(held)
            heard = samples[: n_before + _STRETCH + _CONTEXT]
            yield _part(articulate(heard, weights=weights, options=options), n_before, n_before + _STRETCH)
            used = n_before + _STRETCH - _CONTEXT
            held, n_held, n_before = [samples[used:]], n_held - used, _CONTEXT
    if n_before == 0 or n_held > n_before:
        samples = np.concatenate([np.zeros(0, np.float32), *held])
        yield _part(articulate(samples, weights=weights, options=options), n_before, n_held)


def articulate_long(samples: Samples, seconds: Fraction | None = None) -> MouthMotion:
    """What ``articulate`` answers, heard in stretches: only the answer grows with the sound.

    Args:
        samples: float32, shape (n,), 16 kHz mono, such as an array in a file.
        seconds: how much of it is answered; what follows is heard as far as it has a say. None for all.
    """
    n_steps = frame_count(len(samples))
    if seconds is not None:
        samples = samples[: math.ceil((seconds + CONTEXT_SECONDS) * SAMPLE_RATE)]
        n_steps = min(n_steps, math.ceil(seconds * MOTION_RATE))
    starts = range(0, len(samples), _BLOCK)
    motion = joined(articulate_blocks(np.asarray(samples[start : start + _BLOCK]) for start in starts))
    return MouthMotion(motion.measures[:n_steps], motion.closure[:n_steps], motion.activity[:n_steps])


def joined(parts: Iterable[MouthMotion]) -> MouthMotion:
    """One motion of consecutive stretches; at least one is expected."""
    stretches = list(parts)
    return MouthMotion(
        np.concatenate([part.measures for part in stretches]),
        np.concatenate([part.closure for part in stretches]),
        np.concatenate([part.activity for part in stretches]),
    )


def _part(motion: MouthMotion, start: int, stop: int) -> MouthMotion:
    """The steps of samples ``start`` to ``stop``."""
    rows = slice(start // HOP_LENGTH, -(-stop // HOP_LENGTH))
    return MouthMotion(motion.measures[rows], motion.closure[rows], motion.activity[rows])
