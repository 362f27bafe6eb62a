"""Segments as the vendor's SDKs ask for them."""

import re
from collections.abc import Sequence
from typing import Self

from pydantic import AliasChoices, Field, model_validator
from pydantic_core import PydanticCustomError

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.api.contract.faces import SpeakerChoice
from lipwright.api.contract.fields import Id, Request
from lipwright.api.contract.segments import Seconds
from lipwright.app.generations import MoreVoice
from lipwright.errors import SegmentError
from lipwright.render.segment import Segment
from lipwright.store.records import MAX_VOICES, VOICE_NAMES

_THEIR_NAMES = {
    "audio_start": "audioInput.startTime",
    "audio_end": "audioInput.endTime",
    "start": "startTime",
    "end": "endTime",
    "sync_mode": "optionsOverride.sync_mode",
}
_OUR_NAMES = re.compile(r"\b(audio_start|audio_end|start|end|sync_mode)\b(?=:| \()")
"""Where a message speaks of a field: before a colon, or before its value in brackets."""


class SegmentVoice(Request):
    """Which voice, and which part of it."""

    ref_id: Id = Field(validation_alias=AliasChoices("refId", "ref_id"))
    start: Seconds | None = Field(None, validation_alias=AliasChoices("startTime", "start_time"))
    end: Seconds | None = Field(None, validation_alias=AliasChoices("endTime", "end_time"))

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.start is None) != (self.end is None):
            missing = "startTime" if self.start is None else "endTime"
            raise ValueError(f"expected startTime with endTime, found one of them; add {missing}")
        return self


class SegmentOptions(Request):
    """What a segment wants otherwise than the request; other options of the vendor are ignored."""

    sync_mode: str | None = None
    active_speaker_detection: SpeakerChoice | None = None


class NativeSegment(Request):
    """A stretch of the video with a voice of its own."""

    start: Seconds = Field(validation_alias=AliasChoices("startTime", "start_time"))
    end: Seconds = Field(validation_alias=AliasChoices("endTime", "end_time"))
    voice: SegmentVoice = Field(validation_alias=AliasChoices("audioInput", "audio_input"))
    options: SegmentOptions | None = Field(
        None, validation_alias=AliasChoices("optionsOverride", "options_override")
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        try:
            self.segment(VOICE_NAMES[0], None, FaceChoice())
        except SegmentError as error:
            said = _OUR_NAMES.sub(lambda found: _THEIR_NAMES[found.group(1)], str(error))
            raise PydanticCustomError("segment", "{said}", {"said": said}) from error
        return self

    def segment(self, audio: str, sync_mode: str | None, choice: FaceChoice) -> Segment:
        """The segment as the engine knows it; mode and choice of the request hold where it has none."""
        options = self.options or SegmentOptions()
        asked = options.active_speaker_detection
        return Segment(
            self.start,
            self.end,
            audio,
            self.voice.start,
            self.voice.end,
            choice if asked is None else asked.choice(),
            options.sync_mode or sync_mode,
        )


def native_segments(
    asked: Sequence[NativeSegment], voices: Sequence[MoreVoice], sync_mode: str | None, choice: FaceChoice
) -> tuple[Segment, ...]:
    """All segments of a request.

    Args:
        asked: as they came.
        voices: the voices of its input, in order.
        sync_mode: of the request.
        choice: of the request.

    Raises:
        SegmentError: a voice without a name, two of one name, or a name of none.
    """
    if len(voices) > MAX_VOICES:
        raise SegmentError(f"input: expected at most {MAX_VOICES} voices, found {len(voices)}")
    names: dict[str, str] = {}
    for name, voice in zip(VOICE_NAMES, voices, strict=False):
        place = voice.field.partition(".")[0]
        if voice.ref is None or voice.ref in names:
            found = "none" if voice.ref is None else f"{voice.ref[:60]!r} again"
            raise SegmentError(f"{place}.refId: expected a name of its own for segments, found {found}")
        names[voice.ref] = name
    made = []
    for number, one in enumerate(asked):
        if one.voice.ref_id not in names:
            raise SegmentError(
                f"segments[{number}].audioInput.refId: expected the refId of an input of type audio "
                f"({', '.join(names)}), found {one.voice.ref_id[:60]!r}"
            )
        made.append(one.segment(names[one.voice.ref_id], sync_mode, choice))
    return tuple(made)
