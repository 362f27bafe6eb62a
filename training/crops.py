"""Training crops: random stretches of random takes, with what the mouth did."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.mel import N_MELS
from lipwright.analysis.speech.windows import BEAT_FRAMES
from training.features import N_TARGETS, SPEAKING, Example
from training.network import ROWS_PER_BEAT, STEPS_PER_BEAT
from training.takes import Take

Float32Array = NDArray[np.float32]

CROP_BEATS = 20
"""Length of a training crop: 2.4 s."""
N_ROWS, N_FRAMES, N_STEPS = (CROP_BEATS * n for n in (ROWS_PER_BEAT, BEAT_FRAMES, STEPS_PER_BEAT))


@dataclass(frozen=True)
class Masking:
    """What is blanked in a crop, so that the network relies on no single sign."""

    bands: int = 12
    """Widest group of mel bands."""
    frames: int = 24
    """Longest run of mel frames."""
    rows: int = 10
    """Longest run of rows."""
    gain_std: float = 0.4
    """Standard deviation of an error in the level of the mel frames, nepers of power."""


@dataclass(frozen=True, eq=False)
class Crop:
    """One training crop."""

    rows: Float32Array
    """float32, shape (N_ROWS, n_hidden)."""
    mel: Float32Array
    """float32, shape (N_FRAMES, N_MELS)."""
    targets: Float32Array
    """float32, shape (N_STEPS, N_TARGETS)."""
    shape: Float32Array
    """float32, shape (N_STEPS, N_SHAPE)."""
    is_known: Float32Array
    """float32, shape (N_STEPS,): whether the mouth was seen."""
    is_sound: Float32Array
    """float32, shape (N_STEPS,): whether the step is inside the clip."""


def draw_crop(example: Example, take: Take, random: np.random.Generator) -> Crop:
    """A random stretch of a take of a clip."""
    start, rows, mel = _stretch(take, random)
    place = (start * STEPS_PER_BEAT + np.arange(N_STEPS)) * take.rate
    inside = (place >= 0) & (place <= len(example.targets) - 1)
    known = _at(example.is_known[:, None], place)[:, 0] > 0.99
    return Crop(
        rows,
        mel,
        _at(example.targets, place),
        _at(example.shape, place),
        (known & inside).astype(np.float32),
        inside.astype(np.float32),
    )


def draw_voiceless(take: Take, like: Crop, random: np.random.Generator) -> Crop:
    """A stretch in which nobody speaks: nothing is known of the mouth; arrays as those of ``like``."""
    _, rows, mel = _stretch(take, random)
    targets = np.zeros((N_STEPS, N_TARGETS), np.float32)
    assert targets[:, SPEAKING].max() == 0.0
    unknown = np.zeros(N_STEPS, np.float32)
    return Crop(rows, mel, targets, np.zeros_like(like.shape), unknown, np.ones(N_STEPS, np.float32))


def masked(crop: Crop, masking: Masking, blank: Float32Array, random: np.random.Generator) -> Crop:
    """The crop with patches of its sound blanked; ``blank`` is the mean row, shape (n_hidden,)."""
    mel, rows = crop.mel + np.float32(random.normal(0.0, masking.gain_std)), crop.rows.copy()
    for _ in range(2):
        band, frame = _run(N_MELS, masking.bands, random), _run(N_FRAMES, masking.frames, random)
        mel[:, band] = 0.0
        mel[frame] = 0.0
        rows[_run(N_ROWS, masking.rows, random)] = blank
    return Crop(rows, mel, crop.targets, crop.shape, crop.is_known, crop.is_sound)


def _run(n: int, longest: int, random: np.random.Generator) -> slice:
    length = random.integers(0, longest + 1)
    start = random.integers(0, n - length + 1)
    return slice(start, start + length)


def _stretch(take: Take, random: np.random.Generator) -> tuple[int, Float32Array, Float32Array]:
    """The beat that a random stretch starts with, its rows and its mel frames; zeros outside the take."""
    n_beats = len(take.rows) // ROWS_PER_BEAT
    spare = n_beats - CROP_BEATS
    start = int(random.integers(min(0, spare), max(0, spare) + 1))
    rows = _cut(take.rows, start * ROWS_PER_BEAT, N_ROWS)
    return start, rows, _cut(take.mel, start * BEAT_FRAMES, N_FRAMES)


def _cut(values: NDArray[np.float16], start: int, n: int) -> Float32Array:
    """n rows from ``start`` on, zeros where there are none."""
    found = np.zeros((n, values.shape[1]), np.float32)
    first, last = max(0, start), min(len(values), start + n)
    found[first - start : last - start] = values[first:last]
    return found


def _at(values: Float32Array, place: NDArray[np.float64]) -> Float32Array:
    """Values at fractional places; those at the ends hold."""
    last = len(values) - 1
    left = np.clip(place.astype(np.int64), 0, last)
    share = np.clip(place - left, 0.0, 1.0).astype(np.float32)[:, None]
    return np.asarray(values[left] * (1 - share) + values[np.minimum(left + 1, last)] * share, np.float32)
