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
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.long_clip import write_long_clip
from lipwright.app.generate import lipsync
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from lipwright.render.overlap import ahead

CLIPS = {"1080p": "real_kim_1080p.mp4", "512p": "real_wda_aoc.mp4"}
BARS = {("lipsync-2", "1080p"): 1.5, ("lipsync-2", "512p"): 2.5, ("lipsync-1.9", "1080p"): 1.25}
MEMORY_BAR_MIB = 1536


@dataclass
class Speed:
    """One row of the table."""

    model: str
    size: str
    clip: str
    ratio: float
    """Whole job divided by decode-and-encode, median of the pairs."""
    lowest: float
    highest: float
    ratio_medium: float
    """The same, divided by decode-and-encode with x264's preset medium."""
    bar: float | None
    stages: dict[str, float]
    """Share of each stage in the job."""


@dataclass
class Memory:
    """Peak memory of one job in a process of its own."""

    size: str
    seconds: int
    mebibytes: float


def transcode(video: Path, output: Path, preset: str | None = None) -> None:
    """Decodes and encodes with the reader, writer and settings of a job, the decoder working ahead."""
    options = EncoderOptions() if preset is None else EncoderOptions(preset=preset)
    with VideoReader(video) as reader:
        info = reader.info
        clock = info.clock
        form = VideoFormat(info.width, info.height, info.fps, clock.time_base, info.color, info.sample_aspect)
        with VideoWriter(output, form, options) as writer:
            for frame_index, picture in enumerate(ahead(reader.read())):
                writer.write(picture, clock.pts(frame_index))


def seconds_of(work: Callable[[], object]) -> float:
    """Wall-clock seconds of a call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure_speed(video: Path, size: str, models: list[str], repeats: int) -> list[Speed]:
    """Runs baseline and jobs in turn; the first round only warms up."""
    jobs: dict[str, list[float]] = {model: [] for model in models}
    stages: dict[str, list[dict[str, float]]] = {model: [] for model in models}
    plain: list[float] = []
    medium: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.mp4"
        for round_number in range(repeats + 1):
            plain.append(seconds_of(lambda: transcode(video, output)))
            for model in models:
                started = time.perf_counter()
                report = lipsync(video, video, output, model=model)
                jobs[model].append(time.perf_counter() - started)
                stages[model].append(report.stage_seconds)
            if round_number in (0, 1):  # once after warming up: it is for reference only
                medium.append(seconds_of(lambda: transcode(video, output, "medium")))
    rows = []
    for model in models:
        ratios = np.array(jobs[model][1:]) / np.array(plain[1:])
        rows.append(
            Speed(
                model,
                size,
                video.name,
                float(np.median(ratios)),
                float(ratios.min()),
                float(ratios.max()),
                float(np.median(jobs[model][1:]) / medium[-1]),
                BARS.get((model, size)),
                _shares(stages[model][1:]),
            )
        )
    return rows


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
    for title in ("model", "size", "ratio", "bar", "lowest to highest", "÷ medium preset", "stages"):
        table.add_column(title)
    for row in rows:
        bar = "-" if row.bar is None else f"≤ {row.bar}"
        stages = ", ".join(f"{stage} {share:.0%}" for stage, share in row.stages.items())
        spread = f"{row.lowest:.2f} to {row.highest:.2f}"
        table.add_row(row.model, row.size, f"{row.ratio:.2f}", bar, spread, f"{row.ratio_medium:.2f}", stages)
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
