"""When somebody speaks: from energy above a noise floor that adapts, and from what the network heard."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    gaussian_filter1d,
    grey_closing,
    maximum_filter1d,
    percentile_filter,
    uniform_filter1d,
)

from lipwright.analysis.speech.held import Held, carried
from lipwright.analysis.speech.level import Level

Float32Array = NDArray[np.float32]

SILENCE = float(np.log(1e-8))
"""Log power of a frame that is silent whatever the level: -80 dB of full scale."""

_DECIBEL = float(np.log(10.0) / 10.0)  # nepers of power
_RANGE = 32 * _DECIBEL  # speech is heard down to this far below its level ...
_ABOVE_NOISE = 5.5 * _DECIBEL  # ... and this far above the noise floor
_SOFTNESS = 2 * _DECIBEL
_FLOOR_WINDOW = 100  # steps of 100 ms: the floor is looked for in 10 s
_NETWORK_TRUST = 0.02  # the network is never surer than this: it was not taught every machine
_SYLLABLE_STEPS = 20  # 200 ms: over this much a voice is heard as one ...
_PRESENCE_STEPS = 300  # ... at least once in 3 s ...
_PRESENCE = 2.0  # ... with log odds of speech that music reaches now and then, ...
_CLEAR_STEPS = 1100  # ... and at least once in 11 s ...
_CLEAR = 2.9  # ... with log odds that music does not reach: a synthesiser 2.3 in the median and at most this
_PRESENCE_SOFTNESS = 0.25
_HANGOVER_STEPS = 6  # 60 ms each way: stops and breaths inside words are speech


def energy_activity(energy: Float32Array, level: Level) -> Float32Array:
    """How surely each frame is speech, judged by loudness alone.

    Args:
        energy: float32, shape (n,): log power of each 10 ms frame, from the start of the sound.
        level: the level of the same sound.

    Returns:
        float32, shape (n,), 0 to 1; 0 for a sound that is silent or holds only steady noise.
    """
    if len(energy) == 0:
        return np.zeros(0, np.float32)
    smooth = gaussian_filter1d(energy, 1.5, mode="nearest")
    threshold = np.maximum(level.overall_at(0, len(energy)) - _RANGE, noise_floor(smooth) + _ABOVE_NOISE)
    threshold = np.maximum(threshold, SILENCE)
    likelihood = 1.0 / (1.0 + np.exp(np.clip((threshold - smooth) / _SOFTNESS, -30, 30)))
    return _held(np.asarray(likelihood, np.float32))


def speech_activity(
    by_energy: Float32Array, by_network: Float32Array, held: Sequence[Held] = ()
) -> Float32Array:
    """Both opinions in one: the mean of their log odds, float32, shape (n,), 0 to 1.

    Energy alone misses a fifth of speech 10 dB above noise, the network alone hears speech in noise:
    together they find 90 % and mistake 3 %. Where energy is sure of silence, it wins. Sound in which the
    network hears no syllable for a second and a half either way, or no clear one for five and a half, holds
    no voice, however loud it is; but a held sound that goes on from a syllable is that voice for as long as
    it does not change.

    Args:
        by_energy: float32, shape (n,), 0 to 1: what ``energy_activity`` says.
        by_network: float32, shape (n,), 0 to 1: what the articulation network says.
        held: stretches in which the sound does not change.
    """
    if len(by_energy) == 0:
        return np.zeros(0, np.float32)
    sure = np.clip(by_energy, 1e-6, 1 - 1e-6)
    heard = np.clip(by_network, _NETWORK_TRUST, 1 - _NETWORK_TRUST)
    odds = np.sqrt(sure / (1 - sure) * heard / (1 - heard))
    return _held(np.asarray(odds / (1 + odds) * _presence(by_energy, by_network, held), np.float32))


def _presence(by_energy: Float32Array, by_network: Float32Array, held: Sequence[Held]) -> Float32Array:
    """How surely a voice is anywhere near each step, shape (n,), 0 to 1."""
    sure = np.clip(by_network, 0.05, 1 - 1e-4)
    log_odds = np.where(by_energy > 0.3, np.log(sure / (1 - sure)), np.log(0.05 / 0.95))
    syllables = uniform_filter1d(log_odds, _SYLLABLE_STEPS, mode="nearest")
    near = maximum_filter1d(syllables, _PRESENCE_STEPS, mode="nearest")
    around = maximum_filter1d(syllables, _CLEAR_STEPS, mode="nearest")
    clearest = carried(np.minimum(near, around - (_CLEAR - _PRESENCE)), syllables, held)
    return np.asarray(1.0 / (1.0 + np.exp((_PRESENCE - clearest) / _PRESENCE_SOFTNESS)), np.float32)


def noise_floor(energy: Float32Array) -> Float32Array:
    """Log power of the background around each frame, shape (n,) like ``energy`` (10 ms frames).

    The 5th percentile within 5 s each way, looked for among the quietest frames of every 100 ms.
    """
    n_cells = -(-len(energy) // 10)
    padded = np.pad(energy, (0, n_cells * 10 - len(energy)), mode="edge")
    quietest = np.percentile(padded.reshape(n_cells, 10), 25, axis=1)
    floor = percentile_filter(quietest, 5, size=_FLOOR_WINDOW, mode="nearest")
    floor = gaussian_filter1d(floor, 10.0, mode="nearest")
    places = (np.arange(len(energy)) - 4.5) / 10.0
    return np.asarray(np.interp(places, np.arange(n_cells), floor), np.float32)


def _held(likelihood: Float32Array) -> Float32Array:
    """Fills short dips: maximum over the hangover, then minimum, then a little smoothing."""
    if len(likelihood) == 0:
        return likelihood
    closed = grey_closing(likelihood, (2 * _HANGOVER_STEPS + 1,), mode="nearest")
    return np.asarray(gaussian_filter1d(closed, 2.0, mode="nearest"), np.float32)
