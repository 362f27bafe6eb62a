"""Level of a sound over time: makes log-mel frames independent of gain, microphone and long silences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from lipwright.analysis.speech.mel import N_MELS, Samples, frame_count, frame_energy, log_mel

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

DYNAMIC_RANGE = 12.0
"""Nepers of power (52 dB) below the speech level at which a band counts as silent."""

_CELL = 100  # frames (1 s) whose sums are kept
_SPREAD_CELLS = 10.0  # standard deviation of the sliding average, seconds
_LOUDNESS_EXPONENT = 0.5  # weight of a frame = amplitude: pauses 40 dB down weigh 1 % of speech


@dataclass(frozen=True, eq=False)
class Level:
    """What counts as the ordinary loudness of each mel band, for every second of a sound."""

    bands: Float32Array
    """float32, shape (n_cells, N_MELS): loudness-weighted mean of the log-mel around that second."""
    overall: Float32Array
    """float32, shape (n_cells,): the same of the frame energy."""

    def normalized(self, mel: Float32Array, start: int) -> Float32Array:
        """Frames relative to the level around them, shape (n, N_MELS) like ``mel``.

        Args:
            mel: float32, shape (n, N_MELS): frames ``start`` to ``start + n`` of the sound.
            start: 0-based frame index of the first row.
        """
        bands, overall = self.at(start, start + len(mel))
        return relative_to(mel, bands, overall[:, None])

    def at(self, start: int, stop: int) -> tuple[Float32Array, Float32Array]:
        """Band levels (n, N_MELS) and overall level (n,) of frames ``start`` to ``stop``."""
        left, right, share = self._cells_at(start, stop)
        bands = self.bands[left] * (1 - share[:, None]) + self.bands[right] * share[:, None]
        return np.asarray(bands, np.float32), self.overall_at(start, stop)

    def overall_at(self, start: int, stop: int) -> Float32Array:
        """The overall level alone: of a whole sound, the bands would take eighty times the memory."""
        left, right, share = self._cells_at(start, stop)
        return np.asarray(self.overall[left] * (1 - share) + self.overall[right] * share, np.float32)

    def _cells_at(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Float32Array]:
        """For each frame the cells before and after it, and how far it is from the one to the other."""
        last = len(self.overall) - 1
        place = np.clip((np.arange(start, stop) + 0.5) / _CELL - 0.5, 0, last)
        left = place.astype(np.int64)
        return left, np.minimum(left + 1, last), (place - left).astype(np.float32)


def relative_to(mel: Float32Array, bands: Float32Array, overall: Float32Array) -> Float32Array:
    """Log-mel minus the level of each band, with what lies far below the overall level cut off.

    The floor of a band is ``DYNAMIC_RANGE`` below the power it would have if the overall level were spread
    evenly, so that digital silence, room noise and codec noise look alike.
    """
    floor = overall - np.float32(np.log(N_MELS) + DYNAMIC_RANGE)
    return np.asarray(np.maximum(mel, floor) - np.maximum(bands, floor), np.float32)


def loudness_weights(energy: Float32Array) -> Float64Array:
    """How much each frame counts in a mean level, from its log energy; shape like ``energy``."""
    return np.asarray(np.exp(_LOUDNESS_EXPONENT * energy.astype(np.float64)))


def measure_level(samples: Samples) -> Level:
    """The level of a whole sound, read in blocks; 16 kHz mono samples of shape (n,).

    Silence gets the level of silence; an empty sound one such second.
    """
    sums = [_cell_sums(mel) for mel in _cells(samples)] or [np.zeros(N_MELS + 2)]
    smooth = gaussian_filter1d(np.stack(sums), _SPREAD_CELLS, axis=0, mode="constant", truncate=3.0)
    means = smooth[:, :-1] / np.maximum(smooth[:, -1:], 1e-30)
    return Level(means[:, :N_MELS].astype(np.float32), means[:, N_MELS].astype(np.float32))


def _cells(samples: Samples) -> Iterator[Float32Array]:
    n_frames = frame_count(len(samples))
    for start in range(0, n_frames, _CELL):
        yield log_mel(samples, start, min(start + _CELL, n_frames))


def _cell_sums(mel: Float32Array) -> Float64Array:
    """Weighted sums of bands and energy and the sum of weights, shape (N_MELS + 2,)."""
    energy = frame_energy(mel)
    weights = loudness_weights(energy)
    return np.concatenate([weights @ mel, [weights @ energy, weights.sum()]])
