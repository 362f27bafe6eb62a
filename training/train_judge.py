"""Trains the sync judge: ``python -m training.train_judge CORPUS_DIR --output FILE.onnx``.

A bidirectional recurrent network over 40 bands and their slopes. Speakers who are seen in the clips that the
project measures itself on are left out (``HELD_OUT``), so that the judge knows nobody it judges there.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lipwright.analysis.speech.filterbank import BAND_RATE, N_BANDS, judge_features, log_bands
from lipwright.analysis.speech.judge import JUDGE_WEIGHTS, JUDGED
from lipwright.inference.weights import WEIGHTS_FOLDER, write_manifest
from training.corpus import Clip, by_speaker, load_corpus, speaker_scale
from training.judge_network import JudgeNetwork, export_judge

Float32Array = NDArray[np.float32]

HELD_OUT = frozenset(
    {"obama", "andrewng", "noem", "aoc", "kim", "ls1", "ls2", "vr4", "bbc_old", "lrs3_C8zY"}
    | {f"grid_{letter}" for letter in "BCDEFGHIJ"}
)
"""Speakers of the corpus who are in the clips of ``../shared/media`` or speak GRID sentences like them."""
_CROP = 3 * BAND_RATE
_PIECE = 12 * BAND_RATE
"""Frames that are changed and normalised together; the crop is taken from them."""
_KNOWN_REACH = 0.07  # seconds between a step and the nearest frame whose mouth was seen


@dataclass(frozen=True)
class JudgeRecipe:
    """How the judge is trained; the defaults are those of the shipped weights."""

    n_steps: int = 600
    batch_size: int = 24
    peak_learning_rate: float = 4e-3
    weight_decay: float = 0.02
    dropout: float = 0.25


@dataclass(frozen=True, eq=False)
class Lesson:
    """One clip ready for training."""

    bands: Float32Array
    """float32, shape (n, N_BANDS)."""
    targets: Float32Array
    """float32, shape (n, len(JUDGED)): z-scores of the speaker."""
    is_known: Float32Array
    """float32, shape (n,): 1 where the mouth was seen."""
    weight: float


def make_lessons(clips: list[Clip]) -> list[Lesson]:
    """Lessons of all clips; no speaker counts for more than a minute of footage."""
    lessons = []
    for own in by_speaker(clips).values():
        scale = speaker_scale(own)
        seconds = sum(clip.duration for clip in own)
        for clip in own:
            bands = log_bands(clip.samples)
            steps = np.arange(len(bands)) / BAND_RATE
            z_scores = ((clip.measures - scale.mean) / scale.std)[:, list(JUDGED)]
            targets = np.stack([np.interp(steps, clip.seconds, column) for column in z_scores.T], axis=1)
            nearest = np.abs(steps[:, None] - clip.seconds[None, :]).min(axis=1)
            share = min(seconds, 60.0) ** 0.6 * clip.duration / seconds
            known = np.asarray(nearest < _KNOWN_REACH, np.float32)
            lessons.append(Lesson(bands, targets.astype(np.float32), known, share))
    return lessons


def learn_judge(lessons: list[Lesson], recipe: JudgeRecipe, seed: int) -> JudgeNetwork:
    """A network fitted to the lessons; the same seed gives the same network on the same machine."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    random = np.random.default_rng(seed)
    network = JudgeNetwork(recipe.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=recipe.peak_learning_rate, total_steps=recipe.n_steps + 1
    )
    weights = np.array([lesson.weight for lesson in lessons])
    network.train()
    for _ in range(recipe.n_steps):
        chosen = random.choice(len(lessons), recipe.batch_size, p=weights / weights.sum())
        crops = [_crop(lessons[index], random) for index in chosen]
        features, targets, known = (torch.from_numpy(np.stack(part)) for part in zip(*crops, strict=True))
        optimizer.zero_grad()
        _loss(network(features), targets, known[..., None]).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def _crop(lesson: Lesson, random: np.random.Generator) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Features, targets and known steps of a random stretch, said by another voice in another room."""
    rate = random.uniform(0.9, 1.1)
    n_there = int(len(lesson.bands) / rate)
    first = random.uniform(0, max(0, len(lesson.bands) - _PIECE * rate))
    place = np.minimum(first + rate * np.arange(min(_PIECE, max(n_there, 2))), len(lesson.bands) - 1)
    bands = _changed(_at(lesson.bands, place), random)
    start = int(random.integers(0, max(1, len(bands) - _CROP + 1)))
    rows = slice(start, start + _CROP)
    features, targets = judge_features(bands)[rows], _at(lesson.targets, place)[rows]
    known = lesson.is_known[np.rint(place).astype(np.int64)][rows]
    missing = _CROP - len(features)
    return (
        np.pad(features, ((0, missing), (0, 0)), mode="edge"),
        np.pad(targets, ((0, missing), (0, 0))),
        np.pad(known, (0, missing)),
    )


def _at(rows: Float32Array, place: NDArray[np.float64]) -> Float32Array:
    left = np.minimum(place.astype(np.int64), len(rows) - 2)
    share = (place - left).astype(np.float32)[:, None]
    return np.asarray(rows[left] * (1 - share) + rows[left + 1] * share, np.float32)


def _changed(bands: Float32Array, random: np.random.Generator) -> Float32Array:
    """Another vocal tract (bands stretched), background noise, another microphone, a lost band edge."""
    place = np.clip(np.arange(N_BANDS) * random.uniform(0.85, 1.15), 0, N_BANDS - 1.001)
    bands = _at(np.ascontiguousarray(bands.T), place).T
    if random.random() < 0.6:
        level = np.log(np.exp(bands).sum(axis=1).max() / N_BANDS) - random.uniform(1.5, 8.0)
        color = np.interp(np.linspace(0, 4, N_BANDS), np.arange(5), random.normal(0.0, 1.5, 5))
        noise = level + color + np.log(random.gamma(3.0, 1.0 / 3.0, bands.shape))
        bands = np.logaddexp(bands, noise)
    bands = bands + np.interp(np.linspace(0, 5, N_BANDS), np.arange(6), random.normal(0.0, 0.8, 6))
    if random.random() < 0.15:  # telephone: nothing above some 3.5 kHz
        bands[:, int(random.integers(28, 34)) :] = bands.min()
    return np.asarray(bands, np.float32)


def _loss(answers: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Squared error, that of steps, and what is missing from r in each crop, summed."""
    error = (answers - targets) * known
    n_known = known.sum() * targets.shape[2]
    steps = torch.diff(error, dim=1) * known[:, 1:] * known[:, :-1]
    n_crop = known.sum(dim=1, keepdim=True).clamp(min=1.0)
    one, other = (
        (values - (values * known).sum(dim=1, keepdim=True) / n_crop) * known for values in (answers, targets)
    )
    r = (one * other).sum(dim=1) / ((one**2).sum(dim=1) * (other**2).sum(dim=1) + 1.0).sqrt()
    total: Tensor = (error**2).sum() / n_known + 2.0 * (steps**2).sum() / n_known + 0.5 * (1.0 - r).mean()
    return total


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--output", type=Path, default=WEIGHTS_FOLDER / JUDGE_WEIGHTS, help="file to write")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    clips = [clip for clip in load_corpus(chosen.corpus) if clip.speaker not in HELD_OUT]
    network = learn_judge(make_lessons(clips), JudgeRecipe(), chosen.seed)
    speakers = {clip.speaker for clip in clips}
    export_judge(network, chosen.output, {"seed": str(chosen.seed), "n_speakers": str(len(speakers))})
    if chosen.output.parent.resolve() == WEIGHTS_FOLDER.resolve():
        write_manifest()
    print(f"{chosen.output}: {chosen.output.stat().st_size} bytes, {len(speakers)} speakers")


if __name__ == "__main__":
    main()
