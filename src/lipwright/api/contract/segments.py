"""Stretches of a video with voices of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.api.contract.faces import SpeakerChoice
from lipwright.api.contract.fields import Id, Request, WebAddress
from lipwright.app.generations import MoreVoice
from lipwright.errors import SegmentError
from lipwright.render.segment import Segment
from lipwright.store.records import MAX_VOICES, VOICE_NAMES

Seconds = Annotated[StrictInt | StrictFloat, Field(ge=0, le=1_000_000)]


class SegmentRequest(Request):
    """From ``start`` up to ``end``, seconds of the video, somebody says something else."""

    start: Seconds = Field(description="Where it begins, seconds of the video")
    end: Seconds = Field(description="Where it ends, seconds of the video")
    audio_url: WebAddress | None = Field(None, description="Its voice; by default that of the request")
    audio_asset_id: Id | None = Field(None, description="The same as an asset")
    audio_start: Seconds | None = Field(None, description="Where its part of the voice begins, seconds")
    audio_end: Seconds | None = Field(None, description="Where that part ends, seconds")
    sync_mode: Annotated[str, Field(pattern="^(bounce|loop|cut_off|silence|remap)$")] | None = Field(
        None, description="When the lengths differ; by default the video keeps its own"
    )
    active_speaker_detection: SpeakerChoice | None = Field(
        None, description="Who says it; by default whoever speaks meanwhile"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.audio_url is not None and self.audio_asset_id is not None:
            raise ValueError("expected at most one of audio_url and audio_asset_id, found both")
        try:
            self.segment(VOICE_NAMES[0])
        except SegmentError as error:
            raise PydanticCustomError("segment", "{said}", {"said": str(error)}) from error
        return self

    def segment(self, audio: str, sync_mode: str | None = None, choice: FaceChoice | None = None) -> Segment:
        """The segment as the engine knows it.

        Args:
            audio: the name of its voice.
            sync_mode: of the request, for a segment that names none.
            choice: likewise.
        """
        asked = self.active_speaker_detection
        own = (choice or FaceChoice()) if asked is None else asked.choice()
        return Segment(
            self.start, self.end, audio, self.audio_start, self.audio_end, own, self.sync_mode or sync_mode
        )


@dataclass
class Voices:
    """The different voices of a request, as they are come upon."""

    known: list[MoreVoice]
    """The first is the one that is called ``audio``."""

    def name(self, voice: MoreVoice) -> str:
        """What a voice is called; it is added if it is new.

        Raises:
            SegmentError: that is one too many.
        """
        places = [number for number, one in enumerate(self.known) if _same(one, voice)]
        if not places:
            if len(self.known) == MAX_VOICES:
                raise SegmentError(f"{voice.field}: expected at most {MAX_VOICES} voices, found one more")
            self.known.append(voice)
            places = [len(self.known) - 1]
        return VOICE_NAMES[places[0]]


def checked(request: Any) -> None:  # noqa: ANN401 (anything with an order)
    """Finds out, while a request is validated, whether an order can be made of its segments."""
    try:
        request.order()
    except SegmentError as error:
        raise PydanticCustomError("segment", "{said}", {"said": str(error)}) from error


def named_segments(
    asked: Sequence[SegmentRequest], voices: Voices, sync_mode: str | None, choice: FaceChoice
) -> tuple[Segment, ...]:
    """All segments of a request; their voices are added to those that are known.

    Raises:
        SegmentError: too many voices, or a segment without one.
    """
    made = []
    for number, one in enumerate(asked):
        kind = "asset_id" if one.audio_url is None else "url"
        field = f"segments[{number}].audio_{kind}"
        if one.audio_url is None and one.audio_asset_id is None:
            if not voices.known:
                raise SegmentError(f"segments[{number}]: expected audio_url or audio_asset_id, found neither")
            made.append(one.segment(VOICE_NAMES[0], sync_mode, choice))
        else:
            name = voices.name(MoreVoice(one.audio_url, one.audio_asset_id, field))
            made.append(one.segment(name, sync_mode, choice))
    return tuple(made)


def voice_fields(voices: Voices) -> dict[str, Any]:
    """The fields of a ``NewGeneration`` that say its voices."""
    first, *more = voices.known
    return {
        "audio_url": first.url,
        "audio_asset_id": first.asset_id,
        "audio_field": first.field,
        "audio_ref": first.ref,
        "more_voices": tuple(more),
    }


def _same(one: MoreVoice, other: MoreVoice) -> bool:
    return (one.url, one.asset_id, one.ref) == (other.url, other.asset_id, other.ref)
