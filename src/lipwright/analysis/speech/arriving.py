"""Hearing sound of any length in blocks as they come, in memory that does not grow with it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.articulation import ArticulationOptions, articulate
from lipwright.analysis.speech.mel import HOP_LENGTH, SAMPLE_RATE
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.streaming import CONTEXT_SECONDS, STRETCH_SECONDS

Float32Array = NDArray[np.float32]

_STRETCH = STRETCH_SECONDS * SAMPLE_RATE
_CONTEXT = CONTEXT_SECONDS * SAMPLE_RATE


def articulate_blocks(
    blocks: Iterable[Float32Array],
    *,
    weights: Path | None = None,
    options: ArticulationOptions | None = None,
) -> Iterator[MouthMotion]:
    """The motion of a sound that arrives in blocks, in stretches of two minutes (the last is shorter).

    Put together, the stretches are what ``articulate`` answers for the whole. Each comes as soon as the 45
    seconds after it are there; at most three and a half minutes of sound, and a block, are held.

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


def _part(motion: MouthMotion, start: int, stop: int) -> MouthMotion:
    """The steps of samples ``start`` to ``stop``."""
    rows = slice(start // HOP_LENGTH, -(-stop // HOP_LENGTH))
    return MouthMotion(
        motion.measures[rows], motion.closure[rows], motion.activity[rows], motion.labiodental[rows]
    )
