"""Held sounds: vowels that are sung, or drawn out. While a sound does not change, neither does the mouth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from lipwright.analysis.speech.gates import runs

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.floating[Any]]

N_BANDS = 10
_SMOOTHING_STEPS = 3.0
_WINDOW_STEPS = 21  # a fifth of a second
_BLOCK_STEPS = 6000  # a minute is looked at at once
_MOST_CHANGE = 1.0
"""Nepers of power (4.3 dB), root mean square over the loud bands; speech changes more in every syllable."""
_BAND_RANGE = 5.75  # nepers (25 dB): bands further below the loudest one are not listened to
_LOUD = 3.5  # nepers (15 dB) below the level of the sound: quieter stretches are breath or background
_SHORTEST_STEPS = 20
_LONGEST_STEPS = 1000  # what lasts longer on one note is no voice; `streaming` hears no further back
_SAME_STEPS = 15  # a change of the sound takes longer than this to pass; vibrato does not
_BEGINNING_STEPS = 50
_MOST_DRIFT = 1.5  # nepers between a held sound and its beginning
_EDGE_STEPS = 5
_CLOSED_RARELY = 0.8  # log odds: of a held vowel the network is nearly as sure as of a closure
_BEFORE_STEPS = 30
_VOICE_STEPS = 60  # a held sound may go on from a syllable that was clear this long before it
_MOST_FALL = 1.8  # nepers (8 dB): what is left when a voice ends over music is quieter than that


@dataclass(frozen=True)
class Held:
    """A stretch in which the sound stays the same."""

    start: int
    """First step, 100 a second."""
    stop: int
    """One past the last."""
    goes_on: bool
    """Whether it is as loud as what is just before it, so that it may be the same voice."""


def coarse_bands(mel: Float32Array) -> Float32Array:
    """Log power in wide bands, in which harmonics do not show; float32, (n, N_BANDS), of (n, n_mels)."""
    power = np.exp(mel).reshape(len(mel), N_BANDS, -1).mean(axis=2)
    return np.asarray(np.log(power), np.float32)


def held_sounds(bands: Float32Array, energy: Float32Array, level: Float32Array) -> list[Held]:
    """The stretches of a sound that are held, in order.

    Args:
        bands: float32, shape (n, N_BANDS): see ``coarse_bands``.
        energy: float32, shape (n,): log power of each step.
        level: float32, shape (n,): log power of speech there.
    """
    if len(bands) == 0:
        return []
    smooth = np.asarray(gaussian_filter1d(bands, _SMOOTHING_STEPS, axis=0, mode="nearest"), np.float32)
    is_held = (_change(smooth) < _MOST_CHANGE) & (energy > level - _LOUD)
    return [
        Held(start, stop, _goes_on(energy, start, stop))
        for run in runs(is_held)
        if run[1] - run[0] <= _LONGEST_STEPS
        for start, stop in _alike(smooth, *run)
        if stop - start >= _SHORTEST_STEPS
    ]


def steadied(answers: Float32Array, held: Sequence[Held]) -> Float32Array:
    """The network's answers; within held sounds, what it said of their beginnings: it tires of a sound.

    Args:
        answers: float32, shape (n, k).
        held: stretches.
    """
    steady = answers.copy()
    for one in held:
        rows = slice(one.start, one.stop)
        first = answers[one.start : min(one.stop, one.start + _BEGINNING_STEPS)].mean(axis=0)
        share = _inside(one)[:, None]
        steady[rows] = (1.0 - share) * answers[rows] + share * first
    return steady


def rarely_closed(log_odds: Float32Array, held: Sequence[Held]) -> Float32Array:
    """Log odds of closed lips, lower where a sound is held: lips close for a moment, vowels are drawn out.

    Args:
        log_odds: float32, shape (n,).
        held: stretches.
    """
    result = log_odds.copy()
    for one in held:
        result[one.start : one.stop] -= _CLOSED_RARELY * _inside(one)
    return result


def carried(clearness: Float32Array, syllables: Float32Array, held: Sequence[Held]) -> Float32Array:
    """How clearly a voice is near, where a held sound goes on from one.

    The network was not taught to sing: it is sure of a vowel when that begins, and less so every second.

    Args:
        clearness: float32, shape (n,): log odds of a voice near each step.
        syllables: float32, shape (n,): log odds of a voice about each step.
        held: stretches, in order.
    """
    result, reached, value = clearness.copy(), -len(clearness), np.float32(-np.inf)
    for one in held:
        if one.start - reached > _SAME_STEPS:
            value = np.float32(-np.inf)
        if not one.goes_on:
            continue
        begin = syllables[max(0, one.start - _VOICE_STEPS) : one.start + _SHORTEST_STEPS]
        value = max(value, np.float32(begin.max()))
        result[one.start : one.stop] = np.maximum(result[one.start : one.stop], value)
        reached = one.stop
    return result


def _inside(one: Held) -> Float32Array:
    """1 inside a stretch, less towards its ends, shape (stop - start,)."""
    steps = np.arange(one.stop - one.start)
    edge = np.minimum(steps + 1, len(steps) - steps) / _EDGE_STEPS
    return np.asarray(np.clip(edge, 0.0, 1.0), np.float32)


def _alike(smooth: Float32Array, start: int, stop: int) -> list[tuple[int, int]]:
    """A stretch split wherever the sound is no longer that of its part's beginning: vowels glide."""
    parts = []
    while start < stop:
        first = smooth[start : min(stop, start + _BEGINNING_STEPS)].mean(axis=0)
        strange = np.flatnonzero(_difference(first, smooth[start:stop]) > _MOST_DRIFT)
        end = start + max(int(strange[0]), 1) if len(strange) else stop
        parts.append((start, end))
        start = end
    return parts


def _change(smooth: Float32Array) -> Float32Array:
    """Twice the spread about each step: of a sudden change, its size; float32, shape (n,).

    Found piece by piece: of an hour at once it would take 200 MB.
    """
    change = np.empty(len(smooth), np.float32)
    for start in range(0, len(smooth), _BLOCK_STEPS):
        stop = min(start + _BLOCK_STEPS, len(smooth))
        first = max(0, start - _WINDOW_STEPS)
        around = _spread_change(smooth[first : stop + _WINDOW_STEPS])
        change[start:stop] = around[start - first : stop - first]
    return change


def _spread_change(smooth: Float32Array) -> Float32Array:
    exact = smooth.astype(np.float64)
    mean = uniform_filter1d(exact, _WINDOW_STEPS, axis=0, mode="nearest")
    square = uniform_filter1d(exact**2, _WINDOW_STEPS, axis=0, mode="nearest")
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    return _over_bands(2.0 * spread, mean)


def _difference(one: Float32Array, other: Float32Array) -> Float32Array:
    """How far two sounds are apart, nepers over the loud bands of either, shape (n,)."""
    return _over_bands(other - one, np.maximum(one, other))


def _over_bands(values: FloatArray, loudness: FloatArray) -> Float32Array:
    """Root mean square over the loud bands, shape (n,)."""
    weights = np.maximum(loudness - (loudness.max(axis=1, keepdims=True) - _BAND_RANGE), 0.0)
    mean = (weights * values**2).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-6)
    return np.asarray(np.sqrt(mean), np.float32)


def _goes_on(energy: Float32Array, start: int, stop: int) -> bool:
    before = energy[max(0, start - _BEFORE_STEPS) : start + 1]
    return bool(np.median(energy[start:stop]) > before.max() - _MOST_FALL)
