"""Stretches of a video with voices of their own, as a client says them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any, Self

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.errors import SegmentError
from lipwright.render.timing import SyncMode

MAX_SEGMENTS = 1000


@dataclass(frozen=True)
class Segment:
    """From ``start`` up to, not including, ``end`` a face says something else, heard in place of the source.

    Frames and sound outside all segments stay the source's own.
    """

    start: float
    """Seconds of the source."""
    end: float
    """Seconds of the source."""
    audio: str | Path | None = None
    """Any file with sound; None takes the voice of the whole job."""
    audio_start: float | None = None
    """Seconds of the voice at which the segment's part begins; None for its beginning."""
    audio_end: float | None = None
    """Seconds of the voice at which that part ends; None for its end."""
    face_choice: FaceChoice = field(default_factory=FaceChoice)
    """Who says it; by default whoever speaks in the source meanwhile."""
    sync_mode: str | None = None
    """What to do when the part is not as long as the segment. None keeps the video as it is: a longer voice
    is cut, a shorter one followed by silence. A mode makes the output longer or shorter at this place."""

    def __post_init__(self) -> None:
        """Checks what can be known without the files."""
        for name in ("start", "end", "audio_start", "audio_end"):
            _check_seconds(name, getattr(self, name))
        _check_order("start", self.start, "end", self.end)
        if self.audio_end is not None:
            _check_order("audio_start", self.audio_start or 0, "audio_end", self.audio_end)
        if self.sync_mode is not None and self.sync_mode not in tuple(SyncMode):
            known = ", ".join(mode.value for mode in SyncMode)
            raise SegmentError(f"sync_mode: expected one of {known}, found {self.sync_mode!r}")

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """Start and end, exact."""
        return exact(self.start), exact(self.end)

    def to_dict(self) -> dict[str, Any]:
        """As JSON knows it; see ``from_dict``."""
        audio = None if self.audio is None else str(self.audio)
        return {**asdict(self), "audio": audio}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """What ``to_dict`` made of a segment, also when it has been JSON since."""
        return cls(**{**value, "face_choice": FaceChoice.from_dict(value.get("face_choice") or {})})


def exact(seconds: float) -> Fraction:
    """The decimal that a number stands for: 0.1 is a tenth."""
    return Fraction(str(seconds))


def check_segments(segments: Sequence[Segment]) -> None:
    """Raises SegmentError unless the segments can be of one job: two at a time only for two chosen faces."""
    if len(segments) > MAX_SEGMENTS:
        raise SegmentError(f"segments: expected at most {MAX_SEGMENTS}, found {len(segments)}; split the job")
    numbered = sorted(enumerate(segments), key=lambda pair: pair[1].start)
    for place, (number, one) in enumerate(numbered):
        for later, other in numbered[place + 1 :]:
            if other.start >= one.end:
                break
            _check_pair((number, one), (later, other))


def same_face(one: int, other: int) -> SegmentError:
    """Says that two segments give voices to one face at a time."""
    first, last = sorted((one, other))
    return SegmentError(
        f"segments[{last}]: expected a face or a time of its own, found a face that segments[{first}] gives "
        "a voice to at the same time; move one of them, or choose other faces"
    )


def _check_pair(one: tuple[int, Segment], other: tuple[int, Segment]) -> None:
    choices = [segment.face_choice for _, segment in (one, other)]
    if choices[0] == choices[1] or not all(choice.is_explicit for choice in choices):
        raise same_face(one[0], other[0])
    for number, segment in (one, other):
        if segment.sync_mode is not None:
            raise SegmentError(
                f"segments[{number}].sync_mode: expected none where two segments overlap, found "
                f"{segment.sync_mode!r}; leave it out: the video keeps its length there"
            )


def _check_seconds(name: str, value: float | None) -> None:
    if value is not None and not (isinstance(value, int | float) and isfinite(value) and value >= 0):
        raise SegmentError(f"{name}: expected seconds from 0 on, found {value!r}")


def _check_order(first: str, start: float, last: str, end: float) -> None:
    if end <= start:
        raise SegmentError(f"{last}: expected a time after {first} ({start:g} s), found {end:g} s")
