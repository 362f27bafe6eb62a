"""The options that give several voices to several faces."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lipwright.cli.data_file import JSON, TOML, read_data
from lipwright.cli.face_options import face_choice
from lipwright.errors import FaceChoiceError, MediaError, SegmentError, UsageError
from lipwright.render.segment import Segment

_FACES = ("face_at", "boxes", "synergize")
_NAMES = ("start", "end", "audio", "audio_start", "audio_end", "sync_mode", *_FACES)


def segments(spoken: Sequence[str], path: Path | None) -> tuple[Segment, ...]:
    """What the options say together: those of the file first.

    Args:
        spoken: each ``START,END[,AUDIO][@FRAME,X,Y]``.
        path: a JSON or TOML file.

    Raises:
        UsageError: one of them is not what it should be; the message names it.
        MediaError: the file cannot be read.
    """
    return (*(() if path is None else _of_file(path)), *map(_of_text, spoken))


def _of_text(text: str) -> Segment:
    spans, _, place = text.rpartition("@") if "@" in text else (text, "", "")
    if place.count(",") != 2:  # the sign belongs to the name of a file
        spans, place = text, ""
    start, end, audio = (*spans.split(",", 2), "", "")[:3]
    try:
        seconds = float(start), float(end)
    except ValueError as error:
        raise UsageError(
            f"--segment: expected START,END,AUDIO@FRAME,X,Y such as 2.5,4,anna.wav@0,640,360, found {text!r}"
        ) from error
    try:
        choice = face_choice(synergize=False, face_at=place or None, boxes=None)
        return Segment(*seconds, audio or None, face_choice=choice)
    except UsageError as error:
        raise type(error)(f"--segment {text}: {error}") from error


def _of_file(path: Path) -> list[Segment]:
    value = read_data(path, "--segments", (JSON, TOML))
    rows = value.get("segments") if isinstance(value, dict) else value
    if not isinstance(rows, list) or not rows:
        raise UsageError(f"--segments: expected a list of segments, found none: {path}")
    return [_of_row(number, row, path.parent) for number, row in enumerate(rows)]


def _of_row(number: int, row: Any, folder: Path) -> Segment:  # noqa: ANN401 (whatever the file holds)
    place = f"segments[{number}]"
    if not isinstance(row, dict):
        raise SegmentError(f"{place}: expected a table with start and end, found {str(row)[:60]}")
    for name in row:
        if name not in _NAMES:
            raise SegmentError(f"{place}.{name}: expected one of {', '.join(_NAMES)}; correct the name")
    for name in ("start", "end"):
        if name not in row:
            raise SegmentError(f"{place}.{name}: expected seconds of the video, found none; add it")
    try:
        return _built(row, folder)
    except (SegmentError, FaceChoiceError) as error:
        raise type(error)(f"{place}.{error}") from error
    except (UsageError, MediaError) as error:
        raise type(error)(f"{place}: {error}") from error


def _built(row: Mapping[str, Any], folder: Path) -> Segment:
    """A row as a segment; its files are beside the file that names them."""
    for name in ("audio", "boxes"):
        if not isinstance(row.get(name, ""), str):
            raise SegmentError(f"{name}: expected the name of a file, found {str(row[name])[:60]}")
    at, boxes = row.get("face_at"), row.get("boxes")
    choice = face_choice(
        synergize=bool(row.get("synergize")),
        face_at=",".join(map(str, at)) if isinstance(at, list) else at,
        boxes=None if boxes is None else folder / boxes,
    )
    own: dict[str, Any] = {name: row.get(name) for name in _NAMES if name not in (*_FACES, "audio")}
    audio = None if row.get("audio") is None else folder / row["audio"]
    return Segment(**own, audio=audio, face_choice=choice)
