"""Made-up music with every instrument of ``training.instruments``, for networks that learn in noisy places.

The plainer music of ``training.backgrounds`` is for the others.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.mel import SAMPLE_RATE, log_mel
from training.backgrounds import CHORDS, SCALES, add, degree
from training.instruments import draw_instrument, hat, kick, note, snare

Float32Array = NDArray[np.float32]
Generator = np.random.Generator

_N_PIECES, _PIECE_SECONDS = 30, 10.0


def band_backgrounds(seed: int = 0) -> list[Float32Array]:
    """Log-mel, shape (n, N_MELS) each, of five minutes of music without voices."""
    random = np.random.default_rng(seed)
    return [log_mel(band(_PIECE_SECONDS, random)) for _ in range(_N_PIECES)]


def band(seconds: float, random: Generator) -> Float32Array:
    """One made-up piece, float32, shape (n,), 16 kHz, RMS 0.1: some of chords, bass, melody and drums."""
    beat = 60.0 / random.uniform(60.0, 170.0)
    scale = np.array(SCALES[random.integers(len(SCALES))])
    root = float(random.uniform(45.0, 57.0))  # MIDI note, A2 to A3
    mix = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    parts = random.random(4) < (0.75, 0.5, 0.5, 0.5)
    if not parts.any():
        parts[0] = True
    if parts[0]:
        _play_chords(mix, scale, root, beat, random)
    if parts[1]:
        _play_line(mix, scale, root - 12, 2 * beat, random)
    if parts[2]:
        _play_line(mix, scale, root + 12, beat * random.choice([0.25, 0.5, 1.0]), random)
    if parts[3]:
        _play_drums(mix, beat, random)
    loudness = float(np.sqrt((mix.astype(np.float64) ** 2).mean()))
    return mix * np.float32(0.1 / max(loudness, 1e-9))


def _play_chords(
    mix: Float32Array, scale: NDArray[np.int64], root: float, beat: float, random: Generator
) -> None:
    """Chords at once, strummed, or note by note."""
    sound = draw_instrument(random)
    length = beat * float(random.choice([0.5, 1.0, 2.0, 4.0]))
    chord = CHORDS[random.integers(len(CHORDS))]
    stagger = float(random.choice([0.0, 0.02, 0.05, length / len(chord)]))
    for start in np.arange(0.0, len(mix) / SAMPLE_RATE, length):
        step = int(random.integers(len(scale)))
        for order, place in enumerate(chord):
            pitch = root + degree(scale, step + place)
            add(mix, start + order * stagger, note(pitch, length * 1.1, sound, random), 0.5)


def _play_line(
    mix: Float32Array, scale: NDArray[np.int64], root: float, length: float, random: Generator
) -> None:
    sound = draw_instrument(random)
    step = 0
    for start in np.arange(0.0, len(mix) / SAMPLE_RATE, length):
        step = int(np.clip(step + random.integers(-2, 3), -4, 9))
        if random.random() < 0.85:
            add(mix, start, note(root + degree(scale, step), length * 1.2, sound, random), 0.7)


def _play_drums(mix: Float32Array, beat: float, random: Generator) -> None:
    """A pattern of eight half beats, over and over."""
    loudness = random.uniform(0.3, 1.5)
    kicks, snares, hats = random.random((3, 8)) < np.array([[0.4], [0.3], [0.7]])
    kicks[0] = True
    for number, start in enumerate(np.arange(0.0, len(mix) / SAMPLE_RATE, beat / 2)):
        for drum, pattern, gain in ((kick, kicks, 1.0), (snare, snares, 1.0), (hat, hats, 0.5)):
            if pattern[number % 8]:
                add(mix, start, drum(random), gain * loudness)
