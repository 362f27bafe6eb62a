"""Filters that move: synthesisers, wah pedals and talk boxes, whose sound opens and shuts like a mouth."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import istft, stft

from lipwright.analysis.speech.mel import SAMPLE_RATE

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
Generator = np.random.Generator

_WINDOW = 512  # samples, 32 ms: the filter moves in steps of half of it, smoothed by the overlap
_STEPS_PER_SECOND = SAMPLE_RATE / (_WINDOW // 2)
_LOWEST, _HIGHEST = 250.0, 3500.0  # Hz between which a filter moves: where the first formants of voices lie


def swept(sound: Float32Array, beat: float, random: Generator) -> Float32Array:
    """The sound through a filter that moves at random, shape (n,) as before.

    Args:
        sound: float32, shape (n,), 16 kHz.
        beat: seconds of one beat of the music, which most filters keep to.
        random: what chooses the filter and how it moves.
    """
    padded = np.pad(sound, (0, _WINDOW))  # no sound is too short
    frequencies, _, spectrum = stft(padded, SAMPLE_RATE, nperseg=_WINDOW)
    n_steps = spectrum.shape[1]
    shape: Callable[[Float64Array, Float64Array, Generator], Float64Array]
    shape = (_low_pass, _band_pass, _formants)[random.integers(3)]
    gains = shape(frequencies[:, None], _motion(n_steps, beat, random), random)
    _, filtered = istft(spectrum * gains, SAMPLE_RATE, nperseg=_WINDOW)
    return np.asarray(filtered[: len(sound)], np.float32)


def _motion(n_steps: int, beat: float, random: Generator) -> Float64Array:
    """Where a filter stands at each step, shape (n_steps,), 0 (shut) to 1 (open)."""
    seconds = np.arange(n_steps) / _STEPS_PER_SECOND
    period = beat * float(random.choice([0.25, 0.5, 1.0, 2.0, 4.0]))
    phase = seconds / period + random.uniform(0.0, 1.0)
    kind = random.integers(4)
    if kind == 0:
        return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * phase))
    if kind == 1:
        return np.abs(2.0 * (phase % 1.0) - 1.0)
    goals = random.uniform(0.0, 1.0, int(phase[-1]) + 3)
    if kind == 2:
        return np.interp(phase, np.arange(len(goals)), goals)
    # From goal to goal, each reached within a fraction of its time.
    place = np.floor(phase).astype(np.int64)
    share = np.minimum((phase % 1.0) / random.uniform(0.05, 0.6), 1.0)
    return goals[place] * (1.0 - share) + goals[place + 1] * share


def _hertz(motion: Float64Array, random: Generator) -> Float64Array:
    """Frequencies between two at random."""
    low, high = np.sort(np.exp(random.uniform(np.log(_LOWEST), np.log(_HIGHEST), 2)))
    return np.asarray(low * (high / low) ** motion)


def _low_pass(frequencies: Float64Array, motion: Float64Array, random: Generator) -> Float64Array:
    """What lies above goes, and what lies near rings."""
    ratio = frequencies / _hertz(motion, random)
    order = float(random.choice([2.0, 4.0]))
    return np.asarray(
        1.0 / np.sqrt(1.0 + ratio ** (2 * order)) + random.uniform(0.0, 2.0) * _peak(ratio, 0.15)
    )


def _band_pass(frequencies: Float64Array, motion: Float64Array, random: Generator) -> Float64Array:
    """A wah pedal: one peak."""
    ratio = frequencies / _hertz(motion, random)
    return np.asarray(random.uniform(0.01, 0.2) + _peak(ratio, random.uniform(0.08, 0.4)))


def _formants(frequencies: Float64Array, motion: Float64Array, random: Generator) -> Float64Array:
    """Two peaks that move each their own way, as vowels do."""
    first = frequencies / (250.0 + 550.0 * motion)
    second = frequencies / (800.0 + 1700.0 * np.roll(motion, random.integers(len(motion))))
    width = random.uniform(0.06, 0.2)
    return np.asarray(random.uniform(0.01, 0.1) + _peak(first, width) + 0.7 * _peak(second, width))


def _peak(ratio: Float64Array, width: float) -> Float64Array:
    return np.asarray(1.0 / np.sqrt(1.0 + ((ratio - 1.0) / width) ** 2))
