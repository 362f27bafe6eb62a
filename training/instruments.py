"""Made-up instruments: blown, bowed, plucked, struck and electronic ones, and drums."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from lipwright.analysis.speech.mel import SAMPLE_RATE

Float32Array = NDArray[np.float32]
Generator = np.random.Generator

_HIGHEST = 0.45 * SAMPLE_RATE
_RELEASE = 0.03  # seconds in which a note ends


@dataclass(frozen=True)
class Instrument:
    """How one part of a piece sounds."""

    n_partials: int
    tilt: float
    """Exponent with which partials weaken: 0.5 is bright, 2 is dull."""
    attack: float
    """Seconds to full loudness."""
    decay: float
    """Seconds in which the lowest partial dies away to a third."""
    vibrato: float = 0.0
    """Depth, semitones."""
    damping: float = 0.0
    """Nepers per second at 2 kHz, growing with the square of frequency: strings grow dull as they ring.

    Source: A. Chaigne and A. Askenfelt, Journal of the Acoustical Society of America 95 (2), 1994.
    """
    stiffness: float = 0.0
    """How far partials lie above multiples of the lowest: 1e-4 is a string, 1e-2 a bar or a bell."""
    unevenness: float = 0.0
    """Standard deviation of the loudness of single partials, nepers: where a string is plucked."""
    knock: float = 0.0
    """Loudness of the noise of a hammer or a finger."""
    modulation: float = 0.0
    """Index of frequency modulation, which dies away with the note: bells and electric pianos."""
    loop: float = 0.0
    """Gain of a noise that runs around a loop, just below 1: plucked strings of another making."""
    smoothing: float = 0.5
    """Share of the sample before in that loop: 0.5 grows dull soonest."""


def draw_instrument(random: Generator) -> Instrument:
    """Any of four families: held, plucked or struck, modulated, plucked as a loop."""
    family = random.random()
    if family < 0.35:
        return Instrument(
            n_partials=int(np.exp(random.uniform(0.0, np.log(60.0)))),
            tilt=random.uniform(0.5, 2.0),
            attack=random.choice([0.004, 0.02, 0.1]),
            decay=random.choice([0.15, 0.5, 1.5, 6.0]),
            vibrato=random.choice([0.0, 0.0, 0.3]),
        )
    if family < 0.65:
        return Instrument(
            n_partials=int(random.integers(8, 40)),
            tilt=random.uniform(0.0, 1.3),
            attack=random.uniform(0.001, 0.006),
            decay=float(np.exp(random.uniform(np.log(0.2), np.log(5.0)))),
            damping=float(np.exp(random.uniform(np.log(0.5), np.log(30.0)))),
            stiffness=float(np.exp(random.uniform(np.log(1e-5), np.log(1e-2)))) * random.integers(0, 2),
            unevenness=random.uniform(0.0, 0.9),
            knock=random.uniform(0.0, 0.6) * random.integers(0, 2),
        )
    if family < 0.75:
        return Instrument(
            n_partials=1,
            tilt=1.0,
            attack=random.uniform(0.002, 0.02),
            decay=random.uniform(0.2, 2.5),
            modulation=random.uniform(0.5, 6.0),
        )
    return Instrument(
        n_partials=1,
        tilt=random.uniform(0.0, 0.8),
        attack=0.001,
        decay=float(np.exp(random.uniform(np.log(0.5), np.log(10.0)))),
        loop=random.uniform(0.985, 0.999),
        smoothing=random.uniform(0.1, 0.5),
    )


def note(pitch: float, seconds: float, sound: Instrument, random: Generator) -> Float32Array:
    """One note, float32, shape (n,), peak about 1; ``pitch`` is a MIDI number."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hertz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    kind = _looped if sound.loop else _modulated if sound.modulation else _partials
    wave = kind(hertz, time, sound, random)
    if sound.knock:
        wave += sound.knock * random.normal(size=len(time)) * np.exp(-time / random.uniform(0.003, 0.02))
    envelope = np.minimum(time / sound.attack, 1.0) * np.exp(-time / sound.decay)
    return np.asarray(wave * envelope * np.minimum((seconds - time) / _RELEASE, 1.0), np.float32)


def _partials(
    hertz: float, time: NDArray[np.float64], sound: Instrument, random: Generator
) -> NDArray[np.float64]:
    bend = sound.vibrato * np.sin(2 * np.pi * 5.5 * time + random.uniform(0, 6.28))
    phase = 2 * np.pi * np.cumsum(hertz * 2.0 ** (bend / 12.0)) / SAMPLE_RATE
    wave = np.zeros(len(time))
    for number in range(1, 1 + sound.n_partials):
        ratio = number * np.sqrt(1.0 + sound.stiffness * number**2)
        if hertz * ratio > _HIGHEST:
            break
        gain = number**-sound.tilt * np.exp(random.normal(0.0, 1.0) * sound.unevenness)
        partial = gain * np.sin(ratio * phase + random.uniform(0, 6.28))
        wave += partial * np.exp(-time * sound.damping * (hertz * ratio / 2000.0) ** 2)
    return wave


def _modulated(
    hertz: float, time: NDArray[np.float64], sound: Instrument, random: Generator
) -> NDArray[np.float64]:
    """Source: J. Chowning, Journal of the Audio Engineering Society 21 (7), 1973."""
    ratio = random.choice([1.0, 1.41, 2.0, 3.0, 3.5])
    index = sound.modulation * np.exp(-2.0 * time / sound.decay)
    swing = index * np.sin(2 * np.pi * hertz * ratio * time)
    return np.asarray(np.sin(2 * np.pi * hertz * time + swing))


def _looped(
    hertz: float, time: NDArray[np.float64], sound: Instrument, random: Generator
) -> NDArray[np.float64]:
    """A noise of one period, duller for a softer finger, over and over through a smoothing filter.

    Source: K. Karplus and A. Strong, Computer Music Journal 7 (2), 1983.
    """
    period = max(2, int(SAMPLE_RATE / hertz))
    pluck = np.zeros(len(time))
    pluck[:period] = lfilter([1.0 - sound.tilt], [1.0, -sound.tilt], random.normal(size=period))[: len(time)]
    loop = np.zeros(period + 2)
    loop[0] = 1.0
    loop[period:] = -sound.loop * (1.0 - sound.smoothing), -sound.loop * sound.smoothing
    return np.asarray(lfilter([1.0], loop, pluck))


def kick(random: Generator) -> Float32Array:
    """A low drum, float32, shape (n,), a quarter of a second."""
    time = _quarter()
    hertz, fall = random.uniform(45.0, 75.0), random.uniform(8.0, 20.0)
    bend = 3.0 * (1 - np.exp(-time * 30))
    return np.asarray(np.sin(2 * np.pi * (hertz * time + bend)) * np.exp(-time * fall), np.float32)


def snare(random: Generator) -> Float32Array:
    """A drum that rattles, as long as a kick."""
    time = _quarter()
    skin = random.uniform(0.0, 0.6) * np.sin(2 * np.pi * random.uniform(150.0, 260.0) * time)
    rattle = random.normal(0.0, 0.4, len(time)) + skin
    return np.asarray(rattle * np.exp(-time * random.uniform(12.0, 35.0)), np.float32)


def hat(random: Generator) -> Float32Array:
    """A short cymbal, as long as a kick."""
    time = _quarter()
    hiss = np.diff(random.normal(0.0, 0.3, len(time) + 1))
    return np.asarray(hiss * np.exp(-time * random.uniform(30.0, 90.0)), np.float32)


def _quarter() -> NDArray[np.float64]:
    return np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
