"""Clips of talking faces: sound, and the mouth measured in every video frame.

A corpus is a folder with ``clips/<name>.npz``. To add footage of your own to one, measured and brought into
step: ``python -m training.corpus VIDEO... --output CORPUS_DIR`` (``training.footage``). The arrays read are
``audio`` (int16, 16 kHz mono), ``t`` (seconds of each video frame on the audio clock), ``feat`` (n_frames, 7:
``lipwright.measures`` in canonical mm), ``ok`` (face tracked), the strings ``speaker`` and ``lang``, and if
there ``pts`` (n_frames, n_points, 3: points of the lower face, canonical mm).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.errors import UsageError

Float32Array = NDArray[np.float32]

_FEWEST_FRAMES = 2  # without movement there is nothing to learn or to measure


@dataclass(frozen=True, eq=False)
class Clip:
    """One clip; only frames with a tracked face are kept."""

    name: str
    speaker: str
    language: str
    samples: Float32Array
    """float32, shape (n,), 16 kHz mono, full scale +-1."""
    seconds: NDArray[np.float64]
    """float64, shape (n_frames,), ascending: when each tracked frame is, on the clock of the sound."""
    measures: Float32Array
    """float32, shape (n_frames, 7), canonical mm."""
    points: Float32Array | None = None
    """float32, shape (n_frames, n_points * 3): the lower face, canonical mm; None if not recorded."""
    phones: NDArray[np.int64] | None = None
    """int64, shape (ceil(duration * 100),): see ``training.phones``; None when they were not decoded."""

    @property
    def duration(self) -> float:
        """Length of the sound in seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and standard deviation of each measure over one speaker's tracked frames."""

    mean: Float32Array
    """float32, shape (7,), canonical mm."""
    std: Float32Array
    """float32, shape (7,), canonical mm, > 0."""


def load_corpus(folder: Path) -> list[Clip]:
    """All clips of a corpus folder in which a face was tracked, by name.

    Raises:
        UsageError: the folder holds no clips.
    """
    paths = sorted((folder / "clips").glob("*.npz"))
    if not paths:
        raise UsageError(f"clips expected in {folder / 'clips'}, found none; pass the folder above 'clips'")
    clips = [load_clip(path) for path in paths]
    return [clip for clip in clips if len(clip.seconds) >= _FEWEST_FRAMES]


def load_clip(path: Path) -> Clip:
    """One clip of a corpus."""
    with np.load(path) as arrays:
        measures = arrays["feat"].astype(np.float32)
        good = arrays["ok"].astype(bool) & np.isfinite(measures).all(axis=1)
        return Clip(
            name=path.stem,
            speaker=_text(arrays["speaker"]),
            language=_text(arrays["lang"]),
            samples=arrays["audio"].astype(np.float32) / 32768.0,
            seconds=arrays["t"].astype(np.float64)[good],
            measures=measures[good],
            points=_points(arrays["pts"], good) if "pts" in arrays else None,
        )


def by_speaker(clips: list[Clip]) -> dict[str, list[Clip]]:
    """The clips of each speaker, speakers in alphabetical order."""
    speakers = sorted({clip.speaker for clip in clips})
    return {speaker: [clip for clip in clips if clip.speaker == speaker] for speaker in speakers}


def speaker_scale(clips: list[Clip]) -> Scale:
    """Mean and standard deviation over all frames of one speaker's clips."""
    frames = np.concatenate([clip.measures for clip in clips])
    return Scale(frames.mean(axis=0), np.maximum(frames.std(axis=0), 1e-3))


def split_speakers(clips: list[Clip], n_folds: int = 4) -> list[set[str]]:
    """Speakers dealt into folds of about equal length, longest speaker first; the same on every run."""
    lengths = {speaker: sum(clip.duration for clip in own) for speaker, own in by_speaker(clips).items()}
    folds: list[set[str]] = [set() for _ in range(n_folds)]
    for place, speaker in enumerate(sorted(lengths, key=lambda name: (-lengths[name], name))):
        turn, position = divmod(place, n_folds)
        folds[position if turn % 2 == 0 else n_folds - 1 - position].add(speaker)
    return folds


def _points(points: NDArray[Any], good: NDArray[np.bool_]) -> Float32Array:
    return points[good].astype(np.float32).reshape(int(good.sum()), -1)


def _text(value: NDArray[Any]) -> str:
    return str(value.item())


if __name__ == "__main__":
    from training.footage import main  # loads the face networks, which reading a corpus does without

    raise SystemExit(main())
