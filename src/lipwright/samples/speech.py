"""A small voice: speech synthesized from phones with a pulse source, resonators and shaped noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

from lipwright.samples.phones import LINES, PHONES, Phone, TimedPhone, time_phones

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

CONTROL_RATE = 200
"""Steps of the control tracks per second."""
_BURST_SECONDS = 0.016
_BANDWIDTHS = (70.0, 90.0, 130.0, 220.0, 300.0)
"""Of the five resonators, Hz (Klatt 1980, table I, rounded)."""


@dataclass(frozen=True)
class Voice:
    """Who speaks."""

    pitch: float = 115.0
    """Mean frequency of the vocal folds, Hz."""
    tract: float = 1.0
    """Formants relative to an adult male's: 1.15 is a typical woman's shorter tract."""
    tempo: float = 1.0
    seed: int = 0
    """Chooses melody, jitter and noise."""


@dataclass(frozen=True, eq=False)
class Speech:
    """A spoken line and what is known about it."""

    samples: Float32Array
    """float32 mono, shape (n,), -1 to 1."""
    sample_rate: int
    phones: list[TimedPhone]
    """The truth: what is said when."""

    @property
    def seconds(self) -> float:
        """Duration."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, eq=False)
class _Tracks:
    """What the parts of the voice do over time: float64, shape (n,) at CONTROL_RATE; formants (n, 5)."""

    formants: Float64Array
    voice: Float64Array
    breath: Float64Array
    nasal: Float64Array


def speak(line: str = LINES["hello"], voice: Voice = Voice(), sample_rate: int = 16000) -> Speech:
    """Says a line.

    Args:
        line: phones, see ``phones.time_phones``.
        sample_rate: Hz, 16000 or more.
    """
    phones = time_phones(line, voice.tempo)
    rng = np.random.default_rng([voice.seed, 23])
    tracks = _tracks(phones, voice)
    n = round(phones[-1].stop * sample_rate)
    at = np.arange(n) / sample_rate
    source = _folds(at, tracks, voice, sample_rate, rng)
    source += 0.05 * _upsample(tracks.breath, at) * rng.normal(size=n)
    voiced = _resonate(source, tracks, sample_rate)
    voiced *= 1 - 0.35 * _upsample(tracks.nasal, at)
    mixed = voiced / max(float(np.abs(voiced).max()), 1e-9) + _hiss(phones, n, sample_rate, voice, rng)
    mixed += 0.0008 * rng.normal(size=n)
    peak = max(float(np.abs(mixed).max()), 1e-9)
    return Speech((0.7 * mixed / peak).astype(np.float32), sample_rate, phones)


def _upsample(track: Float64Array, at: Float64Array) -> Float64Array:
    return np.interp(at, np.arange(len(track)) / CONTROL_RATE, track)


def _tracks(phones: list[TimedPhone], voice: Voice) -> _Tracks:
    n = int(phones[-1].stop * CONTROL_RATE) + 2
    at = np.arange(n) / CONTROL_RATE
    names = [PHONES[phone.name] for phone in phones]
    index = np.clip(np.searchsorted([phone.stop for phone in phones], at, side="right"), 0, len(phones) - 1)
    levels = np.array([[sound.voice, sound.breath, float(sound.is_nasal)] for sound in names])[index]
    levels = _smooth(levels, 0.012)
    high = np.array([3500.0, 4500.0])
    formants = np.column_stack([_formants(phones, at), np.tile(high, (n, 1))]) * voice.tract
    return _Tracks(formants, levels[:, 0], levels[:, 1], levels[:, 2])


def _formants(phones: list[TimedPhone], at: Float64Array) -> Float64Array:
    """Straight lines between each phone's targets, rounded off: how tongue and lips travel."""
    times, targets = [], []
    for phone in phones:
        sound, length = PHONES[phone.name], phone.stop - phone.start
        times += [phone.start + 0.3 * length, phone.start + 0.75 * length]
        targets += [sound.onset or sound.formants, sound.formants]
    lines = [np.interp(at, times, column) for column in np.array(targets).T]
    return _smooth(np.column_stack(lines), 0.018)


def _smooth(tracks: Float64Array, seconds: float) -> Float64Array:
    """Tracks, shape (n, k), under a Gaussian of the given standard deviation."""
    reach = int(np.ceil(3 * seconds * CONTROL_RATE))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (seconds * CONTROL_RATE)) ** 2)
    padded = np.pad(tracks, ((reach, reach), (0, 0)), mode="edge")
    columns = [np.convolve(column, kernel / kernel.sum(), mode="valid") for column in padded.T]
    return np.column_stack(columns)


def _folds(
    at: Float64Array, tracks: _Tracks, voice: Voice, sample_rate: int, rng: np.random.Generator
) -> Float64Array:
    """The vocal folds' flow: Rosenberg pulses whose pitch falls along the line, with a melody and jitter."""
    if not len(at):
        return np.zeros(0)
    melody = 1 + 0.10 * np.sin(2 * np.pi * (0.55 * at + rng.uniform())) + 0.05 * np.sin(2 * np.pi * 1.7 * at)
    fall = 1.10 - 0.20 * at / max(at[-1], 1e-9)
    knots = np.arange(0.0, at[-1] + 0.1, 0.02)
    jitter = 1 + 0.012 * np.interp(at, knots, rng.normal(size=len(knots)))
    phase = np.cumsum(voice.pitch * melody * fall * jitter / sample_rate) % 1.0
    opening = 0.5 - 0.5 * np.cos(np.pi * phase / 0.40)
    closing = np.cos(0.5 * np.pi * (phase - 0.40) / 0.16)
    flow = np.where(phase < 0.40, opening, np.where(phase < 0.56, closing, 0.0))
    # lips radiate the change of the flow, not the flow
    pulses = np.diff(flow, prepend=flow[0]) * sample_rate / 4000
    return np.asarray(pulses * _upsample(tracks.voice, at))


def _resonate(source: Float64Array, tracks: _Tracks, sample_rate: int) -> Float64Array:
    """The source through five resonators in a row, their frequencies set anew every control step."""
    step = sample_rate // CONTROL_RATE
    out = source.copy()
    for place, bandwidth in enumerate(_BANDWIDTHS):
        memory = np.zeros(2)
        for block in range(0, len(out), step):
            row = min(block // step, len(tracks.formants) - 1)
            wide = bandwidth * (1 + 1.2 * tracks.nasal[row])
            numerator, denominator = _resonator(tracks.formants[row, place], wide, sample_rate)
            part = slice(block, block + step)
            out[part], memory = lfilter(numerator, denominator, out[part], zi=memory)
    return out


def _resonator(frequency: float, bandwidth: float, sample_rate: int) -> tuple[list[float], list[float]]:
    """Coefficients of Klatt's two-pole resonator with unit gain at 0 Hz (Klatt 1980, equation 1)."""
    c = -np.exp(-2 * np.pi * bandwidth / sample_rate)
    b = 2 * np.exp(-np.pi * bandwidth / sample_rate) * np.cos(2 * np.pi * frequency / sample_rate)
    return [1 - b - c], [1.0, -b, -c]


def _hiss(
    phones: list[TimedPhone], n: int, sample_rate: int, voice: Voice, rng: np.random.Generator
) -> Float64Array:
    """Fricatives and the bursts of stops: noise in the band that belongs to each phone."""
    out = np.zeros(n)
    for phone in phones:
        sound = PHONES[phone.name]
        if not sound.hiss:
            continue
        start, stop = (round(edge * sample_rate) for edge in (phone.start, min(phone.stop, n / sample_rate)))
        noise = _band_noise(stop - start, sound, sample_rate, voice, rng)
        out[start:stop] += 0.28 * sound.hiss * noise * _hiss_envelope(sound, stop - start, sample_rate)
    return out


def _hiss_envelope(sound: Phone, n: int, sample_rate: int) -> Float64Array:
    at = np.arange(n) / sample_rate
    if not sound.is_stop:
        return np.asarray(np.sin(np.pi * np.clip(at * sample_rate / max(n, 1), 0, 1)) ** 0.5)
    since = at - (at[-1] - 1.6 * _BURST_SECONDS if n else 0.0)
    return np.asarray(np.where(since > 0, np.exp(-since / (0.5 * _BURST_SECONDS)), 0.0))


def _band_noise(
    n: int, sound: Phone, sample_rate: int, voice: Voice, rng: np.random.Generator
) -> Float64Array:
    center, width = sound.hiss_band
    top = 0.48 * sample_rate
    low = min(max(center * voice.tract - width / 2, 100.0), 0.7 * top)
    high = min(center * voice.tract + width / 2, top)
    band = butter(2, [low, high], btype="bandpass", fs=sample_rate, output="sos")
    noise = sosfilt(band, rng.normal(size=n + 64))[64:]
    return np.asarray(noise / max(float(noise.std()), 1e-9)) if n else np.zeros(0)
