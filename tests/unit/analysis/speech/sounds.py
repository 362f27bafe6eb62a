"""Synthesized sounds: a buzzing voice with syllables and pauses, noise, silence."""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
RATE = 16_000


def silence(seconds: float) -> Float32Array:
    """Digital silence."""
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, level: float = 0.01, seed: int = 0) -> Float32Array:
    """White noise of a given standard deviation."""
    random = np.random.default_rng(seed)
    return np.asarray(random.normal(0.0, level, round(seconds * RATE)), np.float32)


def voice(seconds: float, seed: int = 0) -> Float32Array:
    """A pulse train through a moving resonance, opening and closing four times a second."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = 120.0 + 20.0 * np.sin(2 * np.pi * 0.7 * time + random.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formant = 600.0 + 300.0 * np.sin(2 * np.pi * 1.3 * time + random.uniform(0, 6))
    harmonics = np.zeros(len(time))
    for number in range(1, 25):
        distance = (number * pitch - formant) / 300.0
        harmonics += np.sin(number * phase) / (1.0 + distance**2)
    syllables = np.clip(np.sin(2 * np.pi * 4.0 * time), 0.0, None) ** 0.5
    return np.asarray(0.1 * harmonics * syllables + random.normal(0, 1e-4, len(time)), np.float32)
