"""The models side by side: the same clips and voice, figures in a table, faces in sheets.

    python -m benchmarks.models --clips kim aoc --output out/models
    python -m benchmarks.models --clips presenter --picture docs/reference/models.jpg

Writes models.md, which the reference of the models quotes, and for every clip a sheet with the source and
each model's output, one below the other. react-1 is shown as it differs: happy, with a moving head. The
clip ``presenter`` is the one that the project draws; its sheet, smaller, is the picture in the reference.
"""

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.clips import PRESENTER, Case, named_clips
from benchmarks.expressions import face_box, faces
from benchmarks.quality import Result, run_case
from benchmarks.speed import cost_of, transcode
from lipwright.engines import registry
from lipwright.engines.options import ModelOptions
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader
from lipwright.render.job import RenderJob
from lipwright.render.pipeline import run_job
from lipwright.samples import make_sample
from lipwright.scoring.watch import Watched, watch

VOICE = "en_f5ref.wav"
CLIPS = ("real_kim_1080p.mp4", "real_wda_aoc.mp4", "real_retalking_face3.mp4", "real_noem.mp4")
OPTIONS = {"react-1": ModelOptions("head", "happy")}
SHEET_FRAMES = 4
PICTURE_WIDTH = 960
JPEG_QUALITY = 80


@dataclass
class Row:
    """One model on one clip."""

    model: str
    result: Result
    cost: float
    """Processor time per frame of output, divided by that of decoding and encoding a frame (x264, medium)."""


@dataclass(frozen=True)
class Figure:
    """A column of the table: the median over the clips."""

    title: str
    value: Callable[[Row], float]
    form: str = "{:.2f}"


FIGURES = (
    Figure("mouth sharpness ÷ source", lambda row: row.result.sharpness),
    Figure("same opening", lambda row: row.result.sharpness_same_opening),
    Figure("its donors", lambda row: row.result.sharpness_of_donors),
    Figure("lip flicker ÷ source", lambda row: row.result.lip_flicker),
    Figure("skin flicker ÷ source", lambda row: row.result.skin_flicker),
    Figure("r wanted", lambda row: row.result.r),
    Figure("samples changed outside", lambda row: float(row.result.outside), "{:.0f}"),
    Figure("processor time", lambda row: row.cost),
)


def cases(media: Path, names: list[str], output: Path) -> list[Case]:
    """The clips whose names hold one of these parts, each with the voice it is given."""
    if names == [PRESENTER]:
        sample = make_sample(output / "sample")
        return [Case(sample.video, sample.audio, "another line")]
    voice = media / "audio" / VOICE
    return [Case(clip, voice, "same voice") for clip in named_clips(media, names)]


def run_clip(case: Case, models: list[str], output: Path) -> list[Row]:
    """All models on one clip, and their sheet."""
    clip, voice = case.video, case.voice
    with VideoReader(clip) as reader:
        source, n_frames = watch(reader), reader.info.n_frames
    scratch = output / "transcoded.mp4"
    plain = cost_of(lambda: transcode(clip, scratch, "medium")).processor_seconds / n_frames
    scratch.unlink()
    rows, box = [], _box(source)
    sheet = [faces(_spread(clip), box, "source")]
    for model in models:
        folder = output / model
        folder.mkdir(parents=True, exist_ok=True)
        options = OPTIONS.get(model, ModelOptions())
        result = run_case(case, source, folder, model, options)
        target = folder / f"{clip.stem}.mp4"
        job = RenderJob(clip, voice, target, registry.engine(model, options))
        cost = cost_of(partial(run_job, job)).processor_seconds / max(result.n_frames, 1)
        rows.append(Row(model, result, cost / plain))
        sheet.append(faces(_spread(target), box, model))
    cv2.imwrite(str(output / f"{clip.stem}.png"), cv2.cvtColor(np.vstack(sheet), cv2.COLOR_RGB2BGR))
    return rows


def write_picture(sheet: Path, target: Path) -> None:
    """A sheet made as wide as a page shows it."""
    image = cv2.imread(str(sheet))
    height = round(image.shape[0] * PICTURE_WIDTH / image.shape[1])
    small = cv2.resize(image, (PICTURE_WIDTH, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(target), small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def _box(source: Watched) -> Box:
    tracks = source.analysis.tracks.values()
    return face_box(max(tracks, key=lambda track: float(np.nansum(track.scales))))


def _spread(video: Path) -> dict[int, Picture]:
    """A few frames of the first five seconds, by their numbers: the same of source and outputs."""
    with VideoReader(video) as reader:
        n_frames = min(reader.info.n_frames, int(5 * reader.info.fps))
        wanted = {round((place + 0.5) * n_frames / SHEET_FRAMES) for place in range(SHEET_FRAMES)}
        pictures = enumerate(reader.read(0, n_frames))
        return {number: picture for number, picture in pictures if number in wanted}


def table(rows: list[Row]) -> str:
    """Markdown: one line per model, medians over the clips."""
    models = list(dict.fromkeys(row.model for row in rows))
    prices = {info.id: info.price_per_second for info in registry.models()}
    lines = ["| " + " | ".join(["model", "$/s", *(figure.title for figure in FIGURES)]) + " |"]
    lines.append("|---" * (len(FIGURES) + 2) + "|")
    for model in models:
        own = [row for row in rows if row.model == model]
        medians = [_median([figure.value(row) for row in own]) for figure in FIGURES]
        cells = [_shown(figure, value) for figure, value in zip(FIGURES, medians, strict=True)]
        lines.append("| " + " | ".join([f"`{model}`", f"{prices[model]:g}", *cells]) + " |")
    return "\n".join(lines) + "\n"


def _median(values: list[float]) -> float:
    known: NDArray[np.float64] = np.array([value for value in values if math.isfinite(value)])
    return float(np.median(known)) if len(known) else math.nan


def _shown(figure: Figure, value: float) -> str:
    return figure.form.format(value) if math.isfinite(value) else "-"


def main() -> int:
    """Runs the benchmark; exit code 1 when a model failed on a clip."""
    parser = argparse.ArgumentParser(description="The models side by side.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--clips", nargs="*", default=list(CLIPS), help="parts of clip names, or presenter")
    parser.add_argument("--models", nargs="*", default=[info.id for info in registry.models()])
    parser.add_argument("--output", type=Path, default=Path("out/models"))
    parser.add_argument("--picture", type=Path, help="where the first clip's sheet goes as a smaller JPEG")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    given = cases(options.media, options.clips, options.output)
    if not given:
        return 0
    rows = [row for case in given for row in run_clip(case, options.models, options.output)]
    if options.picture:
        write_picture(options.output / f"{given[0].video.stem}.png", options.picture)
    text = table(rows)
    (options.output / "models.md").write_text(text, encoding="utf-8")
    Console(width=150).print(Markdown(text))
    return 1 if any(row.result.error or row.result.faults for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
