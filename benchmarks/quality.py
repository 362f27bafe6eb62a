"""Quality of the result over real clips, with their own voice, a foreign one and silence.

    python -m benchmarks.quality --clips kim aoc --model lipsync-2 --output out/quality

Writes results.json, results.md and one contact sheet per clip and voice.
"""

import argparse
import json
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.clips import Case, find_cases
from benchmarks.exactness import faults
from benchmarks.guard import GuardedEngine
from benchmarks.matching import Performance, performance
from benchmarks.quality_table import markdown, rich_table
from benchmarks.sheets import write_sheet
from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.filterbank import BAND_RATE
from lipwright.analysis.speech.judge import JUDGED, expect_mouth
from lipwright.analysis.sync_judge import LEAST_SECONDS
from lipwright.engines import registry
from lipwright.engines.options import ModelOptions
from lipwright.errors import LipwrightError
from lipwright.measures import Measure
from lipwright.media.audio_reader import read_audio
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from lipwright.render.job import Inputs, RenderJob, probe_inputs
from lipwright.render.pipeline import run_job
from lipwright.render.timing import SyncMode, Timeline, plan_timeline
from lipwright.scoring.curves import MouthCurves
from lipwright.scoring.flicker import flicker_at_same_motion, lip_flicker, mean_flicker
from lipwright.scoring.sharpness import sharpness_at_same_opening, sharpness_ratio
from lipwright.scoring.silence import silence_figures, silent_frames
from lipwright.scoring.sync import sync_figures
from lipwright.scoring.watch import Watched, watch

KINDS = ("own", "foreign", "silence")
FULL_STRENGTH = 0.999


@dataclass
class Result:
    """One row of the table; NaN where there is nothing to measure."""

    clip: str
    kind: str
    voice: str
    error: str = ""
    faults: list[str] = field(default_factory=list)
    n_frames: int = 0
    touched: int = 0
    full: int = 0
    """Frames whose mouth was replaced fully."""
    outside: int = 0
    faces: int = 0
    sharpness: float = float("nan")
    sharpness_same_opening: float = float("nan")
    """Beside source frames whose mouth is open as far: teeth have more edges than closed lips."""
    sharpness_of_donors: float = float("nan")
    """Beside the source frames whose lips are shown: what drawing and encoding lose."""
    lip_flicker: float = float("nan")
    flicker_same_motion: float = float("nan")
    """Beside source lips that travel as far at a time: fast speech bends more than slow speech."""
    skin_flicker: float = float("nan")
    r: float = float("nan")
    read_share: float = float("nan")
    """Of the frames whose mouth was replaced fully, those whose gap could be read: ``r`` is of these."""
    lag_frames: float = float("nan")
    """NaN too where less than ``LEAST_SECONDS`` of the drawn mouth can be read."""
    r_voice: float = float("nan")
    """Correlation of the gap with what the sync judge, which the engine does not listen with, expects of the
    voice; all frames that show a mouth."""
    verdict: str = ""
    """What the sync judge says of the output, by all the measures it looks at."""
    silent_frames: int = 0
    unread: int = 0
    """Further silent frames, whose mouth is hidden or cannot be read."""
    rest_share: float = float("nan")
    seconds: float = 0.0


def run_clip(cases: list[Case], output: Path, model: str) -> list[Result]:
    """All cases of one clip; the source is watched once."""
    cv2.setNumThreads(1)
    with VideoReader(cases[0].video, threads=1) as reader:
        source = watch(reader)
    return [run_case(case, source, output, model) for case in cases]


def run_case(
    case: Case, source: Watched, output: Path, model: str, options: ModelOptions = ModelOptions()
) -> Result:
    """Lip-syncs and measures; whatever goes wrong is a row of the table, not the end of the run."""
    result = Result(case.video.name, case.kind, case.voice.name)
    guard = GuardedEngine(registry.engine(model, options))
    target = output / f"{case.name}.mp4"
    started = time.perf_counter()
    try:
        job = RenderJob(case.video, case.voice, target, guard)
        report = run_job(job)
        result.seconds = time.perf_counter() - started
        result.n_frames, result.touched = report.n_frames, report.frames_touched
        result.faces = len(report.faces)
        _measure(result, case, guard, source, probe_inputs(job), target)
    except LipwrightError as error:
        result.error = f"{type(error).__name__}: {error}"
    except Exception as error:  # noqa: BLE001 (a crash is what this benchmark is there to find)
        result.error = f"CRASH {type(error).__name__}: {error}"
        (output / f"{case.name}.traceback.txt").write_text(traceback.format_exc(), encoding="utf-8")
    print(
        f"{result.clip} {result.kind} {result.error or 'done'} {result.seconds:.1f} s",
        file=sys.stderr,
        flush=True,
    )
    return result


def _measure(
    result: Result, case: Case, guard: GuardedEngine, source: Watched, inputs: Inputs, target: Path
) -> None:
    video, voice = inputs.video, inputs.voices[case.voice]
    timeline = plan_timeline(video.clock, voice.duration, SyncMode.BOUNCE)
    result.faults = faults(target, video, timeline)
    result.outside = guard.samples_outside
    with VideoReader(target, threads=1) as reader:
        watched = watch(reader)
    shown = performance(guard, watched, source, timeline.source_frames)
    result.full = int((shown.strength >= FULL_STRENGTH).sum())
    _measure_pictures(result, shown)
    _measure_motion(result, case, shown, timeline, voice.start)
    sheet = target.with_suffix(".png")
    tracks = [watched.analysis.tracks[number] for number in shown.output_tracks]
    write_sheet(sheet, case.video, target, timeline.source_frames, tracks, shown.strength)
    np.savez_compressed(
        target.with_suffix(".npz"),
        wanted=shown.wanted, strength=shown.strength, gap=shown.output.gap, source_gap=shown.source.gap,
        source_frames=timeline.source_frames,
        sharpness=shown.output.sharpness, source_sharpness=shown.source.sharpness,
        skin=shown.output.skin_flicker, source_skin=shown.source.skin_flicker,
    )  # fmt: skip


def _measure_pictures(result: Result, shown: Performance) -> None:
    drawn = shown.strength > 0
    out, own = shown.output, shown.source
    result.sharpness = sharpness_ratio(out.sharpness[drawn], own.sharpness[drawn])
    result.sharpness_same_opening = sharpness_at_same_opening(
        out.sharpness[drawn], out.gap[drawn], own.sharpness, own.gap
    )
    result.sharpness_of_donors = sharpness_ratio(out.sharpness[drawn], shown.donor_sharpness[drawn])
    drawn_lips = np.where(drawn[:, None, None], out.lips, np.float32(np.nan))
    result.flicker_same_motion = flicker_at_same_motion(drawn_lips, out.steady_gap, own.lips, own.steady_gap)
    frames = np.flatnonzero(drawn & np.isfinite(out.lips[:, 0, 0]) & np.isfinite(own.lips[:, 0, 0]))
    result.lip_flicker = _ratio(lip_flicker(out.lips[frames], frames), lip_flicker(own.lips[frames], frames))
    both = drawn & np.isfinite(out.skin_flicker) & np.isfinite(own.skin_flicker)
    result.skin_flicker = _ratio(mean_flicker(out.skin_flicker[both]), mean_flicker(own.skin_flicker[both]))


def _measure_motion(
    result: Result, case: Case, shown: Performance, timeline: Timeline, voice_start: Fraction
) -> None:
    out = shown.output
    is_full = shown.strength >= FULL_STRENGTH
    gap = np.where(is_full, out.gap, np.nan).astype(np.float32)
    sync = sync_figures(gap, out.seconds, shown.wanted, out.seconds)
    result.r = sync.r
    result.read_share = _ratio(float(np.isfinite(gap).sum()), float(is_full.sum()))
    if sync.seen_seconds >= LEAST_SECONDS:
        result.lag_frames = sync.av_offset * float(timeline.clock.fps)
    samples = read_audio(case.voice, start=voice_start)
    motion = articulate(samples)
    _measure_judge(result, samples, out)
    silence = silence_figures(out.gap, silent_frames(motion.activity, out.seconds), out.is_unread)
    result.silent_frames, result.rest_share = silence.n_frames, silence.rest_share
    result.unread = silence.n_unread


def fits(case: Case, model: str) -> bool:
    """Whether the output, as long as the voice, is not longer than the model makes."""
    return probe(case.voice).need_audio().duration <= registry.engine(model).info.max_seconds


def _measure_judge(result: Result, samples: NDArray[np.float32], out: MouthCurves) -> None:
    expected = expect_mouth(samples)
    steps = np.arange(len(expected)) / BAND_RATE
    # the gap alone, so that it can be compared with what other engines' outputs were given
    result.r_voice = sync_figures(out.gap, out.seconds, expected[:, JUDGED.index(Measure.GAP)], steps).r
    result.verdict = sync_figures(out.judged, out.seconds, expected, steps).opinion.sentence("voice")


def _ratio(value: float, reference: float) -> float:
    return value / reference if reference > 0 else float("nan")


def main() -> int:
    """Runs the benchmark; exit code 1 when a case failed or its file is not exact."""
    parser = argparse.ArgumentParser(description="Quality of the result over real clips.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--clips", nargs="*", default=[], help="parts of clip names; all clips without")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--model", default=registry.DEFAULT_MODEL)
    parser.add_argument("--output", type=Path, default=Path("out/quality"))
    parser.add_argument("--workers", type=int, default=1, help="clips at a time")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    clips = [
        [case for case in cases if case.kind in options.kinds and fits(case, options.model)]
        for cases in find_cases(options.media, options.output)
        if not options.clips or any(name in cases[0].video.name for name in options.clips)
    ]
    clips = [cases for cases in clips if cases]
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    one = partial(run_clip, output=options.output, model=options.model)
    rows: list[dict[str, Any]] = []
    fresh = get_context("spawn")  # decoders' threads do not survive a fork
    with ProcessPoolExecutor(options.workers, fresh) as pool:
        for results in pool.map(one, clips):
            rows += [asdict(result) for result in results]
            _save(rows, options.output, options.model)  # a long run can be read while it goes on
    Console(width=200).print(rich_table(rows, options.model))
    return 1 if any(row["error"] or row["faults"] for row in rows) else 0


def _save(rows: list[dict[str, Any]], output: Path, model: str) -> None:
    (output / "results.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    (output / "results.md").write_text(markdown(rows, model), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
