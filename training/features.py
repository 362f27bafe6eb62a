"""What the network is shown and what it should answer, for one clip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.activity import energy_activity
from lipwright.analysis.speech.level import measure_level
from lipwright.analysis.speech.mel import frame_energy, log_mel
from lipwright.measures import CLOSED_GAP_MM, N_MEASURES, Measure
from training.corpus import Clip, Scale, by_speaker, speaker_scale
from training.phones import UNKNOWN
from training.shapes import N_SHAPE, shape_curves

Float32Array = NDArray[np.float32]

TARGET_RATE = 50
"""Steps of the network's answer per second; one for every two mel frames."""
CLOSED = N_MEASURES
"""Column of the targets that says whether the lips are closed, 0 to 1."""
SPEAKING = N_MEASURES + 1
"""Column of the targets that says whether somebody speaks, 0 to 1."""
N_TARGETS = N_MEASURES + 2

_FRAME_REACH = 0.07  # seconds: a step this near a tracked frame has a known mouth (15 to 30 fps)
_WEIGHT_CAP_SECONDS = 60.0
_WEIGHT_EXPONENT = 0.6


@dataclass(frozen=True, eq=False)
class Example:
    """One clip ready for training."""

    speaker: str
    mel: Float32Array
    """float32, shape (n, N_MELS): log-mel at 100 Hz, not normalised (noise is added before that)."""
    targets: Float32Array
    """float32, shape (ceil(n / 2), N_TARGETS): z-scores, closed, speaking."""
    is_known: Float32Array
    """float32, shape (ceil(n / 2),): 1 where the mouth was seen."""
    shape: Float32Array
    """float32, shape (ceil(n / 2), N_SHAPE): see ``training.shapes``; NaN where the clip has no points."""
    phones: NDArray[np.int64]
    """int64, shape (ceil(n / 2),): index into ``PHONES``, or UNKNOWN."""
    weight: float
    """How often the clip is drawn, relative to others."""


def make_examples(clips: list[Clip]) -> list[Example]:
    """Examples of all clips; the speakers' weights are capped so that no speaker dominates."""
    examples = []
    curves = shape_curves(clips)
    for own in by_speaker(clips).values():
        scale = speaker_scale(own)
        seconds = sum(clip.duration for clip in own)
        weight = min(seconds, _WEIGHT_CAP_SECONDS) ** _WEIGHT_EXPONENT
        for clip in own:
            share = weight * clip.duration / seconds
            examples.append(make_example(clip, scale, curves.get(clip.name), share))
    return examples


def make_example(
    clip: Clip, scale: Scale, curves: Float32Array | None = None, weight: float = 1.0
) -> Example:
    """One clip as the network sees it, its targets in units of the speaker's own spread.

    Args:
        clip: the clip.
        scale: of its speaker.
        curves: float32, shape (n_frames, N_SHAPE): see ``training.shapes``.
        weight: how often it is drawn.
    """
    mel = log_mel(clip.samples)
    steps = np.arange((len(mel) + 1) // 2) / TARGET_RATE
    targets = np.empty((len(steps), N_TARGETS), np.float32)
    z_scores = (clip.measures - scale.mean) / scale.std
    targets[:, :N_MEASURES] = _at(steps, clip, z_scores)
    is_closed = clip.measures[:, Measure.GAP] < CLOSED_GAP_MM
    targets[:, CLOSED] = np.interp(steps, clip.seconds, is_closed.astype(np.float64))
    activity = energy_activity(frame_energy(mel), measure_level(clip.samples))
    targets[:, SPEAKING] = activity[::2]
    phones = np.full(len(mel), UNKNOWN, np.int64) if clip.phones is None else clip.phones
    shape = np.full((len(steps), N_SHAPE), np.nan, np.float32)
    if curves is not None:
        shape = _at(steps, clip, curves)
    known = _known(steps, clip.seconds)
    return Example(clip.speaker, mel, targets, known, shape, phones[::2], weight)


def _at(steps: NDArray[np.float64], clip: Clip, rows: Float32Array) -> Float32Array:
    """Rows of the video frames, shape (n_frames, k), at other times, shape (len(steps), k)."""
    columns = [np.interp(steps, clip.seconds, column) for column in rows.T]
    return np.stack(columns, axis=1).astype(np.float32)


def _known(steps: NDArray[np.float64], seconds: NDArray[np.float64]) -> Float32Array:
    right = np.clip(np.searchsorted(seconds, steps), 0, len(seconds) - 1)
    left = np.maximum(right - 1, 0)
    distance = np.minimum(np.abs(seconds[right] - steps), np.abs(seconds[left] - steps))
    return np.asarray(distance < _FRAME_REACH, np.float32)
