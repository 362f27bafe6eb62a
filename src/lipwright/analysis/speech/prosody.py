"""Melody and stress of a voice over time: what heads and brows move with."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from lipwright.analysis.speech.mel import HOP_LENGTH, SAMPLE_RATE, frame_count, frame_energy, log_mel
from lipwright.analysis.speech.motion import MOTION_RATE

Float32Array = NDArray[np.float32]

_WINDOW = SAMPLE_RATE // 25  # 640 samples, 40 ms: three periods of the lowest voice
_N_FFT = 2 * _WINDOW
_LOWEST_HZ, _HIGHEST_HZ = 75.0, 400.0
_VOICED = 0.55
"""From this autocorrelation on at its peak a frame is voiced."""
_OCTAVE_COST = 0.04
"""Twice the period is a period too: the shorter one is meant."""
_STEPS_AT_ONCE = 2000
_RANGE = 3.5
"""Nepers of power (30 dB) between silence and full stress."""
_ENERGY_SECONDS, _PITCH_SECONDS = 0.06, 0.08
"""Standard deviations of the smoothing: a syllable is kept."""
_MEDIAN_STEPS = 5
"""Outliers of an octave are shorter."""


@dataclass(frozen=True, eq=False)
class Prosody:
    """Melody and stress at some moments of a sound."""

    seconds: NDArray[np.float64]
    """float64, shape (n,), rising."""
    energy: Float32Array
    """float32, shape (n,), 0 to 1: silence to this voice's full stress."""
    pitch: Float32Array
    """float32, shape (n,): semitones above this voice's median; 0 where nothing is voiced."""

    def at(self, seconds: NDArray[np.float64]) -> "Prosody":
        """Sampled at other moments; before and after the sound it is silent."""
        if len(self.seconds) == 0:
            return Prosody(seconds, np.zeros(len(seconds), np.float32), np.zeros(len(seconds), np.float32))
        energy, pitch = (
            np.interp(seconds, self.seconds, curve, left=0.0, right=0.0).astype(np.float32)
            for curve in (self.energy, self.pitch)
        )
        return Prosody(seconds, energy, pitch)


def measure_prosody(samples: Float32Array) -> Prosody:
    """The prosody of a sound, every 10 ms.

    Args:
        samples: float32, shape (n,), 16 kHz mono.
    """
    heard = np.nan_to_num(samples, posinf=0.0, neginf=0.0)
    energy = _energy(heard)
    seconds = np.arange(len(energy)) / MOTION_RATE
    if len(energy) == 0:
        return Prosody(seconds, energy, energy.copy())
    semitones, voicing = _semitones(heard, len(energy))
    is_voiced = (voicing >= _VOICED) & (energy > 0.1)
    if not is_voiced.any():
        return Prosody(seconds, energy, np.zeros_like(energy))
    relative = median_filter(semitones - np.median(semitones[is_voiced]), _MEDIAN_STEPS, mode="nearest")
    weight = is_voiced.astype(np.float64)
    sigma = _PITCH_SECONDS * MOTION_RATE
    # between voiced stretches the melody is bridged, and in longer pauses it returns to the median
    numerator = gaussian_filter1d(np.clip(relative, -12, 12) * weight, sigma, mode="constant")
    share = gaussian_filter1d(weight, sigma, mode="constant")
    return Prosody(seconds, energy, (numerator / np.maximum(share, 0.2)).astype(np.float32))


def _energy(samples: Float32Array) -> Float32Array:
    n_frames = frame_count(len(samples))
    blocks = [
        frame_energy(log_mel(samples, start, min(start + _STEPS_AT_ONCE, n_frames)))
        for start in range(0, n_frames, _STEPS_AT_ONCE)
    ]
    if not blocks:
        return np.zeros(0, np.float32)
    level = np.concatenate(blocks)
    full = max(float(np.quantile(level, 0.95)), -14.0)  # quieter than -60 dB nobody speaks
    share = np.clip(1.0 + (level - full) / (2 * _RANGE), 0.0, 1.0)
    return np.asarray(gaussian_filter1d(share, _ENERGY_SECONDS * MOTION_RATE, mode="constant"), np.float32)


def _semitones(samples: Float32Array, n_steps: int) -> tuple[Float32Array, Float32Array]:
    """Pitch of each step in semitones above 1 Hz, and how periodic it is, 0 to 1; shape (n_steps,) each.

    The highest peak of the autocorrelation, divided by that of the window alone: P. Boersma, "Accurate
    short-term analysis of the fundamental frequency", IFA Proceedings 17, 1993.
    """
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW + HOP_LENGTH)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP_LENGTH][:n_steps]
    shortest, longest = int(SAMPLE_RATE / _HIGHEST_HZ), int(SAMPLE_RATE / _LOWEST_HZ)
    hann = np.hanning(_WINDOW).astype(np.float32)
    octaves = _OCTAVE_COST * np.log2(np.arange(shortest, longest + 1) / shortest)
    of_window = _autocorrelation(hann[None])[0]
    semitones, voicing = np.zeros(n_steps, np.float32), np.zeros(n_steps, np.float32)
    for start in range(0, n_steps, _STEPS_AT_ONCE):
        part = windows[start : start + _STEPS_AT_ONCE]
        found = _autocorrelation((part - part.mean(axis=1, keepdims=True)) * hann)
        power = np.maximum(found[:, :1], 1e-9)
        lags = (found / power / (of_window / of_window[0]))[:, shortest : longest + 1]
        best = (lags - octaves).argmax(axis=1)
        stop = start + len(part)
        voicing[start:stop] = np.clip(lags[np.arange(len(part)), best], 0.0, 1.0) * (found[:, 0] > 1e-6)
        semitones[start:stop] = 12 * np.log2(SAMPLE_RATE / (best + shortest))
    return semitones, voicing


def _autocorrelation(windows: Float32Array) -> Float32Array:
    """Of each row; float32, shape (n, _WINDOW)."""
    spectrum = scipy.fft.rfft(windows, _N_FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(scipy.fft.irfft(power, _N_FFT, axis=1)[:, :_WINDOW], np.float32)
