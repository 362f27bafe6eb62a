"""Self-reconstruction: the second half of a clip drawn from its own sound, with the mouths of the first half.

    python -m benchmarks.reconstruction --clips kim aoc --weights first.onnx --output out/reconstruction

Beside the ear that ships (and any other, ``--weights``) stand the two ends: a mouth that keeps the mean pose
of the first half, and one that is asked to do what the real one did, which is as near as the drawing comes.
Of a mean mouth that is drawn, r says how much of the real one shines through, or of the head that both share.
Writes results.json and results.md.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.clips import Case, find_cases
from benchmarks.first_half import HalvedClip, draw, halve, heard_orders, still_orders, true_orders
from benchmarks.matching import same_face
from lipwright.analysis.faces.landmarks import LEFT_EYE, MEAN_FACE, RIGHT_EYE
from lipwright.analysis.speech.judge import JUDGED
from lipwright.engines import registry
from lipwright.engines.base import MouthOrder
from lipwright.errors import LipwrightError
from lipwright.measures import Measure
from lipwright.media.video_reader import VideoReader
from lipwright.scoring.curves import MouthCurves, mouth_curves
from lipwright.scoring.sync import correlation
from lipwright.scoring.watch import watch

Float32Array = NDArray[np.float32]

STILL, DRAWN_STILL, TRUTH, SHIPPED = "mean mouth", "mean mouth, drawn", "truth asked for", "shipped ear"
FULL_STRENGTH = 0.999
FEWEST_FRAMES = 20
EYE_MM = float(np.linalg.norm(MEAN_FACE[LEFT_EYE[0]] - MEAN_FACE[RIGHT_EYE[8]]))
"""Between the outer corners of the eyes of the average face: 94 mm."""


@dataclass
class Row:
    """How near one mouth came to the real one; NaN where there is nothing to measure."""

    clip: str
    mouth: str
    n_frames: int
    """Frames of the second half whose mouth was replaced fully and could be read."""
    r_gap: float
    r_width: float
    r_jaw: float
    gap_mm: float
    """Mean distance of the gaps."""
    lips_mm: float
    """Mean distance of 40 points of the lip lines, head pose removed."""


def run_clip(
    case: Case, weights: dict[str, Path | None], model: str, most_seconds: float, *, has_ends: bool = True
) -> list[Row]:
    """All rows of one clip; none where too little of its second half can be drawn."""
    cv2.setNumThreads(1)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            clip = halve(case, registry.engine(model), most_seconds, Path(scratch))
            rows = _rows(clip, weights, has_ends=has_ends)
    except LipwrightError as error:
        print(f"{case.video.name}: {error}", file=sys.stderr, flush=True)
        return []
    print(f"{case.video.name}: {len(rows)} rows", file=sys.stderr, flush=True)
    return rows


def _rows(clip: HalvedClip, weights: dict[str, Path | None], *, has_ends: bool) -> list[Row]:
    folder = clip.job.output.parent
    orders = {name: heard_orders(clip, path) for name, path in weights.items()}
    first = next(iter(orders.values()))
    n_drawn = clip.timeline.n_frames - clip.half
    if sum(int((order.strength >= FULL_STRENGTH).sum()) for order in first) < FEWEST_FRAMES:
        return []
    if has_ends:
        orders |= {TRUTH: true_orders(clip, first), DRAWN_STILL: still_orders(clip, first)}
    real = _curves(clip, draw(clip, [], folder / "real.mp4"), first, 0)
    truth = real.part(clip.half, clip.timeline.n_frames)
    is_full = np.zeros(n_drawn, np.bool_)
    for order in first:
        is_full[order.output_frames - clip.half] = order.strength >= FULL_STRENGTH
    rows = []
    for number, (name, ordered) in enumerate(orders.items()):
        drawn = _curves(clip, draw(clip, ordered, folder / f"{number}.mp4", clip.half), first, clip.half)
        rows.append(_compared(clip.job.video.name, name, drawn, truth, is_full))
    still = _mean_mouth(real.part(0, clip.half), n_drawn)
    return [*rows, _compared(clip.job.video.name, STILL, still, truth, is_full)]


def _curves(clip: HalvedClip, path: Path, orders: list[MouthOrder], start: int) -> MouthCurves:
    """The mouth of the ordered faces in a file whose first frame is output frame ``start``."""
    with VideoReader(path, threads=1) as reader:
        watched = watch(reader)
    found: set[int] = set()
    for order in orders:
        track = clip.seen.tracks[order.track_id]
        found |= same_face(track, order, watched.analysis, order.output_frames - start)
    return mouth_curves(watched, sorted(found))


def _mean_mouth(shown: MouthCurves, n_frames: int) -> MouthCurves:
    """The mean pose of what was shown, for as long as it takes."""
    is_read = np.isfinite(shown.gap) & np.isfinite(shown.lips).all(axis=(1, 2))

    def held(values: Float32Array) -> Float32Array:
        mean = values[is_read].mean(axis=0) if is_read.any() else np.full(values.shape[1:], np.nan)
        return np.broadcast_to(mean, (n_frames, *values.shape[1:])).astype(np.float32)

    nothing = np.full(n_frames, np.nan, np.float32)
    return MouthCurves(
        np.arange(n_frames, dtype=np.float64),
        held(shown.gap),
        held(shown.steady_gap),
        nothing,
        nothing,
        held(shown.lips),
        held(shown.judged),
        np.zeros(n_frames, np.bool_),
    )


def _compared(
    clip: str, mouth: str, drawn: MouthCurves, truth: MouthCurves, is_full: NDArray[np.bool_]
) -> Row:
    is_read = is_full & np.isfinite(truth.gap) & np.isfinite(drawn.gap)
    is_read &= np.isfinite(truth.lips).all(axis=(1, 2)) & np.isfinite(drawn.lips).all(axis=(1, 2))
    nan = float("nan")
    if is_read.sum() < FEWEST_FRAMES:
        return Row(clip, mouth, int(is_read.sum()), nan, nan, nan, nan, nan)
    r = {
        measure: correlation(drawn.judged[is_read, column], truth.judged[is_read, column])
        for column, measure in enumerate(JUDGED)
    }
    return Row(
        clip,
        mouth,
        int(is_read.sum()),
        correlation(drawn.gap[is_read], truth.gap[is_read]),
        r[Measure.WIDTH],
        r[Measure.JAW],
        float(np.abs(drawn.gap - truth.gap)[is_read].mean()),
        float(np.linalg.norm(drawn.lips - truth.lips, axis=2)[is_read].mean()),
    )


FIGURES = ("r_gap", "r_width", "r_jaw", "gap_mm", "lips_mm")


def table(rows: list[Row], names: Iterable[str]) -> str:
    """Markdown: the mean over the clips of each mouth, and on how many it is nearer than the first."""
    names = list(names)
    lines = [
        "| mouth | clips | r gap | r width | r jaw | gap, mm | lips, mm | lips, % of the eyes' distance "
        f"| nearer than {names[0]} in |",
        "|" + "---|" * 9,
    ]
    for name in names:
        own = {row.clip: row for row in rows if row.mouth == name and np.isfinite(row.lips_mm)}
        if not own:
            continue
        r_gap, r_width, r_jaw, gap, lips = (_mean(own.values(), figure) for figure in FIGURES)
        beside = {row.clip: row for row in rows if row.mouth == names[0]}
        nearer = sum(row.lips_mm < beside[clip].lips_mm for clip, row in own.items())
        lines.append(
            f"| {name} | {len(own)} | {_shown(r_gap)} | {_shown(r_width)} | {_shown(r_jaw)} | {gap:.2f} "
            f"| {lips:.2f} | {100 * lips / EYE_MM:.1f} | {'-' if name == names[0] else nearer} |"
        )
    return "\n".join(lines) + "\n"


def _mean(rows: Iterable[Row], figure: str) -> float:
    known = [value for row in rows if np.isfinite(value := float(getattr(row, figure)))]
    return float(np.mean(known)) if known else float("nan")


def _shown(r: float) -> str:
    return f"{r:.3f}" if np.isfinite(r) else "-"


def main() -> int:
    """Runs the benchmark; exit code 1 when nothing could be measured."""
    parser = argparse.ArgumentParser(description="How near a clip's second half comes to the truth.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--clips", nargs="*", default=[], help="parts of clip names; all clips without")
    parser.add_argument("--weights", nargs="*", type=Path, default=[], help="other ears to stand beside")
    parser.add_argument("--model", default=registry.DEFAULT_MODEL)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each clip, at most")
    parser.add_argument("--ears-only", action="store_true", help="without the two ends that are drawn")
    parser.add_argument("--workers", type=int, default=1, help="clips at a time")
    parser.add_argument("--output", type=Path, default=Path("out/reconstruction"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    cases = [cases[0] for cases in find_cases(options.media, options.output)]
    cases = [c for c in cases if not options.clips or any(part in c.video.name for part in options.clips)]
    weights: dict[str, Path | None] = {path.stem: path for path in options.weights}
    weights[SHIPPED] = None
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    one = partial(
        run_clip,
        weights=weights,
        model=options.model,
        most_seconds=options.seconds,
        has_ends=not options.ears_only,
    )
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        rows = [row for found in pool.map(one, cases) for row in found]
    text = table(rows, [*weights, TRUTH, STILL, DRAWN_STILL])
    (options.output / "results.json").write_text(
        json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8"
    )
    (options.output / "results.md").write_text(text, encoding="utf-8")
    Console(width=150).print(Markdown(text))
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())
