"""What becomes of things in front of a mouth, where it is known which samples are theirs.

    python -m benchmarks.covers --clips kim obama2 --output out/covers

Lays each of ``benchmarks.occluders`` over real clips (over the project's own presenter where there is none),
gives the result a foreign voice or silence, and holds what was drawn against what lies in front and against
the mouth as it was filmed. Writes results.json and results.md, and keeps the videos.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.clips import PRESENTER, Case, find_cases
from benchmarks.covered import Covered, cover, filmed_face
from benchmarks.guard import GuardedEngine
from benchmarks.matching import same_face
from benchmarks.occluders import OCCLUDERS
from benchmarks.tolls import FREE, Toll, WatchedEngine
from lipwright.engines import registry
from lipwright.measures import Measure
from lipwright.media.video_reader import VideoReader
from lipwright.render.job import RenderJob
from lipwright.render.pipeline import run_job
from lipwright.render.timing import SyncMode
from lipwright.scoring.curves import mouth_curves
from lipwright.scoring.watch import Watched, watch

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

_SPOILT_SHARE = 0.02
VISIBLE, HIDDEN = 0.9, 0.4
"""Shares of the lips that are seen: from the one on a mouth is to be drawn, below the other it is not."""
_DONOR = 0.97
_MISPLACED_MM = 3.0
_NEAR_MM = 2.0
_FULL = 0.999
CLIPS = ("obama2", "noem", "aoc", "kim")


@dataclass
class Row:
    """One thing over one clip; frames, or shares of 0 to 1; NaN where there is nothing to measure."""

    clip: str
    thing: str
    n_frames: int
    spoilt: int = 0
    """Drawn frames in which more than one in 50 samples of the thing, where the drawing reaches, changed."""
    changed: float = float("nan")
    """Share of those samples over all drawn frames."""
    hidden: int = 0
    """Frames whose lips are mostly hidden."""
    hidden_drawn: int = 0
    donors_covered: int = 0
    """Frames that are drawn with lips of which some were covered."""
    visible: int = 0
    """Frames whose lips are seen, all but a tenth."""
    visible_drawn: int = 0
    follows: float = float("nan")
    """Of those, and readable, the share whose gap is within 2 mm of the one asked for."""
    misplaced: int = 0
    """Drawn frames whose visible lips the face mesh puts elsewhere: both mouths show."""
    left: float = float("nan")
    """Share of the visible lips that is left as it was in drawn frames."""


@dataclass(frozen=True, eq=False)
class Shown:
    """One row per output frame."""

    frames: NDArray[np.intp]
    """int, shape (n,): of the source; -1 where no mouth was ordered."""
    wanted: Float32Array
    """float32, shape (n,): gap, canonical mm."""
    strength: Float32Array
    """float32, shape (n,), 0 to 1."""
    gap: Float32Array
    """float32, shape (n,): as it is read from the output, canonical mm; NaN where it cannot be."""


def measure(covered: Covered, voice: Path, model: str, thing: str, clip: str) -> Row:
    """Gives a covered clip a voice, and says what became of it."""
    engine = WatchedEngine(registry.engine(model), covered=covered)
    target = covered.path.with_name(f"{covered.path.stem}-{voice.stem}.mp4")
    report = run_job(RenderJob(covered.path, voice, target, engine, SyncMode.CUT_OFF))
    with VideoReader(target, threads=1) as reader:
        shape, output = (reader.info.height, reader.info.width), watch(reader)
    shown = _shown(engine, output, report.n_frames)
    seen = {index: covered.seen(index, shape) for index in covered.layers}
    share = np.array([seen.get(frame, np.nan) for frame in shown.frames.tolist()])
    row = Row(clip, thing, report.n_frames)
    _measure_samples(row, engine.tolls)
    drawn, full = shown.strength > 0, shown.strength >= _FULL
    visible, hidden = share >= VISIBLE, share < HIDDEN
    row.hidden, row.hidden_drawn = int(hidden.sum()), int((hidden & drawn).sum())
    row.visible, row.visible_drawn = int(visible.sum()), int((visible & full).sum())
    read = visible & full & np.isfinite(shown.gap)
    row.follows = _share(np.abs(shown.gap - np.maximum(shown.wanted, 0))[read] < _NEAR_MM)
    row.donors_covered = _covered_donors(engine, seen)
    row.misplaced = _misplaced(engine, covered, shape)
    np.savez_compressed(
        target.with_suffix(".npz"),
        share=share, strength=shown.strength, wanted=shown.wanted, gap=shown.gap, frames=shown.frames,
    )  # fmt: skip
    return row


def _shown(engine: GuardedEngine, output: Watched, n_frames: int) -> Shown:
    """What was asked of the mouths, and what is seen of them."""
    frames, nothing = np.full(n_frames, -1), np.full(n_frames, np.nan, np.float32)
    strength, wanted = np.zeros(n_frames, np.float32), nothing.copy()
    found: set[int] = set()
    for plan in engine.mouths:
        order = plan.order
        assert engine.scene is not None
        frames[order.output_frames] = order.source_frames
        wanted[order.output_frames] = order.measures[:, Measure.GAP]
        strength[order.output_frames] = order.strength
        track = engine.scene.analysis.tracks[order.track_id]
        found |= same_face(track, order, output.analysis, order.output_frames)
    return Shown(frames, wanted, strength, mouth_curves(output, sorted(found)).gap)


def _measure_samples(row: Row, tolls: Sequence[Toll]) -> None:
    row.spoilt = sum(one.changed > _SPOILT_SHARE * one.solid for one in tolls)
    row.changed = sum(one.changed for one in tolls) / max(1, sum(one.solid for one in tolls))
    row.left = sum(one.left for one in tolls) / max(1, sum(one.free for one in tolls))


def _covered_donors(engine: WatchedEngine, seen: dict[int, float]) -> int:
    """Output frames that show lips of a frame in which some were covered."""
    n_frames = 0
    for plan in engine.mouths:
        used = (plan.weights > 0) & (plan.order.strength > 0)[:, None]
        n_frames += sum(
            any(seen.get(donor, 1.0) < _DONOR for donor in donors[row].tolist())
            for donors, row in zip(plan.donors, used, strict=True)
        )
    return n_frames


def _misplaced(engine: WatchedEngine, covered: Covered, shape: tuple[int, int]) -> int:
    """Drawn frames in which a quarter of the visible points of the lips lie where the bare face has none."""
    assert engine.scene is not None
    n_frames = 0
    for plan in engine.mouths:
        geometry = engine.scene.geometries[plan.order.track_id]
        for frame in plan.order.source_frames[plan.order.strength > 0].tolist():
            if frame not in covered.layers:
                continue
            lips = covered.lips(frame)
            x, y = np.round(lips).astype(np.intp).T
            alpha = covered.alpha(frame, shape)
            is_free = alpha[y.clip(0, shape[0] - 1), x.clip(0, shape[1] - 1)] <= FREE
            apart = np.linalg.norm(geometry.own_points(frame)[: len(lips)] - lips, axis=1)[is_free]
            scale = float(covered.track.scales[frame - covered.track.start])
            n_frames += bool(len(apart) and np.quantile(apart, 0.75) > _MISPLACED_MM * scale)
    return n_frames


def _share(values: BoolArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def table(rows: Sequence[Row]) -> str:
    """Markdown: a row for each thing and clip, and the sums of each thing."""
    names = [entry.name for entry in fields(Row)]
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        values = [getattr(row, name) for name in names]
        shown = [f"{value:.3f}" if isinstance(value, float) else str(value) for value in values]
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Runs the benchmark; exit code 1 where nothing could be measured."""
    parser = argparse.ArgumentParser(description="What becomes of things in front of a mouth.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--clips", nargs="*", default=list(CLIPS), help="parts of clip names; all without")
    parser.add_argument("--things", nargs="*", default=[], help="parts of names; all without")
    parser.add_argument("--kind", default="foreign", choices=("foreign", "silence"))
    parser.add_argument("--frames", type=int, default=125, help="of each clip, at most")
    parser.add_argument("--model", default=registry.DEFAULT_MODEL)
    parser.add_argument("--output", type=Path, default=Path("out/covers"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    known = [case for cases in find_cases(options.media, options.output) for case in cases]
    cases = chosen(known, options.clips, options.kind)
    if not cases:
        print(f"none of the clips are under {options.media}; nothing was measured", file=sys.stderr)
    rows: list[Row] = []
    for case in cases:
        rows += run_clip(case, options)
        _save(rows, options.output)
    Console(width=200).print(Markdown(table(rows)))
    return 0 if rows else 1


def chosen(cases: Sequence[Case], names: Sequence[str], kind: str) -> list[Case]:
    """The cases of clips whose names hold one of these parts, with a voice of one kind.

    The project's own presenter whatever the names: it stands in where there is no real clip.
    """
    return [
        case
        for case in cases
        if case.kind == kind and (case.video.stem == PRESENTER or _is_named(case.video.name, names))
    ]


def _is_named(name: str, parts: Sequence[str]) -> bool:
    return not parts or any(part in name for part in parts)


def run_clip(case: Case, options: argparse.Namespace) -> list[Row]:
    """A row for each thing that is laid over a clip; none where no face is filmed."""
    track = filmed_face(case.video, options.frames)
    if track is None:
        return []
    rows = []
    for thing in (thing for thing in OCCLUDERS if _is_named(thing.name, options.things)):
        path = options.output / f"{case.video.stem}-{thing.name.replace(' ', '-')}.mkv"
        covered = cover(case.video, track, thing, path, options.frames)
        rows.append(measure(covered, case.voice, options.model, thing.name, case.video.name))
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def _save(rows: list[Row], output: Path) -> None:
    (output / "results.json").write_text(
        json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8"
    )
    (output / "results.md").write_text(table(rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
