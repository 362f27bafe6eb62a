"""Random changes of voice, room and microphone, made in the mel domain so that they cost little."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.level import loudness_weights, relative_to
from lipwright.analysis.speech.mel import FLOOR, N_MELS, frame_energy
from training.features import N_TARGETS, SPEAKING, Example
from training.phones import UNKNOWN

Float32Array = NDArray[np.float32]

CROP_FRAMES = 256
"""Mel frames of one training crop: 2.56 s."""
_REFERENCE_FRAMES = 96  # frames drawn from the whole clip to estimate its level after augmentation
_DECIBEL = np.log(10.0) / 10.0  # nepers of power
# Power of a band of noise in one frame scatters like a chi-square variable of few degrees of freedom. Drawing
# it anew each time took half of the time of training.
_GRAIN = np.log(np.random.default_rng(0).gamma(3.0, 1.0 / 3.0, 2**20)).astype(np.float32)


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go; the defaults are those of the shipped networks."""

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
    noise_share: float = 0.5
    babble_share: float = 0.3
    """Of crops with other voices behind."""
    music_share: float = 0.6
    background_db: tuple[float, float] = (-3.0, 25.0)
    """Lowest and highest ratio of voice to babble or music."""
    band_share: float = 0.1
    """Of crops without the highest, and sometimes the lowest, bands: telephones and thrifty codecs."""
    mask_bands: int = 12
    """Widest group of bands that is blanked."""
    mask_frames: int = 16
    """Longest run of frames that is blanked."""


@dataclass(frozen=True, eq=False)
class Room:
    """What may be heard behind a voice: log-mel spectrograms, float32, shape (n, N_MELS)."""

    voices: Sequence[Float32Array] = ()
    music: Sequence[Float32Array] = ()


@dataclass(frozen=True, eq=False)
class Crop:
    """One training crop."""

    mel: Float32Array
    """float32, shape (CROP_FRAMES, N_MELS), normalised as at inference."""
    targets: Float32Array
    """float32, shape (CROP_FRAMES / 2, N_TARGETS)."""
    shape: Float32Array
    """float32, shape (CROP_FRAMES / 2, N_SHAPE)."""
    is_known: Float32Array
    """float32, shape (CROP_FRAMES / 2,): whether the mouth was seen."""
    is_sound: Float32Array
    """float32, shape (CROP_FRAMES / 2,): whether the step is inside the clip."""
    phones: NDArray[np.int64]
    """int64, shape (CROP_FRAMES / 2,)."""


def draw_crop(example: Example, change: Augmentation, room: Room, random: np.random.Generator) -> Crop:
    """A random stretch of a clip, changed at random, normalised like a clip of its own."""
    rate = 1.0 + (random.uniform(-change.rate, change.rate) if change.is_on else 0.0)
    latest = len(example.mel) - CROP_FRAMES * rate
    start = 2 * int(random.uniform(min(0.0, latest), max(0.0, latest)) // 2)
    mel = _stretched(example.mel, start, rate, CROP_FRAMES, pad=float(np.log(FLOOR)))
    reference = example.mel[random.integers(0, len(example.mel), _REFERENCE_FRAMES)]
    mel = _heard(np.concatenate([mel, reference]), change, room, random)

    def steps(rows: Float32Array) -> Float32Array:
        return _stretched(rows, start / 2, rate, CROP_FRAMES // 2, pad=0.0)

    known = steps(example.is_known[:, None])[:, 0] > 0.99
    inside = steps(np.ones_like(example.is_known)[:, None])[:, 0]
    phones = _nearest(example.phones, start / 2, rate, CROP_FRAMES // 2)
    return Crop(mel, steps(example.targets), steps(example.shape), known.astype(np.float32), inside, phones)


def draw_voiceless(like: Crop, change: Augmentation, room: Room, random: np.random.Generator) -> Crop:
    """Music or noise with nobody speaking: nothing is known of the mouth; arrays as those of ``like``."""
    n = CROP_FRAMES + _REFERENCE_FRAMES
    mel = np.full((n, N_MELS), np.log(FLOOR), np.float32)
    if room.music and random.random() < 0.75:
        mel = _loop(room.music, n, random)
    else:
        mel = _noise(np.zeros((n, N_MELS), np.float32), change, random)
    steps = CROP_FRAMES // 2
    targets = np.zeros((steps, N_TARGETS), np.float32)
    assert targets[:, SPEAKING].max() == 0.0
    return Crop(
        _heard(mel, change, Room(), random),
        targets,
        np.zeros_like(like.shape),
        np.zeros(steps, np.float32),
        np.ones(steps, np.float32),
        np.full(steps, UNKNOWN, np.int64),
    )


def _heard(
    frames: Float32Array, change: Augmentation, room: Room, random: np.random.Generator
) -> Float32Array:
    """The first CROP_FRAMES frames as a microphone hears them; the others only tell the level."""
    if not change.is_on:
        return _normalized(frames[:CROP_FRAMES], frames[CROP_FRAMES:])
    frames = _changed_voice(frames, change, random)
    if random.random() < change.noise_share:
        frames = _sum(frames, _noise(frames, change, random))
    if room.voices and random.random() < change.babble_share:
        frames = _behind(frames, _babble(room, len(frames), random), change, random)
    if room.music and random.random() < change.music_share:
        frames = _behind(frames, _loop(room.music, len(frames), random), change, random)
    if random.random() < change.band_share:
        frames = _narrowed(frames, random)
    mel = _normalized(frames[:CROP_FRAMES], frames[CROP_FRAMES:])
    return _changed_microphone(mel, change, random)


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
    """Another vocal tract; the same change for all rows."""
    stretch = 1.0 + random.uniform(-change.warp, change.warp)
    place = np.clip(np.arange(N_MELS) * stretch, 0, N_MELS - 1.001)
    left = place.astype(np.int64)
    share = (place - left).astype(np.float32)
    weights = np.zeros((N_MELS, N_MELS), np.float32)
    weights[left, np.arange(N_MELS)] = 1 - share
    weights[left + 1, np.arange(N_MELS)] = share
    return np.asarray(mel @ weights, np.float32)


def _noise(mel: Float32Array, change: Augmentation, random: np.random.Generator) -> Float32Array:
    """Log-mel of coloured noise, slowly changing in level, at a random distance below the speech."""
    distance = random.uniform(*change.noise_db) * _DECIBEL
    color = _smooth_curve(N_MELS, 5, random) * 1.5 + random.normal(0.0, 1.0) * np.linspace(-1, 1, N_MELS)
    sway = _smooth_curve(len(mel), 8, random) * np.float32(0.5)
    first = random.integers(0, len(_GRAIN) - mel.size)
    grain = _GRAIN[first : first + mel.size].reshape(mel.shape)
    level = np.float32(_loudness(mel) - np.log(N_MELS) - distance)
    return np.asarray(grain + sway[:, None] + (color.astype(np.float32) + level), np.float32)


def _babble(room: Room, n: int, random: np.random.Generator) -> Float32Array:
    """One to four other voices at once, equally loud."""
    total = _loop(room.voices, n, random)
    total -= np.float32(_loudness(total))
    for _ in range(random.integers(0, 4)):
        voice = _loop(room.voices, n, random)
        total = _sum(total, voice - np.float32(_loudness(voice)))
    return total


def _behind(
    frames: Float32Array, background: Float32Array, change: Augmentation, random: np.random.Generator
) -> Float32Array:
    distance = random.uniform(*change.background_db) * _DECIBEL
    gain = _loudness(frames) - _loudness(background) - distance
    return _sum(frames, background + np.float32(gain))


def _narrowed(frames: Float32Array, random: np.random.Generator) -> Float32Array:
    """Without the bands above 2 to 7 kHz, and half of the time without those below 300 Hz at most."""
    frames = frames.copy()
    floor = _loudness(frames) - np.log(N_MELS) - random.uniform(40.0, 90.0) * _DECIBEL
    top = random.integers(40, N_MELS - 2)
    low = random.integers(0, 10) if random.random() < 0.5 else 0
    frames[:, top:] = np.minimum(frames[:, top:], floor)
    frames[:, :low] = np.minimum(frames[:, :low], floor)
    return frames


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


def _loudness(mel: Float32Array) -> float:
    energy = frame_energy(mel)
    return float(np.average(energy, weights=loudness_weights(energy)))


def _loop(sounds: Sequence[Float32Array], n: int, random: np.random.Generator) -> Float32Array:
    """n frames of one of the sounds from a random place on, over and over if it is shorter."""
    sound = sounds[random.integers(len(sounds))]
    return np.asarray(sound[(random.integers(len(sound)) + np.arange(n)) % len(sound)], np.float32)


def _sum(one: Float32Array, other: Float32Array) -> Float32Array:
    """Log of the sum of two powers; twice as fast as ``logaddexp``, and neither is below 1e-16."""
    return np.asarray(np.log(np.exp(one) + np.exp(other)), np.float32)


def _smooth_curve(n: int, n_knots: int, random: np.random.Generator) -> Float32Array:
    knots = random.normal(0.0, 1.0, n_knots)
    return np.asarray(np.interp(np.linspace(0, n_knots - 1, n), np.arange(n_knots), knots), np.float32)
