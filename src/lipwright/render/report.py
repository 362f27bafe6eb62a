"""What a job did, in numbers."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from lipwright.render.figures import Figure
from lipwright.render.report_page import report_page


@dataclass(frozen=True)
class FaceReport:
    """What was done with one face."""

    track_id: int
    first_frame: int
    """Of the source."""
    last_frame: int
    """Of the source, inclusive."""
    is_speaker: bool
    """Whether it was given the voice."""
    frames_touched: int
    """Output frames in which its mouth was drawn."""
    donors_used: int
    """Different frames of the source whose mouths were used."""


@dataclass(frozen=True)
class Curve:
    """What the voice asked of one face, sampled at the output frames in which it is shown."""

    track_id: int
    seconds: list[float]
    """When each frame is shown."""
    wanted_gap_mm: list[float]
    """Gap between the inner lips that was asked for, canonical mm."""
    source_gap_mm: list[float | None]
    """Gap of the frame's own mouth; None where the face was lost."""
    strength: list[float]
    """0 where the frame was left alone, 1 where the mouth was replaced."""
    places: list[tuple[float, float] | None] = field(default_factory=list)
    """Where the face is in each frame, pixels from the left and the top; None where the face was lost."""
    rendered_gap_mm: list[float | None] = field(default_factory=list)
    """Gap that this face shows in the finished output; None where its mouth was not seen or could not be
    read. Empty if the output was not measured."""


@dataclass(frozen=True)
class SegmentReport:
    """What became of one segment."""

    start: float
    """Seconds of the source, as is ``end``."""
    end: float
    output_start: float
    """Seconds of the output, as is ``output_end``."""
    output_end: float
    voice_seconds: float
    """How much of its voice is heard."""
    track_ids: list[int]
    """Faces that say it; none where nobody is seen."""


@dataclass(frozen=True)
class Measured:
    """Whether the result was looked at once more, for what only its pictures can tell."""

    status: Literal["off", "pending", "done", "failed"] = "off"
    """``pending``: it will be, when nothing else waits."""
    why: str | None = "it was not asked for"
    """Why there is nothing measured; None when there is."""


@dataclass(frozen=True)
class Report:
    """The result of one lip-sync and how it came about."""

    output: Path
    model: str
    sync_mode: str
    width: int
    """Pixels."""
    height: int
    fps: str
    """Frames per second, as a fraction."""
    n_frames: int
    duration: float
    """Seconds of video."""
    frames_touched: int
    """Frames in which anything was drawn; the others are the source's own."""
    faces: list[FaceReport]
    curves: list[Curve]
    stage_seconds: dict[str, float] = field(default_factory=dict)
    """Wall-clock seconds of each stage."""
    notes: list[str] = field(default_factory=list)
    """What a user should know: a face too small, an odd size made even."""
    figures: list[Figure] = field(default_factory=list)
    """Each with its unit and with what is good; more of them when the output was measured."""
    segments: list[SegmentReport] = field(default_factory=list)
    """In the client's order; none when one voice is for the whole video."""
    measured: Measured = field(default_factory=Measured)
    """Whether there are rendered curves, and figures of the result."""

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Report":
        """The report that JSON knows."""
        parts = {
            "output": Path(kept["output"]),
            "faces": [FaceReport(**face) for face in kept["faces"]],
            "curves": [Curve(**curve) for curve in kept["curves"]],
            "figures": [Figure(**figure) for figure in kept.get("figures", [])],
            "segments": [SegmentReport(**segment) for segment in kept.get("segments", [])],
            "measured": Measured(**kept.get("measured", {})),
        }
        return cls(**{**kept, **parts})

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON knows it."""
        return {**asdict(self), "output": str(self.output)}

    def write_json(self, path: Path) -> None:
        """Writes the report as a JSON file."""
        with path.open("w", encoding="utf-8") as file:
            json.dump(self.to_dict(), file, indent=1)  # piece by piece: of a long video it is megabytes
            file.write("\n")

    def write_html(self, path: Path) -> None:
        """Writes the report as one self-contained page."""
        path.write_text(report_page(self), encoding="utf-8")
