"""What the vendor's SDKs ask for."""

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, StrictStr, model_validator

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.api.contract.faces import SpeakerChoice
from lipwright.api.contract.fields import Flag, Id, Request, WebAddress
from lipwright.api.contract.requests import (
    ModelModeName,
    OutputFormat,
    PromptName,
    RequestedModel,
    SyncModeName,
)
from lipwright.api.contract.segments import Voices, checked, voice_fields
from lipwright.api.native.segments import NativeSegment, native_segments
from lipwright.app.catalogue import need_model
from lipwright.app.generations import MoreVoice, NewGeneration
from lipwright.app.native_shape import DIALECT
from lipwright.render.segment import MAX_SEGMENTS

MAX_INPUTS = 16
_OUTPUT_NAME = r"^[A-Za-z0-9_-]{1,255}$"


def _is_absent(value: Any) -> Any:  # noqa: ANN401 (whatever JSON held)
    """What would change the result and is not made here is refused, not ignored."""
    if value:
        raise ValueError("expected none: the vendor gave these up; send segments instead")
    return None


NotMade = Annotated[Any, BeforeValidator(_is_absent)]


class NativeInput(Request):
    """A video, a still picture or a voice, by its URL or as an asset."""

    type: Literal["video", "audio", "image"]
    url: WebAddress | None = None
    asset_id: Id | None = Field(None, validation_alias=AliasChoices("assetId", "asset_id"))
    ref_id: Id | None = Field(None, validation_alias=AliasChoices("refId", "ref_id"))
    segments_secs: NotMade = None
    segments_frames: NotMade = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.url is None) == (self.asset_id is None):
            found = "neither" if self.url is None else "both"
            raise ValueError(f"expected exactly one of url and assetId, found {found}")
        return self


class NativeOptions(Request):
    """What is left to the client; options of the vendor that there are not here are ignored."""

    sync_mode: SyncModeName | None = None
    output_format: OutputFormat | None = None
    active_speaker_detection: SpeakerChoice | None = None
    model_mode: ModelModeName | None = None
    prompt: PromptName | None = None
    measure_report: Flag | None = None
    """Ours: whether the result is measured for its report, whatever is usual on this server."""


class NativeRequest(Request):
    """One lip-sync."""

    model: RequestedModel
    input: Annotated[list[NativeInput], Field(max_length=MAX_INPUTS)]
    options: NativeOptions | None = None
    segments: Annotated[list[NativeSegment], Field(max_length=MAX_SEGMENTS)] | None = None
    webhook_url: WebAddress | None = Field(None, validation_alias=AliasChoices("webhookUrl", "webhook_url"))
    output_name: Annotated[StrictStr, Field(pattern=_OUTPUT_NAME)] | None = Field(
        None, validation_alias=AliasChoices("outputFileName", "output_file_name")
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for media in (("video", "image"), ("audio",)):
            count = sum(item.type in media for item in self.input)
            may_be_more = media == ("audio",) and bool(self.segments)
            if count != 1 and not (may_be_more and count > 1):
                hint = "; give segments that say when each is heard" if media == ("audio",) and count else ""
                raise ValueError(
                    f"expected exactly one item of type {' or '.join(media)} in input, found {count}{hint}"
                )
        images = [number for number, item in enumerate(self.input) if item.type == "image"]
        if images and not need_model(self.model).takes_stills:
            raise ValueError(
                f"input[{images[0]}]: expected a video for {self.model}, found an image; choose sync-3"
            )
        return self

    @model_validator(mode="after")
    def _segments_make_sense(self) -> Self:
        if self.segments:
            checked(self)
        return self

    def order(self) -> NewGeneration:
        """The request as the use case takes it.

        Raises:
            SegmentError: segments name voices that there are not.
        """
        options = self.options or NativeOptions()
        asked = options.active_speaker_detection
        choice = FaceChoice() if asked is None else asked.choice()
        (video,) = (item for item in self.input if item.type != "audio")
        voices = self._voices()
        order = NewGeneration(
            model=self.model.value,
            video_url=video.url,
            video_asset_id=video.asset_id,
            audio_url=voices[0].url,
            audio_asset_id=voices[0].asset_id,
            webhook_url=self.webhook_url,
            synergize=choice.auto_detect,
            face_choice=choice if choice.is_explicit else None,
            output_format=options.output_format or "mp4",
            sync_mode=options.sync_mode or "bounce",
            model_mode=options.model_mode or "face",
            prompt=options.prompt,
            output_name=self.output_name,
            dialect=DIALECT,
            measure_report=options.measure_report,
        )
        if not self.segments:
            return order
        segments = native_segments(self.segments, voices, options.sync_mode, choice)
        return replace(order, segments=segments, **voice_fields(Voices(voices)))

    def _voices(self) -> list[MoreVoice]:
        return [
            MoreVoice(
                item.url,
                item.asset_id,
                f"input[{n}].{'url' if item.asset_id is None else 'assetId'}",
                item.ref_id,
            )
            for n, item in enumerate(self.input)
            if item.type == "audio"
        ]


class NativeRow(Request):
    """One line of a batch."""

    request_id: Id
    endpoint: Literal["/v2/generate"]
    payload: NativeRequest

    def order(self) -> NewGeneration:
        """The row as the use case takes it."""
        return replace(self.payload.order(), request_id=self.request_id)


class NativeRows(Request):
    """A batch as JSON."""

    rows: list[Any]
    webhook_url: WebAddress | None = Field(None, validation_alias=AliasChoices("webhook_url", "webhookUrl"))
    dry_run: bool = False
