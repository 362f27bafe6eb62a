"""Log-mel spectrogram: what the articulation network hears.

Frame i is centred on sample ``i * HOP_LENGTH``, so that frame i is time i / 100 s. Any range of frames can be
asked for on its own, and gives the same values as the whole: long sound is read in blocks.
"""

from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lipwright.errors import UsageError
from lipwright.scratch import StoredArray

Float32Array = NDArray[np.float32]
Samples = Float32Array | StoredArray
"""Sound, in memory or in a file; float32, shape (n,), 16 kHz mono, full scale +-1."""

SAMPLE_RATE = 16_000
HOP_LENGTH = SAMPLE_RATE // 100  # 160 samples, 10 ms
WINDOW_LENGTH = SAMPLE_RATE // 40  # 400 samples, 25 ms
N_FFT = 512
N_MELS = 80
FLOOR = 1e-16
"""Mean power below which a band counts as silent: -160 dB of full scale, under anything recorded."""

_CHUNK = 1000  # frames transformed at once: 2 MB of spectra


def frame_count(n_samples: int) -> int:
    """How many frames a sound has: one per 10 ms begun."""
    return -(-n_samples // HOP_LENGTH)


def log_mel(samples: Samples, start: int = 0, stop: int | None = None) -> Float32Array:
    """Natural log of the mean power in each mel band, for frames ``start`` to ``stop`` (half-open).

    Args:
        samples: float32, shape (n,), 16 kHz mono, full scale +-1. NaN and infinity are heard as silence;
            beyond both ends of the sound is silence.
        start: first frame, 0-based.
        stop: one past the last frame; None for ``frame_count(n)``.

    Returns:
        float32, shape (stop - start, N_MELS), never below log(FLOOR).
    """
    if samples.ndim != 1:
        raise UsageError(f"mono samples of shape (n,) expected, found {samples.shape}; mix channels first")
    stop = frame_count(len(samples)) if stop is None else stop
    mel = np.empty((max(0, stop - start), N_MELS), np.float32)
    for first in range(start, stop, _CHUNK):
        last = min(first + _CHUNK, stop)
        power = _power(_windows(samples, first, last))
        np.log(np.maximum(power @ _filters(), FLOOR), out=mel[first - start : last - start])
    return mel


def frame_energy(mel: Float32Array) -> Float32Array:
    """Natural log of the power over all bands, float32, shape (n,), of log-mel (n, N_MELS)."""
    return np.asarray(np.log(np.exp(mel).sum(axis=-1)), np.float32)


def _windows(samples: Samples, start: int, stop: int) -> Float32Array:
    """Hann-windowed frames without their mean, shape (stop - start, WINDOW_LENGTH)."""
    first = start * HOP_LENGTH - WINDOW_LENGTH // 2
    last = (stop - 1) * HOP_LENGTH + WINDOW_LENGTH // 2
    heard = np.nan_to_num(samples[max(0, first) : max(0, last)].astype(np.float32), posinf=0.0, neginf=0.0)
    before = max(0, -first)
    padded = np.pad(heard, (before, max(0, last - first - before - len(heard))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_LENGTH)[::HOP_LENGTH]
    # A constant offset of the sound card is not sound.
    return np.asarray((frames - frames.mean(axis=1, keepdims=True)) * _hann(), np.float32)


def _power(frames: Float32Array) -> Float32Array:
    spectrum = scipy.fft.rfft(frames, N_FFT, axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)


@lru_cache(maxsize=1)
def _hann() -> Float32Array:
    """Periodic Hann window scaled so that the power of all bins sums to the mean power of the samples."""
    phase = 2.0 * np.pi * np.arange(WINDOW_LENGTH) / WINDOW_LENGTH
    window = 0.5 - 0.5 * np.cos(phase)
    return np.asarray(window * np.sqrt(2.0 / (N_FFT * (window**2).sum())), np.float32)


@lru_cache(maxsize=1)
def _filters() -> Float32Array:
    """Triangular filters, float32, shape (N_FFT / 2 + 1, N_MELS), 40 Hz to 8 kHz.

    Mel scale: 2595 log10(1 + f / 700), D. O'Shaughnessy, "Speech communication", 1987, page 150.
    """
    edges_mel = np.linspace(_hz_to_mel(40.0), _hz_to_mel(SAMPLE_RATE / 2), N_MELS + 2)
    edges = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    frequencies = np.arange(N_FFT // 2 + 1)[:, None] * (SAMPLE_RATE / N_FFT)
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    filters = np.clip(np.minimum(rising, falling), 0.0, None)
    # The lowest triangles are narrower than a bin and would hear nothing: give them their nearest bin.
    for band in np.flatnonzero(filters.sum(axis=0) == 0.0):
        filters[np.abs(frequencies[:, 0] - edges[band + 1]).argmin(), band] = 1.0
    return np.asarray(filters, np.float32)


def _hz_to_mel(hertz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hertz / 700.0))
