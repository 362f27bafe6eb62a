"""Measures weights on a corpus: ``training/evaluate.py CORPUS_DIR --weights FILE.onnx [--json] [--phones]``.

Runs the inference code that ships, not the training code. Figures at the native video frames, lag 0, per
speaker (z-scores with the speaker's own mean and spread), averaged over speakers of at least 3.6 s.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in (None, ""):  # called as a script: the packages are found from the repository root
    _ROOT = Path(__file__).resolve().parent.parent
    sys.path[0:0] = [str(_ROOT), str(_ROOT / "src")]

from lipwright.analysis.speech.articulation import WEIGHTS, articulate
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.errors import LipwrightError
from lipwright.inference.session import Session
from lipwright.inference.weights import weights_path
from training.corpus import Clip, by_speaker, load_corpus, speaker_scale
from training.figures import SPEECH_REACH, Figures, Heard, figures
from training.phones import LABIODENTALS, PHONES, SILENCE, UNKNOWN, with_phones

SHORTEST_SPEAKER = 3.6
"""Seconds of footage below which a speaker is listed but not averaged."""
THRESHOLD_KEY = "closure_threshold"
DEFAULT_THRESHOLD = 0.3


@dataclass(frozen=True)
class SpeakerResult:
    """Figures of one speaker."""

    speaker: str
    language: str
    seconds: float
    figures: Figures

    @property
    def counts(self) -> bool:
        """Whether the speaker is long enough to enter the averages."""
        return self.seconds >= SHORTEST_SPEAKER


def evaluate(clips: list[Clip], weights: Path, threshold: float | None = None) -> list[SpeakerResult]:
    """Figures of every speaker; ``threshold`` None takes the one stored in the weights."""
    if threshold is None:
        threshold = float(Session(weights).metadata.get(THRESHOLD_KEY, DEFAULT_THRESHOLD))
    results = []
    for speaker, own in by_speaker(clips).items():
        heard = [listen(clip, weights) for clip in own]
        seconds = sum(clip.duration for clip in own)
        merit = figures(heard, speaker_scale(own), threshold)
        results.append(SpeakerResult(speaker, own[0].language, seconds, merit))
    return results


def listen(clip: Clip, weights: Path) -> Heard:
    """What the shipped code hears in a clip, at its video frames."""
    motion = articulate(clip.samples, weights=weights)
    steps = np.arange(len(motion.closure)) / MOTION_RATE
    columns = [np.interp(clip.seconds, steps, column) for column in motion.measures.T]
    closure = np.interp(clip.seconds, steps, motion.closure)
    phones = np.full(len(steps), UNKNOWN) if clip.phones is None else clip.phones
    is_phone = (phones != UNKNOWN) & (phones != PHONES.index(SILENCE))
    return Heard(
        np.stack(columns, axis=1).astype(np.float32),
        closure.astype(np.float32),
        clip.measures,
        _near_speech(motion, clip),
        motion.labiodental[is_phone],
        np.isin(phones[is_phone], [PHONES.index(phone) for phone in LABIODENTALS]),
    )


def _near_speech(motion: MouthMotion, clip: Clip) -> np.ndarray[Any, np.dtype[np.bool_]]:
    speaking = np.flatnonzero(motion.activity >= 0.5) / MOTION_RATE
    if len(speaking) == 0:
        return np.zeros(len(clip.seconds), np.bool_)
    right = np.clip(np.searchsorted(speaking, clip.seconds), 0, len(speaking) - 1)
    left = np.maximum(right - 1, 0)
    distance = np.minimum(np.abs(speaking[right] - clip.seconds), np.abs(speaking[left] - clip.seconds))
    return np.asarray(distance <= SPEECH_REACH, np.bool_)


def averages(
    results: list[SpeakerResult], key: Callable[[SpeakerResult], str]
) -> dict[str, dict[str, float]]:
    """Mean figures over the counted speakers of each group, and how many there are."""
    groups: dict[str, list[Figures]] = {}
    for result in results:
        if result.counts:
            groups.setdefault(key(result), []).append(result.figures)
    return {group: _mean(members) for group, members in sorted(groups.items())}


def _mean(members: list[Figures]) -> dict[str, float]:
    table = np.array(
        [[getattr(member, field.name) for field in fields(Figures)] for member in members], float
    )
    known = np.isfinite(table)
    totals = np.where(known, table, 0.0).sum(axis=0)
    means = np.divide(totals, known.sum(axis=0), out=np.full(len(totals), np.nan), where=known.any(axis=0))
    row = {field.name: float(mean) for field, mean in zip(fields(Figures), means, strict=True)}
    return {"n_speakers": len(members), **row, "n_frames": int(table[:, 0].sum())}


def as_json(results: list[SpeakerResult]) -> str:
    """All figures as JSON: ``speakers``, ``languages``, ``average``; null where a figure has no meaning."""
    report = {
        "speakers": {
            result.speaker: {
                "language": result.language,
                "seconds": round(result.seconds, 2),
                "is_averaged": result.counts,
                **asdict(result.figures),
            }
            for result in results
        },
        "languages": averages(results, lambda result: result.language),
        "average": averages(results, lambda _: "all").get("all", {}),
    }
    return json.dumps(_without_nan(report), indent=2)


def as_table(results: list[SpeakerResult]) -> str:
    """All figures as text, one speaker a line; speakers too short to be averaged carry a star.

    Labiodentals have a column only where phones are known.
    """
    names = [field.name for field in fields(Figures)][1:]
    if not any(np.isfinite(result.figures.auc_labio) for result in results):
        names.remove("auc_labio")
    lines = [f"{'speaker':24s}{'lang':>5s}{'seconds':>9s}" + "".join(f"{name:>11s}" for name in names)]
    for result in results:
        label = result.speaker + ("" if result.counts else " *")
        values = [getattr(result.figures, name) for name in names]
        lines.append(f"{label:24s}{result.language:>5s}{result.seconds:9.1f}" + _cells(values))
    groups = averages(results, lambda result: f"language {result.language}")
    groups |= averages(results, lambda _: "average")
    for group, means in groups.items():
        label = f"{group} ({means['n_speakers']:.0f} speakers)"
        lines.append(f"{label:38s}" + _cells([means[name] for name in names]))
    return "\n".join(lines)


def _cells(values: list[float]) -> str:
    return "".join(f"{value:11.3f}" for value in values)


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, float):
        return round(value, 4) if np.isfinite(value) else None
    return value


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="training/evaluate.py", description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--weights", type=Path, help="ONNX file; default: the one that ships")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--phones", action="store_true", help="have pocketsphinx guess phones: labiodentals too"
    )
    chosen = parser.parse_args(arguments)
    try:
        clips = load_corpus(chosen.corpus)
        results = evaluate(
            with_phones(clips) if chosen.phones else clips, chosen.weights or weights_path(WEIGHTS)
        )
    except LipwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(as_json(results) if chosen.json else as_table(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
