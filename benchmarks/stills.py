"""Stills and quiet footage given a voice: does the mouth do what is asked, does it close, does it rest?

    python -m benchmarks.stills --names lp_s9 hallo --output out/stills

Writes results.json, results.md and contact sheets: mouths from the most shut to the widest asked for, then
consecutive frames. Looks at every picture of ``image/`` and every ``video/target_*`` of the media folder.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.beside import sharpness_beside
from benchmarks.clips import write_silence
from benchmarks.guard import GuardedEngine
from benchmarks.matching import Performance, performance
from lipwright.analysis.faces.landmarks import (
    FACE_OVAL,
    INNER_LIP,
    MEASURE_LOWER_INNER,
    MEASURE_UPPER_INNER,
    NOSE_BASE,
    OUTER_LIP,
)
from lipwright.engines import registry
from lipwright.errors import LipwrightError
from lipwright.geometry import Box
from lipwright.measures import CLOSED_GAP_MM
from lipwright.media.picture import Picture
from lipwright.media.source import open_source
from lipwright.media.video_reader import VideoReader
from lipwright.render.job import RenderJob
from lipwright.render.pipeline import run_job
from lipwright.scoring.sync import correlation
from lipwright.scoring.watch import Watched, watch

VOICES = ("en_librivox_0890.wav", "fr_sadtalker.wav", "es_dreamtalk_spanish1.wav", "de_sadtalker.wav")
FULL_STRENGTH = 0.999
SHUT_MM = 0.6
"""Where less is asked for, lips shall be shut."""
OPEN_MM = 5.0
STILL_MM = 0.5
COLUMNS, CONSECUTIVE = 8, 16
TILE = (300, 240)


@dataclass
class Row:
    """What came of one source and one voice; NaN where there is nothing to measure."""

    source: str
    kind: str
    error: str = ""
    frames: int = 0
    touched: int = 0
    made_up: bool = False
    outside: int = 0
    seen: float = float("nan")
    """Share of the frames in which the face is found again."""
    r: float = float("nan")
    shut: float = float("nan")
    """Share of the frames with shut lips asked for that show them, each frame read by itself."""
    steadied: float = float("nan")
    """The same of the steadied curve, which carries openings into the frames beside them."""
    opening: float = float("nan")
    """Measured over wanted opening, median of the frames that are to be wide open."""
    rest: float = float("nan")
    """In silence: share of frames whose lips stay as they are in the picture, or shut."""
    sharpness: float = float("nan")
    beside: float = float("nan")
    """Sharpness of lips and skin alone, without what is between the lips."""
    flicker: float = float("nan")
    """Of the skin beside the mouth, against the source's; of a still there is none."""


def run(source: Path, voices: dict[str, Path], output: Path, options: argparse.Namespace) -> list[Row]:
    """All voices of one source; whatever goes wrong is a row of the table."""
    cv2.setNumThreads(1)
    rows = []
    for kind, voice in voices.items():
        row = Row(source.name, kind)
        target = output / f"{source.stem}-{kind}.mp4"
        try:
            guard = GuardedEngine(registry.engine(options.model))
            job = RenderJob(source, voice, target, guard, idle_motion=not options.no_idle, seed=options.seed)
            report = run_job(job)
            row.frames, row.touched = report.n_frames, report.frames_touched
            row.outside = guard.samples_outside
            row.made_up = any(mouth.is_made_up for mouth in guard.mouths)
            _measure(row, guard, source, target)
        except LipwrightError as error:
            row.error = f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001 (a crash is what this benchmark is there to find)
            row.error = f"CRASH {type(error).__name__}: {error}"
            (output / f"{source.stem}-{kind}.txt").write_text(traceback.format_exc(), encoding="utf-8")
        print(row, file=sys.stderr, flush=True)
        rows.append(row)
    return rows


def _measure(row: Row, guard: GuardedEngine, source: Path, target: Path) -> None:
    with open_source(source) as reader:
        original = watch(reader)  # type: ignore[arg-type]  # a still reads as a video does
    with VideoReader(target, threads=1) as reader:
        watched = watch(reader)
    frames = np.arange(len(watched.seconds))
    if row.kind == "silence":
        row.rest = _rest_share(watched, original)
        return
    frames = np.zeros(len(frames), np.int64) if original.analysis.n_frames == 1 else _bounced(guard, frames)
    shown = performance(guard, watched, original, frames)
    gap, wanted, full = shown.output.gap, shown.wanted, shown.strength >= FULL_STRENGTH
    row.seen = float(np.isfinite(gap).mean())
    row.r = correlation(np.where(full, gap, np.nan), wanted)
    known = full & np.isfinite(gap)
    is_closure = known & (wanted < SHUT_MM)
    row.shut = _mean(_gaps_of(shown.output.lips)[is_closure] < CLOSED_GAP_MM)
    row.steadied = _mean(gap[is_closure] < CLOSED_GAP_MM)
    row.opening = _median(gap[known & (wanted > OPEN_MM)] / wanted[known & (wanted > OPEN_MM)])
    row.sharpness = _median(shown.output.sharpness[known]) / _median(original_sharpness(original))
    row.beside = _sharpness_beside(source, original, target, watched, shown)
    if original.analysis.n_frames > 1:
        row.flicker = shown.output.mean_skin_flicker() / shown.source.mean_skin_flicker()
    _write_sheet(target.with_suffix(".png"), target, watched, shown)


def _gaps_of(lips: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far apart lips of single frames are, shape (n,), canonical mm; see ``mouth_shape.seen_gap``."""
    rows = np.concatenate([OUTER_LIP, INNER_LIP])
    upper, lower = (
        lips[:, [int(np.flatnonzero(rows == point)[-1]) for point in points], 1].mean(axis=1)
        for points in (MEASURE_UPPER_INNER, MEASURE_LOWER_INNER)
    )
    return np.asarray(upper - lower, np.float32)


def _sharpness_beside(
    source: Path, original: Watched, target: Path, watched: Watched, shown: Performance
) -> float:
    with open_source(source) as reader:
        before = sharpness_beside(reader, list(original.analysis.tracks.values()), original.analysis.n_frames)
    tracks = [watched.analysis.tracks[number] for number in shown.output_tracks]
    with open_source(target) as reader:
        after = sharpness_beside(reader, tracks, watched.analysis.n_frames)
    return _median(after[shown.strength >= FULL_STRENGTH]) / _median(before)


def original_sharpness(original: Watched) -> NDArray[np.float32]:
    """Of all mouths of a source."""
    return np.concatenate([record.sharpness for record in original.records.values()]).astype(np.float32)


def _bounced(guard: GuardedEngine, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Source frames as the orders say; where there is none, the first."""
    shown = np.zeros(len(frames), np.int64)
    for mouth in guard.mouths:
        shown[mouth.order.output_frames] = mouth.order.source_frames
    return shown


def _rest_share(watched: Watched, original: Watched) -> float:
    """A mouth that the picture shows open may stay so: nobody asked it to speak."""
    own = {n: float(np.nanmedian(track.measures[:, 0])) for n, track in original.analysis.tracks.items()}
    limit = max([CLOSED_GAP_MM, *(gap + CLOSED_GAP_MM for gap in own.values())])
    shares = []
    for track in watched.analysis.tracks.values():
        gap = track.measures[track.is_tracked, 0]
        change = np.abs(np.diff(gap, prepend=gap[:1]))
        shares.append(float(((gap < limit) & (change < STILL_MM)).mean()))
    return float(np.min(shares)) if shares else float("nan")


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _median(values: NDArray[np.float32]) -> float:
    return float(np.nanmedian(values)) if len(values) else float("nan")


def _write_sheet(path: Path, video: Path, watched: Watched, shown: Performance) -> None:
    wanted = np.where(shown.strength >= FULL_STRENGTH, shown.wanted, np.nan)
    known = np.flatnonzero(np.isfinite(wanted) & np.isfinite(shown.output.gap))
    if len(known) == 0:
        return
    ranked = known[np.argsort(wanted[known])]
    spread = ranked[np.linspace(0, len(ranked) - 1, COLUMNS).astype(int)]
    widest = int(ranked[-1])
    first = int(np.clip(widest - CONSECUTIVE // 2, 0, max(0, len(wanted) - CONSECUTIVE)))
    run_of = np.arange(first, min(first + CONSECUTIVE, len(wanted)))
    pictures = _pictures(video, {*spread.tolist(), *run_of.tolist()})
    tracks = [watched.analysis.tracks[number] for number in shown.output_tracks]
    tiles = [
        _tile(pictures[int(frame)], _face(tracks, int(frame)), f"{frame}: {wanted[frame]:.1f} mm")
        for frame in (*spread, *run_of)
    ]
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    width = max(row.shape[1] for row in rows)
    padded = [cv2.copyMakeBorder(row, 0, 0, 0, width - row.shape[1], cv2.BORDER_CONSTANT) for row in rows]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(padded), cv2.COLOR_RGB2BGR))


def _pictures(video: Path, frames: Iterable[int]) -> dict[int, Picture]:
    wanted = set(frames)
    with VideoReader(video, threads=1) as reader:
        return {i: picture for i, picture in enumerate(reader.read()) if i in wanted}


def _face(tracks: list, frame: int) -> Box:  # type: ignore[type-arg]
    """From the eyes down; the same tile for every frame would hide how the head moves."""
    for track in tracks:
        if track.start <= frame < track.stop and track.is_tracked[frame - track.start]:
            points = track.landmarks[frame - track.start]
            low, high = points[FACE_OVAL, :2].min(axis=0), points[FACE_OVAL, :2].max(axis=0)
            top = float(points[NOSE_BASE, 1].min()) - 0.12 * float(high[1] - low[1])
            return Box(int(low[0]), int(top), int(high[0]), int(high[1] + 0.06 * (high[1] - low[1]))).even()
    return Box(0, 0, 64, 64)


def _tile(picture: Picture, box: Box, label: str) -> NDArray[np.uint8]:
    scale = min(TILE[0] / max(box.width, 2), TILE[1] / max(box.height, 2))
    crop = cv2.resize(picture.crop_rgb(box), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    tile = np.zeros((TILE[1], TILE[0], 3), np.uint8)
    tile[: crop.shape[0], : crop.shape[1]] = crop[: TILE[1], : TILE[0]]
    for color, thickness in ((0, 3), (255, 1)):
        place = (4, TILE[1] - 8)
        cv2.putText(tile, label, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (color,) * 3, thickness, cv2.LINE_AA)
    return tile


def markdown(rows: list[Row]) -> str:
    """The table as Markdown."""
    names = [name for name in asdict(Row("", "")) if name != "error"]
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in rows:
        cells = [row.source, row.kind, row.error] if row.error else [_text(getattr(row, n)) for n in names]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def main() -> int:
    """Runs the benchmark; exit code 1 when something crashed."""
    parser = argparse.ArgumentParser(description="Stills and quiet footage given a voice.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--names", nargs="*", default=[], help="parts of file names; all without")
    parser.add_argument("--kinds", nargs="+", default=["voice", "silence"], choices=["voice", "silence"])
    parser.add_argument("--model", default="sync-3")
    parser.add_argument("--no-idle", action="store_true", help="stills neither blink nor move their heads")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("out/stills"))
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    sources = [
        *sorted((options.media / "image").glob("*.*")),
        *sorted((options.media / "video").glob("target_*")),
    ]
    sources = [s for s in sources if not options.names or any(name in s.name for name in options.names)]
    silence = write_silence(options.output / "silence.wav")
    jobs = []
    for number in range(len(sources)):
        voice = options.media / "audio" / VOICES[number % len(VOICES)]
        jobs.append({kind: {"voice": voice, "silence": silence}[kind] for kind in options.kinds})
    one = partial(run, output=options.output, options=options)
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        rows = [row for found in pool.map(one, sources, jobs) for row in found]
    (options.output / "results.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
    (options.output / "results.md").write_text(markdown(rows))
    print(markdown(rows))
    return 1 if any(row.error.startswith("CRASH") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
