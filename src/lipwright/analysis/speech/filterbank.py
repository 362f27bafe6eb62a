"""What the sync judge hears: 40 bands of loudness and how they change, 50 times a second.

Kept apart from ``mel``, which the engine's ear hears with: another scale, another window, another rate and
another normalisation, so that a fault of one is not a fault of the other.
"""

from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lipwright.analysis.speech.mel import SAMPLE_RATE, Samples

Float32Array = NDArray[np.float32]

BAND_RATE = 50
"""Frames a second; frame i is centred on time i / BAND_RATE."""
N_BANDS = 40
N_FEATURES = 2 * N_BANDS
"""Of each frame: the bands, then their slopes."""

_HOP = SAMPLE_RATE // BAND_RATE  # 320 samples, 20 ms
_WINDOW = 512  # samples, 32 ms
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 7000.0
_SILENCE = 1e-12  # mean power, -120 dB of full scale
_RANGE = 10.0  # nepers of power, 43 dB: what lies further below the loud frames is not heard
_LOUD_SHARE = 95.0  # percentile of the frame energy that counts as loud
_SPREAD = 2.0  # nepers; brings features near a standard deviation of 1


def band_count(n_samples: int) -> int:
    """How many frames a sound has: one for every 20 ms begun."""
    return -(-n_samples // _HOP)


def log_bands(samples: Samples, start: int = 0, stop: int | None = None) -> Float32Array:
    """Natural log of the power in each band, frames ``start`` to ``stop`` (half-open), shape (n, N_BANDS).

    Args:
        samples: float32, shape (n,), 16 kHz mono; NaN and infinity are heard as silence, and so is what lies
            beyond both ends.
        start: first frame, 0-based.
        stop: one past the last frame; None for ``band_count(n)``.
    """
    stop = band_count(len(samples)) if stop is None else stop
    if stop <= start:
        return np.empty((0, N_BANDS), np.float32)
    first, last = start * _HOP - _WINDOW // 2, (stop - 1) * _HOP + _WINDOW // 2
    heard = np.asarray(samples[max(0, first) : max(0, last)], np.float32)
    heard = np.nan_to_num(heard, posinf=0.0, neginf=0.0)
    before = max(0, -first)
    padded = np.pad(heard, (before, max(0, last - first - before - len(heard))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = scipy.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * _window(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) @ _bands()
    return np.asarray(np.log(np.maximum(power, _SILENCE)), np.float32)


def judge_features(bands: Float32Array) -> Float32Array:
    """Bands relative to what is usual in them while it is loud, and their slopes; shape (n, N_FEATURES).

    Args:
        bands: float32, shape (n, N_BANDS), n > 0: a stretch of sound, some seconds at the least.
    """
    energy = np.log(np.exp(bands.astype(np.float64)).sum(axis=1))
    loud = np.percentile(energy, _LOUD_SHARE)
    heard = np.maximum(bands, loud - np.log(N_BANDS) - _RANGE)
    weights = np.exp(0.5 * np.clip(energy - loud, -2 * _RANGE, 0.0))
    level = np.average(heard, axis=0, weights=weights)
    relative = (heard - level) / _SPREAD
    return np.hstack([relative, _slopes(relative)]).astype(np.float32)


def _slopes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Regression over two frames each way, in units of a frame; the ends repeat."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    near, far = padded[3:-1] - padded[1:-3], padded[4:] - padded[:-4]
    return np.asarray((near + 2.0 * far) / 5.0)


@lru_cache(maxsize=1)
def _window() -> Float32Array:
    phase = 2.0 * np.pi * (np.arange(_WINDOW) + 0.5) / _WINDOW
    window = 0.5 - 0.5 * np.cos(phase)
    return np.asarray(window * np.sqrt(2.0 / (_WINDOW * (window**2).sum())), np.float32)


@lru_cache(maxsize=1)
def _bands() -> Float32Array:
    """Triangles equally wide in equivalent rectangular bandwidths, shape (_WINDOW / 2 + 1, N_BANDS).

    21.4 log10(1 + 0.00437 f): B. Glasberg and B. Moore, Hearing Research 47 (1990), equation 4.
    """
    low, high = (21.4 * np.log10(1.0 + 0.00437 * hertz) for hertz in (_LOWEST_HZ, _HIGHEST_HZ))
    edges = (10.0 ** (np.linspace(low, high, N_BANDS + 2) / 21.4) - 1.0) / 0.00437
    hertz = np.arange(_WINDOW // 2 + 1)[:, None] * (SAMPLE_RATE / _WINDOW)
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    # the lowest triangles may fall between two bins: they hear the nearest
    for band in np.flatnonzero(triangles.sum(axis=0) == 0.0):
        triangles[np.abs(hertz[:, 0] - edges[band + 1]).argmin(), band] = 1.0
    return np.asarray(triangles, np.float32)
