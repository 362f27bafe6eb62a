"""Measures the sync judge on speakers it never heard: ``python -m training.evaluate_judge CORPUS_DIR``.

Trains a judge for each of four folds of speakers and judges windows of those left out, with their own sound
and with that of others. ``--weights FILE.onnx`` judges the speakers in ``HELD_OUT`` with that file instead.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.filterbank import BAND_RATE
from lipwright.analysis.speech.judge import JUDGED, expect_mouth
from lipwright.analysis.sync_judge import SURE, lag_curves, opinion
from training.corpus import Clip, Float32Array, load_corpus, split_speakers
from training.judge_network import export_judge
from training.train_judge import HELD_OUT, N_NETWORKS, JudgeRecipe, learn_judge, make_lessons

WINDOW_SECONDS = (3.0, 5.0, 10.0)
MATCHED_SECONDS = 0.041
"""An offset this near the removed one counts as found."""
_MISMATCHED_PER_WINDOW = 3
_MOST_CLIPS = 8
"""Of one speaker: the many short ones of a single speaker would outweigh all others."""
_ROOM_SECONDS = 1.2
"""What a foreign sound must be longer than a window by, so that every lag is heard."""
_FEWEST_FRAMES = 20


@dataclass(frozen=True)
class Trial:
    """One window of a mouth with one sound."""

    seconds: float
    is_matched: bool
    r: float
    """As the clip plays."""
    peak: float
    """Of the curve of changes."""
    av_offset: float
    clearness: float
    confidence: float


def trials(clips: list[Clip], weights: Path, seed: int = 0) -> list[Trial]:
    """All windows of some clips, each with its own sound and with sounds of other speakers."""
    random = np.random.default_rng(seed)
    kept = [clip for number, clip in _numbered(clips) if number < _MOST_CLIPS]
    expected = {clip.name: expect_mouth(clip.samples, weights=weights) for clip in kept}
    found = []
    for clip in kept:
        for seconds in WINDOW_SECONDS:
            strangers = [
                other
                for other in kept
                if other.speaker != clip.speaker and other.duration >= seconds + _ROOM_SECONDS
            ]
            for is_inside in _windows(clip, seconds):
                found.append(_trial(clip, is_inside, expected[clip.name], 0.0, seconds, is_matched=True))
                for _ in range(_MISMATCHED_PER_WINDOW if strangers else 0):
                    other = strangers[random.integers(len(strangers))]
                    start = random.uniform(0.6, max(0.6, other.duration - seconds - 0.6))
                    move = start - float(clip.seconds[is_inside][0])
                    found.append(_trial(clip, is_inside, expected[other.name], move, seconds))
    return [trial for trial in found if np.isfinite(trial.peak)]


def as_table(found: list[Trial]) -> str:
    """The table of the model card, in Markdown; windows that fit in no clip are left out."""
    lines = [
        "| window | pairs, true / mismatched | r | peak of changes, true: mean / 5 % "
        "| mismatched: mean / 95 % | within 40 ms | sure, true | of these within 40 ms | sure, mismatched |",
        "|" + "---|" * 9,
    ]
    for seconds in WINDOW_SECONDS:
        true, false = (
            [t for t in found if t.seconds == seconds and t.is_matched is k] for k in (True, False)
        )
        if not (true and false):
            continue
        is_near = np.array([abs(trial.av_offset) <= MATCHED_SECONDS for trial in true])
        is_sure = np.array([trial.confidence >= SURE for trial in true])
        near_if_sure = f"{is_near[is_sure].mean():.0%}" if is_sure.any() else "-"
        peaks, chance = (np.array([trial.peak for trial in kind]) for kind in (true, false))
        mistaken = np.mean([trial.confidence >= SURE for trial in false])
        lines.append(
            f"| {seconds:g} s | {len(true)} / {len(false)} | {np.mean([trial.r for trial in true]):.2f} "
            f"| {peaks.mean():.2f} / {np.quantile(peaks, 0.05):.2f} "
            f"| {chance.mean():.2f} / {np.quantile(chance, 0.95):.2f} | {is_near.mean():.0%} "
            f"| {is_sure.mean():.0%} | {near_if_sure} | {mistaken:.1%} |"
        )
    return "\n".join(lines)


def chance_of(found: list[Trial]) -> tuple[float, float]:
    """Mode and scale of the Gumbel distribution that the clearness of mismatched pairs follows."""
    clearness = np.array([trial.clearness for trial in found if not trial.is_matched])
    scale = float(clearness.std() * np.sqrt(6.0) / np.pi)
    return float(clearness.mean() - np.euler_gamma * scale), scale


def _numbered(clips: list[Clip]) -> Iterator[tuple[int, Clip]]:
    """Each clip with its number among those of its speaker."""
    counts: dict[str, int] = {}
    for clip in clips:
        counts[clip.speaker] = counts.get(clip.speaker, -1) + 1
        yield counts[clip.speaker], clip


def _windows(clip: Clip, seconds: float) -> Iterator[NDArray[np.bool_]]:
    """Masks of the frames of one window after another."""
    for start in np.arange(0.0, clip.duration - seconds + 0.3, seconds):
        is_inside = (clip.seconds >= start) & (clip.seconds < start + seconds)
        if is_inside.sum() >= _FEWEST_FRAMES:
            yield is_inside


def _trial(
    clip: Clip,
    is_inside: NDArray[np.bool_],
    expected: Float32Array,
    move: float,
    seconds: float,
    *,
    is_matched: bool = False,
) -> Trial:
    measured = clip.measures[is_inside][:, list(JUDGED)]
    times = clip.seconds[is_inside]
    curves = lag_curves(measured, times + move, expected, np.arange(len(expected)) / BAND_RATE)
    said, best = opinion(curves), curves.best
    peak, clearness = (curves.change_r[best], curves.clearness) if best is not None else (np.nan, 0.0)
    return Trial(seconds, is_matched, said.r, float(peak), said.av_offset, clearness, said.confidence)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--networks", type=int, default=N_NETWORKS, help="how many each judge averages")
    parser.add_argument("--keep", type=Path, help="folder to leave the weights of each fold in")
    parser.add_argument("--weights", type=Path, help="judge the speakers in HELD_OUT with this file")
    chosen = parser.parse_args(arguments)
    clips = load_corpus(chosen.corpus)
    found = []
    if chosen.weights is not None:
        found = trials([clip for clip in clips if clip.speaker in HELD_OUT], chosen.weights)
    else:
        with TemporaryDirectory() as scratch:
            folder = chosen.keep or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            for number, held_out in enumerate(split_speakers(clips)):
                weights = folder / f"fold_{number}.onnx"
                lessons = make_lessons([clip for clip in clips if clip.speaker not in held_out])
                networks = [learn_judge(lessons, JudgeRecipe(), seed) for seed in range(chosen.networks)]
                export_judge(networks, weights, {})
                found += trials([clip for clip in clips if clip.speaker in held_out], weights)
    print(as_table(found))
    mode, scale = chance_of(found)
    print(f"clearness of mismatched pairs: Gumbel distribution of mode {mode:.3f} and scale {scale:.3f}")


if __name__ == "__main__":
    main()
