"""Trains the sync judge: ``python -m training.train_judge CORPUS_DIR --output FILE.onnx``.

Bidirectional recurrent networks over 40 bands and their slopes, whose mean is the answer. Speakers who are
seen in the clips that the project measures itself on are left out (``HELD_OUT``), so that the judge knows
nobody it judges there.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lipwright.analysis.speech.filterbank import BAND_RATE, N_BANDS, judge_features, log_bands
from lipwright.analysis.speech.judge import JUDGE_WEIGHTS, JUDGED
from lipwright.inference.weights import WEIGHTS_FOLDER, write_manifest
from training.corpus import Clip, by_speaker, load_corpus, speaker_scale
from training.judge_network import JudgeNetwork, export_judge
from training.shapes import N_SHAPE, shape_curves

Float32Array = NDArray[np.float32]

HELD_OUT = frozenset(
    {"obama", "andrewng", "noem", "aoc", "kim", "ls1", "ls2", "vr4", "bbc_old", "lrs3_C8zY"}
    | {f"grid_{letter}" for letter in "BCDEFGHIJ"}
)
"""Speakers of the corpus who are in the clips of ``../shared/media`` or speak GRID sentences like them."""
_CROP = 3 * BAND_RATE
_PIECE = 12 * BAND_RATE
"""Frames that are changed and normalised together; the crop is taken from them."""
N_NETWORKS = 3
_LAG_REACH, _LAG_STEP = 30, 2  # frames: moves that the right one is told from, 0.6 s either way
_SHARPNESS = 0.1  # a correlation that is higher by this is e times as likely
_KNOWN_REACH = 0.07  # seconds between a step and the nearest frame whose mouth was seen


@dataclass(frozen=True)
class JudgeRecipe:
    """How the judge is trained; the defaults are those of the shipped weights."""

    n_steps: int = 600
    batch_size: int = 24
    peak_learning_rate: float = 4e-3
    weight_decay: float = 0.02
    dropout: float = 0.25
    shape_weight: float = 0.5
    """Of the shape of the lower face, as a side task."""
    lag_weight: float = 0.3
    """Of telling where in time a sound belongs."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """One clip ready for training."""

    bands: Float32Array
    """float32, shape (n, N_BANDS)."""
    targets: Float32Array
    """float32, shape (n, len(JUDGED)): z-scores of the speaker."""
    shape: Float32Array
    """float32, shape (n, N_SHAPE): see ``training.shapes``; 0 where it was not recorded."""
    has_shape: bool
    is_known: Float32Array
    """float32, shape (n,): 1 where the mouth was seen."""
    weight: float


def make_lessons(clips: list[Clip]) -> list[Lesson]:
    """Lessons of all clips; no speaker counts for more than a minute of footage."""
    lessons, shapes = [], shape_curves(clips)
    for own in by_speaker(clips).values():
        scale = speaker_scale(own)
        seconds = sum(clip.duration for clip in own)
        for clip in own:
            bands = log_bands(clip.samples)
            steps = np.arange(len(bands)) / BAND_RATE
            z_scores = ((clip.measures - scale.mean) / scale.std)[:, list(JUDGED)]
            shape = shapes.get(clip.name, np.zeros((len(clip.seconds), N_SHAPE), np.float32))
            targets, shape = (_at_steps(curves, clip, steps) for curves in (z_scores, shape))
            nearest = np.abs(steps[:, None] - clip.seconds[None, :]).min(axis=1)
            share = min(seconds, 60.0) ** 0.6 * clip.duration / seconds
            known = np.asarray(nearest < _KNOWN_REACH, np.float32)
            lessons.append(Lesson(bands, targets, shape, clip.name in shapes, known, share))
    return lessons


def _at_steps(curves: Float32Array, clip: Clip, steps: NDArray[np.float64]) -> Float32Array:
    columns = [np.interp(steps, clip.seconds, column) for column in curves.T]
    return np.stack(columns, axis=1).astype(np.float32)


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
        parts = [torch.from_numpy(np.stack(part)) for part in zip(*crops, strict=True)]
        optimizer.zero_grad()
        _loss(network, parts, recipe).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def _crop(lesson: Lesson, random: np.random.Generator) -> tuple[Float32Array, ...]:
    """A random stretch, said by another voice in another room: features, targets, shape, steps in which the
    targets are known, and those in which the shape is."""
    rate = random.uniform(0.9, 1.1)
    n_there = int(len(lesson.bands) / rate)
    first = random.uniform(0, max(0, len(lesson.bands) - _PIECE * rate))
    place = np.minimum(first + rate * np.arange(min(_PIECE, max(n_there, 2))), len(lesson.bands) - 1)
    bands = _changed(_at(lesson.bands, place), random)
    start = int(random.integers(0, max(1, len(bands) - _CROP + 1)))
    rows = slice(start, start + _CROP)
    known = lesson.is_known[np.rint(place).astype(np.int64)][rows]
    targets, shape = (_at(curves, place)[rows] for curves in (lesson.targets, lesson.shape))
    features, missing = judge_features(bands)[rows], _CROP - len(known)
    after = ((0, missing), (0, 0))
    known = np.pad(known, (0, missing))[:, None]
    return (
        np.pad(features, after, mode="edge"),
        np.pad(targets, after),
        np.pad(shape, after),
        known,
        known * np.float32(lesson.has_shape),
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


def _loss(network: JudgeNetwork, parts: list[Tensor], recipe: JudgeRecipe) -> Tensor:
    features, targets, shape, known, shape_known = parts
    answers, shape_answers = network(features)
    total = _distance(answers, targets, known)
    total = total + recipe.shape_weight * _distance(shape_answers, shape, shape_known)
    return total + recipe.lag_weight * _misplaced(answers, targets, known)


def _distance(answers: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Squared error, that of steps, and what is missing from r in each crop, summed."""
    error = (answers - targets) * known
    n_known = (known.sum() * targets.shape[2]).clamp(min=1.0)
    steps = torch.diff(error, dim=1) * known[:, 1:] * known[:, :-1]
    missing = 0.5 * (1.0 - _correlation(answers, targets, known)).mean()
    total: Tensor = (error**2).sum() / n_known + 2.0 * (steps**2).sum() / n_known + missing
    return total


def _misplaced(answers: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of the right move among all that are tried, by the mean correlation at each."""
    n = answers.shape[1]
    by_lag = []
    for lag in range(-_LAG_REACH, _LAG_REACH + 1, _LAG_STEP):
        heard, seen = slice(max(0, lag), min(n, n + lag)), slice(max(0, -lag), min(n, n - lag))
        r = _correlation(answers[:, heard], targets[:, seen], known[:, seen])
        by_lag.append(r.mean(dim=1) / _SHARPNESS)
    right = torch.full((len(answers),), len(by_lag) // 2)
    return nn.functional.cross_entropy(torch.stack(by_lag, dim=1), right)


def _correlation(one: Tensor, other: Tensor, known: Tensor) -> Tensor:
    """Of each crop and measure, (batch, k); small where next to nothing is known or moves."""
    n_crop = known.sum(dim=1, keepdim=True).clamp(min=1.0)
    one, other = (
        (values - (values * known).sum(dim=1, keepdim=True) / n_crop) * known for values in (one, other)
    )
    power = (one**2).sum(dim=1) * (other**2).sum(dim=1)
    r: Tensor = (one * other).sum(dim=1) / (power + 1.0).sqrt()
    return r


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--output", type=Path, default=WEIGHTS_FOLDER / JUDGE_WEIGHTS, help="file to write")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--networks", type=int, default=N_NETWORKS, help="how many to average")
    chosen = parser.parse_args(arguments)
    clips = [clip for clip in load_corpus(chosen.corpus) if clip.speaker not in HELD_OUT]
    seeds = range(chosen.seed, chosen.seed + chosen.networks)
    lessons, speakers = make_lessons(clips), {clip.speaker for clip in clips}
    networks = [learn_judge(lessons, JudgeRecipe(), seed) for seed in seeds]
    export_judge(networks, chosen.output, {"seeds": str(list(seeds)), "n_speakers": str(len(speakers))})
    if chosen.output.parent.resolve() == WEIGHTS_FOLDER.resolve():
        write_manifest()
    print(f"{chosen.output}: {chosen.output.stat().st_size} bytes, {len(speakers)} speakers")


if __name__ == "__main__":
    main()
