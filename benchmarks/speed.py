"""Speed of the whole job beside plain decoding and encoding of the same clip, and its peak memory.

    python -m benchmarks.speed --media ../shared/media --output out/speed

Only ratios mean anything: both sides run in turn on the same two cores, and the median of the pairs counts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.long_clip import write_long_clip
from lipwright.app.generate import lipsync
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from lipwright.render.overlap import ahead
from lipwright.render.report import Report

CLIPS = {"1080p": "real_kim_1080p.mp4", "512p": "real_wda_aoc.mp4"}
BARS = {
    ("lipsync-2", "1080p"): 1.5,
    ("lipsync-2-pro", "1080p"): 2.0,
    ("sync-3", "1080p"): 2.5,
    ("lipsync-2", "512p"): 2.5,
    ("lipsync-1.9", "1080p"): 1.25,
}
BASELINES = ("medium", "veryfast")
MEMORY_BAR_MIB = 1536


@dataclass
class Speed:
    """One row of the table: a whole job divided by decoding and encoding, median of the pairs."""

    model: str
    size: str
    clip: str
    ratio: float
    """Beside x264's own default preset, medium; wall-clock time."""
    lowest: float
    highest: float
    ratio_processor: float
    """The same in processor time, which a busy machine does not disturb."""
    ratio_veryfast: float
    """Beside the preset veryfast, which the engines use; wall-clock time."""
    ratio_veryfast_processor: float
    bar: float | None
    """What ``ratio`` shall not exceed."""
    stages: dict[str, float]
    """Share of each stage in the job."""


@dataclass(frozen=True)
class Cost:
    """What a call took."""

    seconds: float
    processor_seconds: float


@dataclass
class Memory:
    """Peak memory of one job in a process of its own."""

    size: str
    seconds: int
    mebibytes: float


def transcode(video: Path, output: Path, preset: str) -> None:
    """Decodes and encodes with the reader, writer and settings of a job, the decoder working ahead."""
    with VideoReader(video) as reader:
        info = reader.info
        clock = info.clock
        form = VideoFormat(info.width, info.height, info.fps, clock.time_base, info.color, info.sample_aspect)
        with VideoWriter(output, form, EncoderOptions(preset=preset)) as writer:
            for frame_index, picture in enumerate(ahead(reader.read())):
                writer.write(picture, clock.pts(frame_index))


def cost_of(work: Callable[[], object]) -> Cost:
    """Wall-clock and processor seconds of a call, all threads together."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - started, time.process_time() - used)


def measure_speed(video: Path, size: str, models: list[str], repeats: int) -> list[Speed]:
    """Runs baselines and jobs in turn; the first round only warms up."""
    jobs: dict[str, list[Cost]] = {model: [] for model in models}
    stages: dict[str, list[dict[str, float]]] = {model: [] for model in models}
    plain: dict[str, list[Cost]] = {preset: [] for preset in BASELINES}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.mp4"
        for _ in range(repeats + 1):
            for preset in BASELINES:
                plain[preset].append(cost_of(partial(transcode, video, output, preset)))
            for model in models:
                reports: list[Report] = []
                job = partial(lipsync, video, video, output, model=model, workers=1)
                jobs[model].append(cost_of(partial(_keep, job, reports)))
                stages[model].append(reports[0].stage_seconds)
    return [_row(model, size, video.name, jobs[model][1:], plain, stages[model][1:]) for model in models]


def _keep(job: Callable[[], Report], into: list[Report]) -> None:
    into.append(job())


def _row(
    model: str,
    size: str,
    clip: str,
    jobs: list[Cost],
    plain: dict[str, list[Cost]],
    stages: list[dict[str, float]],
) -> Speed:
    medium, veryfast = (plain[preset][1:] for preset in BASELINES)
    ratios = _ratios(jobs, medium)
    return Speed(
        model,
        size,
        clip,
        float(np.median(ratios)),
        float(ratios.min()),
        float(ratios.max()),
        float(np.median(_processor_ratios(jobs, medium))),
        float(np.median(_ratios(jobs, veryfast))),
        float(np.median(_processor_ratios(jobs, veryfast))),
        BARS.get((model, size)),
        _shares(stages),
    )


def _ratios(jobs: list[Cost], plain: list[Cost]) -> NDArray[np.float64]:
    return np.array([job.seconds / other.seconds for job, other in zip(jobs, plain, strict=True)])


def _processor_ratios(jobs: list[Cost], plain: list[Cost]) -> NDArray[np.float64]:
    pairs = zip(jobs, plain, strict=True)
    return np.array([job.processor_seconds / other.processor_seconds for job, other in pairs])


def _shares(runs: list[dict[str, float]]) -> dict[str, float]:
    sums = {stage: sum(run[stage] for run in runs) for stage in runs[0]}
    total = sum(sums.values())
    return {stage: seconds / total for stage, seconds in sums.items()}


def measure_memory(video: Path, size: str, seconds: int, cores: int) -> Memory:
    """Peak resident memory of lipsync-2 on a clip brought to a length."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip, voice = write_long_clip(video, folder, seconds)
        command = [sys.executable, "-m", "benchmarks.peak_memory", str(clip), str(voice)]
        command += [str(folder / "out.mp4"), str(cores)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=7200)
    return Memory(size, seconds, int(done.stdout.strip().splitlines()[-1]) / 1024)


def main() -> int:
    """Runs the benchmark; exit code 1 when a bar was missed."""
    parser = argparse.ArgumentParser(description="Speed and memory of whole jobs.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--output", type=Path, default=Path("out/speed"))
    parser.add_argument("--models", nargs="*", default=["lipsync-2", "lipsync-1.9"])
    parser.add_argument("--sizes", nargs="*", default=list(CLIPS), choices=list(CLIPS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cores", type=int, default=2, help="as many as the target machine has")
    parser.add_argument("--memory", nargs="*", type=int, default=[10, 600], help="seconds of video")
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    clips = {size: options.media / "video" / CLIPS[size] for size in options.sizes}
    clips = {size: clip for size, clip in clips.items() if clip.exists()}
    if not clips:
        print(f"none of the clips are under {options.media}; nothing was measured", file=sys.stderr)
        return 0
    speeds = [
        row
        for size, clip in clips.items()
        if options.repeats
        for row in measure_speed(clip, size, options.models, options.repeats)
    ]
    memories = [
        measure_memory(clip, size, seconds, options.cores)
        for size, clip in clips.items()
        for seconds in options.memory
    ]
    return _publish(speeds, memories, options.output)


def _publish(speeds: list[Speed], memories: list[Memory], output: Path) -> int:
    output.mkdir(parents=True, exist_ok=True)
    found = {"speed": [asdict(row) for row in speeds], "memory": [asdict(row) for row in memories]}
    (output / "results.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    console = Console(width=170)
    if speeds:
        console.print(_speed_table(speeds))
    if memories:
        console.print(_memory_table(memories))
    is_slow = any(row.bar is not None and row.ratio > row.bar for row in speeds)
    return 1 if is_slow or any(row.mebibytes >= MEMORY_BAR_MIB for row in memories) else 0


def _speed_table(rows: list[Speed]) -> Table:
    table = Table(title="whole job ÷ decode-and-encode of the same clip")
    titles = (
        "model",
        "size",
        "÷ medium",
        "bar",
        "lowest to highest",
        "÷ veryfast",
        "processor time",
        "stages",
    )
    for title in titles:
        table.add_column(title)
    for row in rows:
        bar = "-" if row.bar is None else f"≤ {row.bar}"
        stages = ", ".join(f"{stage} {share:.0%}" for stage, share in row.stages.items())
        spread = f"{row.lowest:.2f} to {row.highest:.2f}"
        processor = f"{row.ratio_processor:.2f}, {row.ratio_veryfast_processor:.2f}"
        table.add_row(
            *(row.model, row.size, f"{row.ratio:.2f}", bar, spread),
            *(f"{row.ratio_veryfast:.2f}", processor, stages),
        )
    return table


def _memory_table(rows: list[Memory]) -> Table:
    table = Table(title=f"peak memory of lipsync-2, MiB (bar: below {MEMORY_BAR_MIB}, and flat)")
    for title in ("size", "seconds of video", "MiB"):
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(row.size, str(row.seconds), f"{row.mebibytes:.0f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
