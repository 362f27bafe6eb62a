"""Made-up music of many instruments, so that music is neither heard as speech nor hides it."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.mel import SAMPLE_RATE, log_mel
from training.instruments import draw_instrument, hat, kick, note, snare
from training.sweeps import swept

Float32Array = NDArray[np.float32]
Generator = np.random.Generator

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))
CHORDS = ((0, 2, 4), (0, 2, 4, 6), (0, 4), (0, 1, 4))
_SWEPT_SHARE = 0.5  # of chords and lines that go through a moving filter
_PIECE_SECONDS = 10.0


@cache
def backgrounds(minutes: float, seed: int = 0) -> tuple[Float32Array, ...]:
    """Log-mel, shape (n, N_MELS) each, of so many minutes of music without voices, in pieces of 10 s."""
    random = np.random.default_rng(seed)
    return tuple(log_mel(music(_PIECE_SECONDS, random)) for _ in range(round(60 * minutes / _PIECE_SECONDS)))


def music(seconds: float, random: Generator) -> Float32Array:
    """One made-up piece, float32, shape (n,), 16 kHz, RMS 0.1: some of chords, bass, melody and drums."""
    beat = 60.0 / random.uniform(60.0, 170.0)
    scale = np.array(SCALES[random.integers(len(SCALES))])
    root = float(random.uniform(45.0, 57.0))  # MIDI note, A2 to A3
    n = round(seconds * SAMPLE_RATE)
    parts = random.random(4) < (0.75, 0.5, 0.5, 0.5)
    if not parts.any():
        parts[0] = True
    mix = np.zeros(n, np.float32)
    if parts[0]:
        mix += _perhaps_swept(_chords(n, scale, root, beat, random), beat, random)
    if parts[1]:
        mix += _perhaps_swept(_line(n, scale, root - 12, 2 * beat, random), beat, random)
    if parts[2]:
        length = beat * float(random.choice([0.25, 0.5, 1.0]))
        mix += _perhaps_swept(_line(n, scale, root + 12, length, random), beat, random)
    if parts[3]:
        mix += _drums(n, beat, random)
    return mix * np.float32(0.1 / max(_loudness(mix), 1e-9))


def _perhaps_swept(part: Float32Array, beat: float, random: Generator) -> Float32Array:
    """Some parts through a moving filter, as loud as before."""
    if random.random() >= _SWEPT_SHARE:
        return part
    filtered = swept(part, beat, random)
    return filtered * np.float32(_loudness(part) / max(_loudness(filtered), 1e-9))


def _chords(n: int, scale: NDArray[np.int64], root: float, beat: float, random: Generator) -> Float32Array:
    """Chords at once, strummed, or note by note."""
    part = np.zeros(n, np.float32)
    sound = draw_instrument(random)
    length = beat * float(random.choice([0.5, 1.0, 2.0, 4.0]))
    chord = CHORDS[random.integers(len(CHORDS))]
    stagger = float(random.choice([0.0, 0.02, 0.05, length / len(chord)]))
    for start in np.arange(0.0, n / SAMPLE_RATE, length):
        step = int(random.integers(len(scale)))
        for order, place in enumerate(chord):
            pitch = root + _degree(scale, step + place)
            _add(part, start + order * stagger, note(pitch, length * 1.1, sound, random), 0.5)
    return part


def _line(n: int, scale: NDArray[np.int64], root: float, length: float, random: Generator) -> Float32Array:
    """A bass or a melody."""
    part = np.zeros(n, np.float32)
    sound = draw_instrument(random)
    step = 0
    for start in np.arange(0.0, n / SAMPLE_RATE, length):
        step = int(np.clip(step + random.integers(-2, 3), -4, 9))
        if random.random() < 0.85:
            _add(part, start, note(root + _degree(scale, step), length * 1.2, sound, random), 0.7)
    return part


def _drums(n: int, beat: float, random: Generator) -> Float32Array:
    """A pattern of eight half beats, over and over."""
    part = np.zeros(n, np.float32)
    loudness = random.uniform(0.3, 1.5)
    kicks, snares, hats = random.random((3, 8)) < np.array([[0.4], [0.3], [0.7]])
    kicks[0] = True
    for number, start in enumerate(np.arange(0.0, n / SAMPLE_RATE, beat / 2)):
        for drum, pattern, gain in ((kick, kicks, 1.0), (snare, snares, 1.0), (hat, hats, 0.5)):
            if pattern[number % 8]:
                _add(part, start, drum(random), gain * loudness)
    return part


def _degree(scale: NDArray[np.int64], step: int) -> float:
    """Semitones above its root of a step of a scale that goes on up and down."""
    octave, place = divmod(step, len(scale))
    return float(12 * octave + scale[place])


def _add(mix: Float32Array, start: float, sound: Float32Array, gain: float) -> None:
    """Adds a sound to the mix from second ``start`` on; what lies beyond its end is lost."""
    first = round(start * SAMPLE_RATE)
    n = max(0, min(len(sound), len(mix) - first))
    mix[first : first + n] += np.float32(gain) * sound[:n]


def _loudness(sound: Float32Array) -> float:
    return float(np.sqrt((sound.astype(np.float64) ** 2).mean()))
