"""Whether react-1 moves what each prompt should move, measured on the output by the project's own analysis.

    python -m benchmarks.expressions --clips kim aoc --output out/expressions

Every clip is given the same voice with every prompt. The table shows, in canonical millimetres, by how much
brows, lids and mouth corners differ from the output for ``neutral``, and how well the lips still follow the
voice. Sheets of whole faces are written beside it: look at them.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.clips import named_clips
from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.landmarks import FACE_OVAL
from lipwright.analysis.faces.track import FaceTrack
from lipwright.engines import registry
from lipwright.engines.options import ModelOptions
from lipwright.geometry import Box
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader
from lipwright.render.job import RenderJob
from lipwright.render.pipeline import run_job
from lipwright.render.report import Report
from lipwright.scoring.expression import ExpressionCurves, expression_curves
from lipwright.synthesis.action_units import Prompt

VOICE = "en_f5ref.wav"
CLIPS = ("real_kim_1080p.mp4", "real_wda_aoc.mp4", "real_retalking_face3.mp4", "real_latentsync_demo2.mp4")
EXPECTED = {
    Prompt.NEUTRAL: {},
    Prompt.HAPPY: {"corner_height": 1},
    Prompt.SAD: {"inner_brow_height": 1, "corner_height": -1},
    Prompt.ANGRY: {"brow_height": -1},
    Prompt.DISGUSTED: {"inner_brow_height": -1, "corner_height": -1},
    Prompt.SURPRISED: {"brow_height": 1, "lid_opening": 1},
}
"""Which way each measure goes."""
LEAST_MM = 0.3
"""Less than this is the trembling of the measure."""
SHEET_FRAMES = 4


@dataclass
class Row:
    """One clip with one prompt."""

    clip: str
    prompt: Prompt
    change: dict[str, float]
    """Mean difference to neutral by measure, canonical mm."""
    r: float
    """Correlation of the measured gap with the wanted one."""

    @property
    def is_right(self) -> bool:
        """Whether everything that should move did, the right way."""
        return all(self.change[name] * way >= LEAST_MM for name, way in EXPECTED[self.prompt].items())


def run_clip(clip: Path, voice: Path, mode: str, output: Path) -> Iterator[Row]:
    """All prompts on one clip, neutral first."""
    neutral: ExpressionCurves | None = None
    box = Box(0, 0, 0, 0)
    sheet = []
    for prompt in EXPECTED:
        target = output / f"{clip.stem}-{mode}-{prompt}.mp4"
        engine = registry.engine("react-1", ModelOptions(mode, prompt))
        report = run_job(RenderJob(clip, voice, target, engine))
        track, pictures = look(target)
        curves = expression_curves(track)
        if neutral is None:
            neutral, box = curves, face_box(track)
        sheet.append(faces(pictures, box, prompt))
        yield Row(clip.name, prompt, _change(curves, neutral), _agreement(report, track))
    cv2.imwrite(str(output / f"{clip.stem}-{mode}.png"), cv2.cvtColor(np.vstack(sheet), cv2.COLOR_RGB2BGR))


def look(video: Path) -> tuple[FaceTrack, dict[int, Picture]]:
    """The largest face of a video, and a few of its frames, evenly spread."""
    with VideoReader(video) as reader, FaceAnalyzer(FaceOptions(with_brows=True)) as analyzer:
        n_frames = reader.info.n_frames
        kept = {round((place + 0.5) * n_frames / SHEET_FRAMES) for place in range(SHEET_FRAMES)}
        pictures = {}
        for frame_index, picture in enumerate(reader.read()):
            analyzer.push(picture)
            if frame_index in kept:
                pictures[frame_index] = picture
        tracks = analyzer.finish().tracks.values()
    return max(tracks, key=lambda track: float(np.nansum(track.scales))), pictures


def face_box(track: FaceTrack) -> Box:
    """Round the face of a track, wherever it goes mostly, with room for the hair."""
    oval = track.landmarks[track.is_tracked][:, FACE_OVAL, :2]
    low, high = np.median(oval.min(axis=1), axis=0), np.median(oval.max(axis=1), axis=0)
    margin = 0.25 * float((high - low).max())
    return Box(*(int(value) for value in (*(low - margin), *(high + margin)))).even()


def faces(pictures: dict[int, Picture], box: Box, label: str) -> NDArray[np.uint8]:
    """A row of a sheet: faces at the scale they were filmed in."""
    row = np.hstack([picture.crop_rgb(box) for picture in pictures.values()])
    cv2.putText(row, label, (6, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 0), 2, cv2.LINE_AA)
    return row


def _change(curves: ExpressionCurves, neutral: ExpressionCurves) -> dict[str, float]:
    names = [field.name for field in fields(ExpressionCurves)]
    n_rows = min(len(curves.brow_height), len(neutral.brow_height))
    return {
        name: float(np.nanmean(getattr(curves, name)[:n_rows] - getattr(neutral, name)[:n_rows]))
        for name in names
    }


def _agreement(report: Report, track: FaceTrack) -> float:
    curve = max(report.curves, key=lambda one: len(one.seconds))
    n_rows = min(len(curve.seconds), len(track.measures))
    gap, wanted = track.measures[:n_rows, Measure.GAP], np.array(curve.wanted_gap_mm[:n_rows])
    use = np.isfinite(gap) & (np.array(curve.strength[:n_rows]) == 1)
    return float(np.corrcoef(gap[use], wanted[use])[0, 1])


def table(rows: list[Row]) -> Table:
    """The table for a terminal."""
    shown = Table(title="react-1: change against neutral, canonical mm")
    names = [field.name for field in fields(ExpressionCurves)]
    for title in ("clip", "prompt", *names, "as expected", "r wanted"):
        shown.add_column(title)
    for row in rows:
        figures = [
            f"[bold]{row.change[name]:+.2f}[/bold]"
            if name in EXPECTED[row.prompt]
            else f"{row.change[name]:+.2f}"
            for name in names
        ]
        shown.add_row(row.clip, row.prompt, *figures, "yes" if row.is_right else "NO", f"{row.r:.2f}")
    return shown


def main() -> int:
    """Runs the benchmark; exit code 1 when something moved the wrong way."""
    parser = argparse.ArgumentParser(description="Whether react-1 moves what each prompt should move.")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--clips", nargs="*", default=list(CLIPS), help="parts of clip names")
    parser.add_argument("--mode", default="face", choices=("lips", "face", "head"))
    parser.add_argument("--voice", default=VOICE, help="a file of the audio that is with the clips")
    parser.add_argument("--output", type=Path, default=Path("out/expressions"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    clips = named_clips(options.media, options.clips)
    if not clips:
        return 0
    voice = options.media / "audio" / options.voice
    rows = [row for clip in clips for row in run_clip(clip, voice, options.mode, options.output)]
    Console(width=150).print(table(rows))
    return 0 if all(row.is_right for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
