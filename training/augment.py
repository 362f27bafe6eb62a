"""Random changes of a recorded voice: another speaker, another room, another microphone, another line."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, resample, sosfilt

from lipwright.analysis.speech.mel import SAMPLE_RATE

Float32Array = NDArray[np.float32]
Sound = NDArray[np.floating]
Generator = np.random.Generator

_N_FFT, _HOP = 512, 128
_ENVELOPE = 30  # cepstral coefficients that describe formants and not pitch
_N_KNOTS = 6  # of a random response


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go and how often it is made; the defaults are those of the shipped weights."""

    rate: float = 0.10
    """Largest change of speed, and pitch with it, both ways."""
    warp: float = 0.12
    """Largest shift of the formants beside that, both ways: vocal tract length."""
    equalizer_std: float = 0.3
    """Standard deviation of the microphone's response, nepers of amplitude."""
    noise_share: float = 0.55
    noise_db: tuple[float, float] = (3.0, 35.0)
    """Lowest and highest signal-to-noise ratio."""
    babble_share: float = 0.12
    music_share: float = 0.12
    background_db: tuple[float, float] = (6.0, 30.0)
    """Lowest and highest ratio of voice to babble or music."""
    room_share: float = 0.2
    narrow_share: float = 0.12
    """Of sounds without the highest, and sometimes the lowest, frequencies: telephones and thrifty codecs."""
    clip_share: float = 0.08
    """Of sounds recorded too loud."""
    gain_std: float = 0.1
    """Standard deviation of an error in the level, nepers of amplitude."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What may be heard behind a voice: float32 samples, shape (n,), 16 kHz."""

    voices: Sequence[Float32Array] = field(default_factory=list)
    music: Sequence[Float32Array] = field(default_factory=list)


def vary(
    samples: Float32Array, change: Augmentation, around: Surroundings, random: Generator
) -> tuple[Float32Array, float]:
    """Another version of a sound, and how many times as fast it is."""
    rate = 1.0 + random.uniform(-change.rate, change.rate)
    sound: Sound = resample(samples, max(1, round(len(samples) / rate)))
    warp = 1.0 + random.uniform(-change.warp, change.warp)
    sound = _other_voice(sound, warp, change.equalizer_std * smooth_curve(_N_FFT // 2 + 1, _N_KNOTS, random))
    if random.random() < change.room_share:
        sound = _in_a_room(sound, random)
    if random.random() < change.noise_share:
        sound = _mixed(sound, colored_noise(len(sound), random), random.uniform(*change.noise_db))
    if around.voices and random.random() < change.babble_share:
        sound = _mixed(
            sound, _babble(around.voices, len(sound), random), random.uniform(*change.background_db)
        )
    if around.music and random.random() < change.music_share:
        sound = _mixed(sound, _loop(around.music, len(sound), random), random.uniform(*change.background_db))
    if random.random() < change.narrow_share:
        sound = _narrowed(sound, random)
    if random.random() < change.clip_share:
        most = float(np.abs(sound).max()) * random.uniform(0.2, 0.6)
        sound = np.clip(sound, -most, most)
    return np.asarray(sound * np.exp(random.normal(0.0, change.gain_std)), np.float32), rate


def colored_noise(n: int, random: Generator) -> Sound:
    """Noise of a random colour that sways a little in level, shape (n,)."""
    size = 1 << int(np.ceil(np.log2(n + 1)))
    hertz = np.linspace(0.0, 1.0, size // 2 + 1)
    color = np.interp(np.sqrt(hertz), np.linspace(0.0, 1.0, _N_KNOTS), random.normal(0.0, 0.75, _N_KNOTS))
    response = np.exp(color) * (100.0 * hertz + 1.0) ** -random.uniform(0.0, 1.0)
    wave = np.fft.irfft(response * (random.normal(size=len(hertz)) + 1j * random.normal(size=len(hertz))))
    return np.asarray(wave[:n] * np.exp(0.25 * smooth_curve(n, max(2, n // 8000), random)))


def smooth_curve(n: int, n_knots: int, random: Generator) -> Sound:
    """Random values of spread 1 at some knots, and straight lines between; shape (n,)."""
    knots = random.normal(0.0, 1.0, n_knots)
    return np.asarray(np.interp(np.linspace(0, n_knots - 1, n), np.arange(n_knots), knots))


def _other_voice(sound: Sound, warp: float, response: Sound) -> Sound:
    """Formants ``warp`` times as high, the pitch left; and a response (nepers) over frequencies."""
    window = np.hanning(_N_FFT + 1)[:_N_FFT]
    padded = np.pad(sound, (_N_FFT, _N_FFT + _HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_HOP] * window
    spectrum = np.fft.rfft(frames, axis=1)
    cepstrum = np.fft.irfft(np.log(np.abs(spectrum) + 1e-6), axis=1)
    cepstrum[:, _ENVELOPE : 1 - _ENVELOPE] = 0.0
    envelope = np.fft.rfft(cepstrum, axis=1).real
    place = np.clip(np.arange(_N_FFT // 2 + 1) / warp, 0, _N_FFT // 2 - 1e-3)
    left = place.astype(int)
    moved = envelope[:, left] * (1 - place + left) + envelope[:, left + 1] * (place - left)
    frames = np.fft.irfft(spectrum * np.exp(np.clip(moved - envelope, -4.0, 4.0) + response), axis=1) * window
    total = np.zeros(len(padded) + _N_FFT)
    for turn in range(_N_FFT // _HOP):
        part = frames[turn :: _N_FFT // _HOP].reshape(-1)
        total[turn * _HOP : turn * _HOP + len(part)] += part
    return total[_N_FFT : _N_FFT + len(sound)] / 1.5  # what four squared Hann windows add up to


def _in_a_room(sound: Sound, random: Generator) -> Sound:
    """An echo that dies away in 0.1 to 0.6 s, up to as loud as the voice itself."""
    time = np.arange(round(0.6 * SAMPLE_RATE)) / SAMPLE_RATE
    echo = random.normal(size=len(time)) * np.exp(-6.9 * time / random.uniform(0.1, 0.6))
    echo[: SAMPLE_RATE // 500] = 0.0
    echo *= 10.0 ** (-random.uniform(0.0, 12.0) / 20.0) / np.sqrt((echo**2).sum())
    echo[0] = 1.0
    return np.asarray(fftconvolve(sound, echo)[: len(sound)])


def _babble(voices: Sequence[Float32Array], n: int, random: Generator) -> Sound:
    """One to four other voices at once, equally loud."""
    total = np.zeros(n)
    for _ in range(random.integers(1, 5)):
        voice = _loop(voices, n, random)
        total += voice / _loudness(voice)
    return total


def _narrowed(sound: Sound, random: Generator) -> Sound:
    """Without what is above 2.3 to 7 kHz; half of the time also without lows, or in steps of mu-law."""
    top = butter(6, random.uniform(2300.0, 7000.0), "low", fs=SAMPLE_RATE, output="sos")
    sound = np.asarray(sosfilt(top, sound))
    if random.random() < 0.5:
        low = butter(4, random.uniform(80.0, 400.0), "high", fs=SAMPLE_RATE, output="sos")
        sound = np.asarray(sosfilt(low, sound))
    if random.random() < 0.5:
        level = sound / max(float(np.abs(sound).max()), 1e-9)
        steps = np.round(127.0 * np.sign(level) * np.log1p(255.0 * np.abs(level)) / np.log(256.0)) / 127.0
        sound = np.sign(steps) * np.expm1(np.abs(steps) * np.log(256.0)) / 255.0
    return sound


def _mixed(sound: Sound, background: Sound, distance_db: float) -> Sound:
    gain = _loudness(sound) / _loudness(background) * 10.0 ** (-distance_db / 20.0)
    return np.asarray(sound + gain * background)


def _loop(sounds: Sequence[Float32Array], n: int, random: Generator) -> Sound:
    """n samples of one of the sounds from a random place on, over and over if it is shorter."""
    sound = sounds[random.integers(len(sounds))]
    return np.asarray(sound[(random.integers(len(sound)) + np.arange(n)) % len(sound)])


def _loudness(sound: Sound) -> float:
    """Root mean square over stretches of 25 ms, each weighted with its own: pauses hardly count."""
    stretch = SAMPLE_RATE // 40
    padded = np.pad(sound.astype(np.float64), (0, -len(sound) % stretch))
    power = (padded.reshape(-1, stretch) ** 2).mean(axis=1)
    weights = np.sqrt(power) + 1e-12
    return float(np.sqrt((power * weights).sum() / weights.sum())) + 1e-9
