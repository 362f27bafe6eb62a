"""Made-up music of held notes, so that music is neither heard as speech nor hides it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.mel import SAMPLE_RATE, log_mel

Float32Array = NDArray[np.float32]
Generator = np.random.Generator

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))
CHORDS = ((0, 2, 4), (0, 2, 4, 6), (0, 4), (0, 1, 4))
_N_PIECES, _PIECE_SECONDS = 16, 12.0


@dataclass(frozen=True)
class Instrument:
    """How one part of a piece sounds."""

    n_harmonics: int
    tilt: float
    """Exponent with which harmonics weaken: 0.5 is bright, 2 is dull."""
    attack: float
    """Seconds to full loudness."""
    decay: float
    """Seconds in which a note dies away to a third."""
    vibrato: float
    """Depth, semitones."""


def backgrounds(seed: int = 0) -> list[Float32Array]:
    """Log-mel, shape (n, N_MELS) each, of three minutes of music without voices."""
    random = np.random.default_rng(seed)
    return [log_mel(music(_PIECE_SECONDS, random)) for _ in range(_N_PIECES)]


def music(seconds: float, random: Generator) -> Float32Array:
    """One made-up piece, float32, shape (n,), 16 kHz, RMS 0.1: some of chords, bass, melody and drums."""
    beat = 60.0 / random.uniform(60.0, 170.0)
    scale = np.array(SCALES[random.integers(len(SCALES))])
    root = float(random.uniform(45.0, 57.0))  # MIDI note, A2 to A3
    mix = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    parts = random.random(4) < (0.75, 0.6, 0.6, 0.6)
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
    sound = _instrument(random)
    length = beat * float(random.choice([1.0, 2.0, 4.0]))
    chord = CHORDS[random.integers(len(CHORDS))]
    for start in np.arange(0.0, len(mix) / SAMPLE_RATE, length):
        step = int(random.integers(len(scale)))
        for place in chord:
            add(mix, start, note(root + degree(scale, step + place), length * 1.1, sound, random), 0.5)


def _play_line(
    mix: Float32Array, scale: NDArray[np.int64], root: float, length: float, random: Generator
) -> None:
    sound = _instrument(random)
    step = 0
    for start in np.arange(0.0, len(mix) / SAMPLE_RATE, length):
        step = int(np.clip(step + random.integers(-2, 3), -4, 9))
        if random.random() < 0.85:
            add(mix, start, note(root + degree(scale, step), length * 1.2, sound, random), 0.7)


def _play_drums(mix: Float32Array, beat: float, random: Generator) -> None:
    loudness = random.uniform(0.3, 1.5)
    for number, start in enumerate(np.arange(0.0, len(mix) / SAMPLE_RATE, beat / 2)):
        time = np.arange(round(0.25 * SAMPLE_RATE)) / SAMPLE_RATE
        if number % 4 == 0:
            kick = np.sin(2 * np.pi * (50.0 * time + 3.0 * (1 - np.exp(-time * 30)))) * np.exp(-time * 12)
            add(mix, start, kick.astype(np.float32), loudness)
        if number % 4 == 2:
            snare = random.normal(0.0, 0.4, len(time)) * np.exp(-time * 18)
            add(mix, start, snare.astype(np.float32), loudness)
        hat = np.diff(random.normal(0.0, 0.3, len(time) + 1)) * np.exp(-time * 60)
        add(mix, start, hat.astype(np.float32), 0.5 * loudness)


def note(pitch: float, seconds: float, sound: Instrument, random: Generator) -> Float32Array:
    """One note, float32, shape (n,), peak about 1; ``pitch`` is a MIDI number."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    bend = sound.vibrato * np.sin(2 * np.pi * 5.5 * time + random.uniform(0, 6.28))
    phase = 2 * np.pi * np.cumsum(440.0 * 2.0 ** ((pitch - 69.0 + bend) / 12.0)) / SAMPLE_RATE
    highest = 0.45 * SAMPLE_RATE / (440.0 * 2.0 ** ((pitch - 69.0) / 12.0))
    wave = np.zeros(len(time))
    for harmonic in range(1, 1 + min(sound.n_harmonics, int(highest))):
        wave += np.sin(harmonic * phase + random.uniform(0, 6.28)) / harmonic**sound.tilt
    envelope = np.minimum(time / sound.attack, 1.0) * np.exp(-time / sound.decay)
    release = np.minimum((seconds - time) / 0.03, 1.0)
    return np.asarray(wave * envelope * release, np.float32)


def _instrument(random: Generator) -> Instrument:
    return Instrument(
        n_harmonics=int(random.integers(1, 25)),
        tilt=random.uniform(0.5, 2.0),
        attack=random.choice([0.004, 0.02, 0.1]),
        decay=random.choice([0.15, 0.5, 1.5, 6.0]),
        vibrato=random.choice([0.0, 0.0, 0.3]),
    )


def degree(scale: NDArray[np.int64], step: int) -> float:
    """Semitones above its root of a step of a scale that goes on up and down."""
    octave, place = divmod(step, len(scale))
    return float(12 * octave + scale[place])


def add(mix: Float32Array, start: float, sound: Float32Array, gain: float) -> None:
    """Adds a sound to the mix from second ``start`` on; what lies beyond its end is lost."""
    first = round(start * SAMPLE_RATE)
    n = max(0, min(len(sound), len(mix) - first))
    mix[first : first + n] += np.float32(gain) * sound[:n]
