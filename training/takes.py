"""Takes: every clip in several versions, as the recogniser's encoder hears them, kept in files.

The encoder is not trained, so that each version of a clip goes through it once and is drawn from many times.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.level import measure_level
from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.speech.windows import BEAT_FRAMES, windows
from lipwright.inference.session import Session
from training.augment import Augmentation, Surroundings, colored_noise, vary
from training.backgrounds import backgrounds
from training.corpus import Clip, by_speaker, split_speakers
from training.network import ROWS_PER_BEAT

Float32Array = NDArray[np.float32]
Float16Array = NDArray[np.float16]

_VOICELESS = "voiceless "  # how their names begin
_MUSIC_SHARE = 0.7
_NOISE_SECONDS = 12.0


@dataclass(frozen=True)
class TakePlan:
    """How much is made; the defaults are those of the shipped weights."""

    n_variants: int = 16
    """Versions of every clip; the first is the clip as it is."""
    n_voiceless: int = 12
    """Sounds without a voice in every version."""
    n_pieces: int = 16
    """Pieces of made-up music, played behind voices and alone."""


@dataclass(frozen=True, eq=False)
class Take:
    """One version of one sound."""

    rows: Float16Array
    """float16, shape (n_rows, n_hidden): what the encoder says every 24 ms."""
    mel: Float16Array
    """float16, shape (n_rows * 12 / 5, N_MELS): log-mel relative to its level, every 10 ms."""
    rate: float
    """How many times as fast as the clip it is."""


class Takes:
    """All versions of all clips of a folder that ``make_takes`` has filled."""

    def __init__(self, folder: Path) -> None:
        """Opens the files; rows stay on disk until they are asked for."""
        self._index = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        self._rows = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.rows.npy"))]
        self._mel = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.mel.npy"))]

    def __len__(self) -> int:
        """How many versions there are."""
        return len(self._index)

    def get(self, version: int, name: str) -> Take:
        """A version of a clip."""
        start, stop, rate = self._index[version][name]
        beats = slice(start // ROWS_PER_BEAT * BEAT_FRAMES, stop // ROWS_PER_BEAT * BEAT_FRAMES)
        return Take(self._rows[version][start:stop], self._mel[version][beats], rate)

    @property
    def n_voiceless(self) -> int:
        """How many sounds without a voice every version has."""
        return sum(name.startswith(_VOICELESS) for name in self._index[0])

    def voiceless(self, version: int, place: int) -> Take:
        """One of the sounds without a voice."""
        return self.get(version, f"{_VOICELESS}{place}")

    def mean_and_spread(self) -> tuple[Float32Array, Float32Array]:
        """Of every number of a row, over the clips as they are; float32, shape (n_hidden,) each."""
        rows = self._rows[0][::7].astype(np.float32)
        return rows.mean(axis=0), rows.std(axis=0) + 1e-6


def make_takes(
    clips: list[Clip], encoder: Path, folder: Path, plan: TakePlan | None = None, *, n_jobs: int = 1
) -> Takes:
    """Fills a folder with versions of the clips; the same files on every run.

    The voices behind a clip are those of speakers of its own fold (``split_speakers``): whoever is held out
    with a fold is not heard in the others, not even in the background.

    Args:
        clips: of a corpus.
        encoder: ONNX file that answers rows for a sound (``training.export.export_encoder``).
        folder: where the files go, some 80 MB for each version of 19 minutes.
        plan: how many versions, and of what else.
        n_jobs: processes at work.
    """
    plan = plan or TakePlan()
    music = backgrounds(plan.n_pieces)
    tasks = [(clips, music, plan.n_voiceless, encoder, folder, variant) for variant in range(plan.n_variants)]
    if n_jobs == 1:
        for task in tasks:
            _write(task)
    else:
        with ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn")) as pool:
            list(pool.map(_write, tasks))
    return Takes(folder)


def _write(task: tuple[list[Clip], list[Float32Array], int, Path, Path, int]) -> None:
    clips, music, n_voiceless, encoder, folder, variant = task
    session = Session(encoder)
    rows, mels, index, n_rows = [], [], {}, 0
    for name, samples, rate in _sounds(clips, music, n_voiceless, variant):
        heard, mel = hear(session, samples)
        index[name] = (n_rows, n_rows + len(heard), rate)
        n_rows += len(heard)
        rows.append(heard)
        mels.append(mel)
    np.save(folder / f"{variant:03d}.rows.npy", np.concatenate(rows))
    np.save(folder / f"{variant:03d}.mel.npy", np.concatenate(mels))
    (folder / f"{variant:03d}.json").write_text(json.dumps(index))


def _sounds(
    clips: list[Clip], music: list[Float32Array], n_voiceless: int, variant: int
) -> Iterator[tuple[str, Float32Array, float]]:
    """Name, samples and rate of every sound of a version."""
    folds = {speaker: fold for fold, own in enumerate(split_speakers(clips)) for speaker in own}
    for place, clip in enumerate(clip for own in by_speaker(clips).values() for clip in own):
        random = np.random.default_rng((variant, place))
        beside = [
            one.samples for one in clips if folds[one.speaker] == folds[clip.speaker] and one is not clip
        ]
        changed = clip.samples, 1.0
        if variant > 0:
            changed = vary(clip.samples, Augmentation(), Surroundings(beside, music), random)
        yield clip.name, *changed
    random = np.random.default_rng((variant, len(clips)))
    for place in range(n_voiceless):
        yield f"{_VOICELESS}{place}", _voiceless(music, random), 1.0


def _voiceless(music: list[Float32Array], random: np.random.Generator) -> Float32Array:
    """Music or noise with nobody speaking, as some microphone hears it."""
    if random.random() < _MUSIC_SHARE:
        sound = music[random.integers(len(music))]
    else:
        sound = np.asarray(colored_noise(round(_NOISE_SECONDS * SAMPLE_RATE), random), np.float32)
    return vary(sound, Augmentation(), Surroundings(), random)[0]


def hear(session: Session, samples: Float32Array) -> tuple[Float16Array, Float16Array]:
    """What the encoder says of a sound, (n_rows, n_hidden), and its mel frames, (n_rows * 12 / 5, N_MELS)."""
    rows, mels = [], []
    for heard in windows(samples, measure_level(samples)):
        first, n_beats = (
            (heard.start - heard.first) // BEAT_FRAMES,
            -(-(heard.stop - heard.start) // BEAT_FRAMES),
        )
        answer = session.run(heard.sound)[0][0].T
        rows.append(answer[first * ROWS_PER_BEAT : (first + n_beats) * ROWS_PER_BEAT])
        mels.append(heard.mel[0].T[first * BEAT_FRAMES : (first + n_beats) * BEAT_FRAMES])
    return np.concatenate(rows).astype(np.float16), np.concatenate(mels).astype(np.float16)
