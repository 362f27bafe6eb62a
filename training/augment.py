"""Random changes of voice, room and microphone, made in the mel domain so that they cost nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.level import loudness_weights, relative_to
from lipwright.analysis.speech.mel import FLOOR, N_MELS, frame_energy
from training.features import Example
from training.phones import UNKNOWN

Float32Array = NDArray[np.float32]

CROP_FRAMES = 256
"""Mel frames of one training crop: 2.56 s."""
_REFERENCE_FRAMES = 96  # frames drawn from the whole clip to estimate its level after augmentation


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go; the defaults are those of the shipped weights."""

    is_on: bool = True
    rate: float = 0.10
    """Largest change of speaking rate, both ways."""
    warp: float = 0.17
    """Largest stretch of the mel axis, both ways: vocal tract length."""
    equalizer_std: float = 0.6
    """Standard deviation of the microphone's response, nepers of power."""
    gain_std: float = 0.4
    """Standard deviation of an error in the level, nepers of power."""
    noise_db: tuple[float, float] = (3.0, 35.0)
    """Lowest and highest signal-to-noise ratio."""
    noise_share: float = 0.7
    mask_bands: int = 12
    """Widest group of bands that is blanked."""
    mask_frames: int = 16
    """Longest run of frames that is blanked."""


@dataclass(frozen=True, eq=False)
class Crop:
    """One training crop."""

    mel: Float32Array
    """float32, shape (CROP_FRAMES, N_MELS), normalised as at inference."""
    targets: Float32Array
    """float32, shape (CROP_FRAMES / 2, N_TARGETS)."""
    is_known: Float32Array
    """float32, shape (CROP_FRAMES / 2,)."""
    phones: NDArray[np.int64]
    """int64, shape (CROP_FRAMES / 2,)."""


def draw_crop(example: Example, change: Augmentation, random: np.random.Generator) -> Crop:
    """A random stretch of a clip, changed at random, normalised like a clip of its own."""
    rate = 1.0 + (random.uniform(-change.rate, change.rate) if change.is_on else 0.0)
    latest = len(example.mel) - CROP_FRAMES * rate
    start = 2 * int(random.uniform(min(0.0, latest), max(0.0, latest)) // 2)
    mel = _stretched(example.mel, start, rate, CROP_FRAMES, pad=float(np.log(FLOOR)))
    half = CROP_FRAMES // 2
    targets = _stretched(example.targets, start / 2, rate, half, pad=0.0)
    known = _stretched(example.is_known[:, None], start / 2, rate, half, pad=0.0)[:, 0]
    reference = example.mel[random.integers(0, len(example.mel), _REFERENCE_FRAMES)]
    frames = np.concatenate([mel, reference])
    if change.is_on:
        frames = _changed_voice(frames, change, random)
    mel = _normalized(frames[:CROP_FRAMES], frames[CROP_FRAMES:])
    if change.is_on:
        mel = _changed_microphone(mel, change, random)
    phones = _nearest(example.phones, start / 2, rate, half)
    return Crop(mel, targets, np.asarray(known > 0.99, np.float32), phones)


def _stretched(rows: Float32Array, start: float, rate: float, n: int, *, pad: float) -> Float32Array:
    """n rows from ``start`` on, ``rate`` apart; outside the clip rows of ``pad``."""
    place = start + rate * np.arange(n)
    left = np.floor(place).astype(np.int64)
    share = (place - left).astype(np.float32)[:, None]
    last = len(rows) - 1
    values = rows[np.clip(left, 0, last)] * (1 - share) + rows[np.clip(left + 1, 0, last)] * share
    values[(place < 0) | (place > last)] = pad
    return np.asarray(values, np.float32)


def _nearest(labels: NDArray[np.int64], start: float, rate: float, n: int) -> NDArray[np.int64]:
    """n labels from ``start`` on, ``rate`` apart; UNKNOWN outside the clip."""
    place = np.rint(start + rate * np.arange(n)).astype(np.int64)
    is_inside = (place >= 0) & (place < len(labels))
    return np.where(is_inside, labels[np.clip(place, 0, len(labels) - 1)], UNKNOWN)


def _changed_voice(mel: Float32Array, change: Augmentation, random: np.random.Generator) -> Float32Array:
    """Another vocal tract and another room; the same change for all rows."""
    stretch = 1.0 + random.uniform(-change.warp, change.warp)
    place = np.clip(np.arange(N_MELS) * stretch, 0, N_MELS - 1.001)
    left = place.astype(np.int64)
    share = (place - left).astype(np.float32)
    mel = mel[:, left] * (1 - share) + mel[:, left + 1] * share
    if random.random() < change.noise_share:
        mel = np.logaddexp(mel, _noise(mel, change, random))
    return np.asarray(mel, np.float32)


def _noise(mel: Float32Array, change: Augmentation, random: np.random.Generator) -> Float32Array:
    """Log-mel of coloured noise, slowly changing in level, at a random distance below the speech."""
    energy = frame_energy(mel)
    level = np.average(energy, weights=loudness_weights(energy)) - np.log(N_MELS)
    distance = random.uniform(*change.noise_db) * np.log(10.0) / 10.0
    color = _smooth_curve(N_MELS, 5, random) * 1.5 + random.normal(0.0, 1.0) * np.linspace(-1, 1, N_MELS)
    sway = _smooth_curve(len(mel), 8, random) * 0.5
    # Power of a band of noise in one frame scatters like a chi-square variable of few degrees of freedom.
    grain = np.log(random.gamma(3.0, 1.0 / 3.0, mel.shape))
    return np.asarray(level - distance + color + sway[:, None] + grain, np.float32)


def _changed_microphone(mel: Float32Array, change: Augmentation, random: np.random.Generator) -> Float32Array:
    """An error in level and response that the normalisation did not take out, and blanked patches."""
    mel = mel + random.normal(0.0, change.gain_std)
    mel = mel + change.equalizer_std * _smooth_curve(N_MELS, 6, random)
    for _ in range(2):
        width = random.integers(0, change.mask_bands + 1)
        band = random.integers(0, N_MELS - width + 1)
        mel[:, band : band + width] = 0.0
        length = random.integers(0, change.mask_frames + 1)
        frame = random.integers(0, len(mel) - length + 1)
        mel[frame : frame + length] = 0.0
    return np.asarray(mel, np.float32)


def _normalized(mel: Float32Array, reference: Float32Array) -> Float32Array:
    energy = frame_energy(reference)
    weights = loudness_weights(energy)
    bands = np.average(reference, axis=0, weights=weights)
    overall = np.average(energy, weights=weights)
    return relative_to(mel, np.asarray(bands, np.float32), np.asarray(overall, np.float32))


def _smooth_curve(n: int, n_knots: int, random: np.random.Generator) -> Float32Array:
    knots = random.normal(0.0, 1.0, n_knots)
    return np.asarray(np.interp(np.linspace(0, n_knots - 1, n), np.arange(n_knots), knots), np.float32)
