"""The options that say who speaks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.cli.data_file import JSON, read_data
from lipwright.errors import FaceChoiceError, UsageError

_OPTIONS = {"frame_number": "face_at", "coordinates": "face_at", "bounding_boxes": "boxes"}
"""By the API's name for what they say; in a file of segments they are spelt so."""
_FIELD = re.compile(
    r"^(?P<text>--segment .+: )?(?P<place>segments\[\d+\]\.)?"
    rf"(?P<name>{'|'.join(_OPTIONS)})(?P<entry>\[\d+\])?: "
)


@contextmanager
def named_as_options() -> Iterator[None]:
    """Has errors that name a field of a choice name the option that was given instead.

    Raises:
        FaceChoiceError: as it was raised but for the name.
    """
    try:
        yield
    except FaceChoiceError as error:
        raise FaceChoiceError(_FIELD.sub(_option, str(error))) from error


def _option(field: re.Match[str]) -> str:
    if field["text"]:  # the option is named already
        return field["text"]
    name, entry = _OPTIONS[field["name"]], field["entry"] or ""
    return f"{field['place']}{name}{entry}: " if field["place"] else f"--{name.replace('_', '-')}{entry}: "


def face_choice(*, synergize: bool, face_at: str | None, boxes: Path | None) -> FaceChoice:
    """What the options say together.

    Raises:
        UsageError: they contradict one another, or one of them is not what it should be.
        MediaError: the file of boxes cannot be read.
    """
    if sum((synergize, face_at is not None, boxes is not None)) > 1:
        raise UsageError(
            "expected one of --synergize, --face-at and --boxes, found more; leave the others out"
        )
    if face_at is not None:
        frame_number, x, y = _point(face_at)
        return FaceChoice(frame_number=frame_number, coordinates=(x, y))
    if boxes is not None:
        return FaceChoice(bounding_boxes=_boxes(boxes))
    return FaceChoice(auto_detect=synergize)


def _point(text: str) -> tuple[int, float, float]:
    try:
        frame, x, y = text.split(",")
        return int(frame), float(x), float(y)
    except ValueError as error:
        message = f"--face-at: expected FRAME,X,Y such as 0,640,360, found {text!r}"
        raise UsageError(message) from error


def _boxes(path: Path) -> tuple[tuple[float, float, float, float] | None, ...]:
    value = read_data(path, "--boxes", (JSON,))
    rows = value.get("bounding_boxes") if isinstance(value, dict) else value
    if not isinstance(rows, list):
        raise UsageError(f"--boxes: expected a list with an entry for each frame, found none: {path}")
    return tuple(_box(number, row) for number, row in enumerate(rows))


def _box(number: int, row: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401 (JSON)
    if row is None:
        return None
    if not isinstance(row, list) or not all(type(value) in (int, float) for value in row) or len(row) != 4:
        raise UsageError(
            f"--boxes: expected [left, top, right, bottom] or null as entry {number}, found {str(row)[:60]}"
        )
    left, top, right, bottom = row
    return left, top, right, bottom
