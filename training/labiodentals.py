"""What mouths do in f and v, and how well they are heard: ``python -m training.labiodentals CORPUS_DIR``.

Over the clips whose sentences are known (``training.sentences``). With ``--folds`` every speaker is heard by
weights that never saw them, as ``training.cross_validate --keep`` leaves them.
"""

import argparse
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from lipwright.analysis.speech.articulation import WEIGHTS, articulate
from lipwright.analysis.speech.style import rest_pose
from lipwright.inference.weights import weights_path
from lipwright.measures import CLOSED_GAP_MM, MEASURES, Measure
from training.corpus import Clip, Float32Array, by_speaker, load_corpus, split_speakers
from training.cross_validate import N_FOLDS
from training.figures import area_under_curve
from training.phones import LABIODENTALS, PHONES, SILENCE, UNKNOWN
from training.sentences import with_sentences

BILABIALS = ("P", "B", "M")
THRESHOLDS = (0.2, 0.3, 0.4, 0.5)
_REACH = 0.02  # seconds around a phone in which its smallest gap is looked for


@dataclass(frozen=True)
class Spoken:
    """One phone of a clip."""

    name: str
    start: int
    """Step of 10 ms."""
    stop: int
    """One past the last."""


def spoken(clip: Clip) -> list[Spoken]:
    """The phones of a clip in order, without silence and what is unknown."""
    assert clip.phones is not None
    edges = [0, *(np.flatnonzero(np.diff(clip.phones)) + 1), len(clip.phones)]
    parts = [(int(clip.phones[start]), int(start), int(stop)) for start, stop in pairwise(edges)]
    return [
        Spoken(PHONES[phone], start, stop)
        for phone, start, stop in parts
        if phone != UNKNOWN and PHONES[phone] != SILENCE
    ]


def filmed(clips: list[Clip], names: tuple[str, ...]) -> Float32Array:
    """What mouths do in such phones, from rest; float32, shape (n, 2, 7), canonical mm.

    First in the frame with the smallest gap, second half-way between start and end.
    """
    rows = []
    for own in by_speaker(clips).values():
        rest = rest_pose(np.concatenate([clip.measures for clip in own]))
        for clip in own:
            for phone in spoken(clip):
                start, stop = phone.start / 100, phone.stop / 100
                near = clip.measures[(clip.seconds >= start - _REACH) & (clip.seconds <= stop + _REACH)]
                if phone.name in names and len(near):
                    middle = [np.interp((start + stop) / 2, clip.seconds, curve) for curve in clip.measures.T]
                    rows.append([near[np.argmin(near[:, Measure.GAP])] - rest, middle - rest])
    return np.array(rows, np.float32).reshape(-1, 2, len(MEASURES))


def chances(clip: Clip, weights: Path) -> list[tuple[bool, float]]:
    """Of every phone: whether it is a labiodental, and the highest probability of one while it lasts."""
    heard = articulate(clip.samples, weights=weights).labiodental
    return [
        (phone.name in LABIODENTALS, float(heard[phone.start : phone.stop].max())) for phone in spoken(clip)
    ]


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--folds", type=Path, help="folder with fold_0.onnx and so on; default: what ships")
    chosen = parser.parse_args(arguments)
    clips = load_corpus(chosen.corpus)
    known = with_sentences(clips)
    for names in (LABIODENTALS, BILABIALS):
        rows = filmed(known, names)
        share = (rows[:, 0, Measure.GAP] < CLOSED_GAP_MM).mean()
        print(f"/{' '.join(names).lower()}/ {len(rows)} filmed, closed {share:.0%}; mm from rest:")
        for place, means in zip(("smallest gap", "middle"), rows.mean(axis=0), strict=True):
            parts = [f"{name} {mean:+.1f}" for name, mean in zip(MEASURES, means, strict=True)]
            print(f"  {place}: {', '.join(parts)}")
    heard: list[tuple[bool, float]] = []
    for fold, speakers in enumerate(split_speakers(clips, N_FOLDS)):
        weights = chosen.folds / f"fold_{fold}.onnx" if chosen.folds else weights_path(WEIGHTS)
        for clip in known:
            heard += chances(clip, weights) if clip.speaker in speakers else []
    is_one, highest = (np.array(column) for column in zip(*heard, strict=True))
    print(f"{is_one.sum()} /f v/ among {len(is_one)} phones: AUC {area_under_curve(highest, is_one):.3f}")
    for threshold in THRESHOLDS:
        found, kept = (highest[is_one] >= threshold).mean(), (highest[~is_one] < threshold).mean()
        print(f"  from {threshold}: {found:.0%} of them, and not {kept:.1%} of the others")


if __name__ == "__main__":
    main()
