"""The score of one video, in numbers and ready to be shown."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lipwright.scoring.page import score_page
from lipwright.scoring.silence import SilenceFigures
from lipwright.scoring.sync import SyncFigures


@dataclass(frozen=True)
class Picture:
    """What the video is and how much of it could be judged."""

    width: int
    """Pixels."""
    height: int
    fps: str
    """Frames per second, as a fraction."""
    n_frames: int
    duration: float
    """Seconds."""
    n_faces: int
    """Face tracks, over all shots."""
    seen_share: float
    """Share of the frames in which the speaker's mouth was seen, 0 to 1."""


@dataclass(frozen=True)
class Steadiness:
    """How sharp and how steady the mouth is; the ratios are to the reference, None without one."""

    sharpness: float
    """Median Laplacian variance of the mouth, levels squared."""
    lip_flicker: float
    """Mean bend of the lip lines over three frames, canonical mm."""
    skin_flicker: float
    """Mean bend of the skin beside and below the lips over three frames, levels."""
    sharpness_ratio: float | None = None
    """To the reference's mouths that are open as far."""
    lip_flicker_ratio: float | None = None
    """To the reference's lips that travel as far at a time."""
    skin_flicker_ratio: float | None = None


@dataclass(frozen=True)
class Curves:
    """The mouth over time, a value per frame."""

    seconds: list[float]
    gap_mm: list[float | None]
    """Measured; None where the mouth was not seen."""
    predicted_mm: list[float | None]
    """What the sound lets expect, scaled to the mean and spread of the measured gap; None after the sound."""
    silent_spans: list[tuple[float, float]]
    """First and last second of each stretch in which the voice is silent."""


@dataclass(frozen=True)
class Score:
    """How well a finished video is lip-synced."""

    video: Path
    audio: Path
    """The file whose sound was judged; the video itself for its own sound."""
    reference: Path | None
    picture: Picture
    sync: SyncFigures
    silence: SilenceFigures
    steadiness: Steadiness
    curves: Curves

    def to_dict(self) -> dict[str, Any]:
        """The score as JSON knows it: what could not be measured is None."""
        known = _known(asdict(self))
        known["sync"]["in_step_share"] = _known(self.sync.in_step_share)
        known["sync"]["confidence"] = _known(self.sync.opinion.confidence)
        known["sync"]["verdict"] = self.sync.opinion.verdict.value
        return dict(known)

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, figure and meaning, for a table in a terminal."""
        sync, silence, picture, steady = self.sync, self.silence, self.picture, self.steadiness
        said = sync.opinion
        return [
            ("sync", said.verdict.value, said.sentence()),
            ("mouth seen", f"{picture.seen_share:.0%}", f"of {picture.n_frames} frames"),
            (
                "follows the voice",
                f"r {shown(sync.r)}",
                "recordings of people: 0.3 to 0.7; other words: about 0",
            ),
            ("best lag", shown_offset(sync.av_offset), f"r {shown(sync.best_r)} there; 45 ms go unnoticed"),
            ("confidence", shown_share(said.confidence), "of mismatched pairs are less clear; 99 % is sure"),
            ("in step", shown_share(sync.in_step_share), "of windows of two seconds"),
            ("rest in silence", shown_share(silence.rest_share), _counted(silence)),
            _row("mouth sharpness", steady.sharpness, steady.sharpness_ratio, "", "more is sharper"),
            _row("lip flicker", steady.lip_flicker, steady.lip_flicker_ratio, " mm", "less is steadier"),
            _row("skin flicker", steady.skin_flicker, steady.skin_flicker_ratio, "", "less is steadier"),
        ]

    def write_json(self, path: str | Path) -> None:
        """Writes the score as a JSON file."""
        Path(path).write_text(json.dumps(self.to_dict(), indent=1) + "\n", encoding="utf-8")

    def write_html(self, path: str | Path) -> None:
        """Writes the score as one self-contained page."""
        Path(path).write_text(score_page(self), encoding="utf-8")


def shown(value: float) -> str:
    """A figure with two decimals, or that it could not be measured."""
    return f"{value:.2f}" if math.isfinite(value) else "not measurable"


def shown_share(value: float) -> str:
    """A share as per cent, or that it could not be measured."""
    return f"{value:.0%}" if math.isfinite(value) else "not measurable"


def shown_offset(seconds: float) -> str:
    """A time offset in words."""
    if not math.isfinite(seconds):
        return "not measurable"
    milliseconds = round(seconds * 1000)
    if milliseconds == 0:
        return "0 ms"
    return f"{milliseconds:+d} ms ({'sound' if milliseconds > 0 else 'mouth'} late)"


def _counted(silence: SilenceFigures) -> str:
    rest = f", {silence.n_unread} more cannot be read" if silence.n_unread else ""
    return f"of {silence.n_frames} silent frames{rest}"


def _row(name: str, value: float, ratio: float | None, unit: str, meaning: str) -> tuple[str, str, str]:
    figure = f"{shown(value)}{unit}"
    return (name, figure, meaning if ratio is None else f"{shown(ratio)} times the reference's")


def _known(value: Any) -> Any:  # noqa: ANN401 (whatever JSON may hold)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_known(item) for item in value]
    return str(value) if isinstance(value, Path) else value
