"""What a client may ask for."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.api.contract.faces import SpeakerChoice
from lipwright.api.contract.fields import Flag, Id, Name, Request, WebAddress, Whole
from lipwright.api.contract.segments import SegmentRequest, Voices, checked, named_segments, voice_fields
from lipwright.app.generations import MoreVoice, NewGeneration
from lipwright.engines.registry import models
from lipwright.render.segment import MAX_SEGMENTS

MAX_BATCH = 500
MAX_SEED = 2**32 - 1
MIN_FACE, MAX_FACE = 64, 8192

_ALIASES = {"lipsync-1.9.0": "lipsync-1.9", "lipsync-1.9.0-beta": "lipsync-1.9"}


class ModelId(StrEnum):
    """AI model identifier"""

    SYNC_3 = "sync-3"
    LIPSYNC_2_PRO = "lipsync-2-pro"
    LIPSYNC_2 = "lipsync-2"
    LIPSYNC_1_9 = "lipsync-1.9"
    REACT_1 = "react-1"


def _canonical(name: object) -> object:
    """The contract's id of a model, for the longer names that older clients know too."""
    known = _ALIASES.get(name, name) if isinstance(name, str) else None
    if known not in set(ModelId):
        raise ValueError(f"expected a model that runs here ({', '.join(info.id for info in models())})")
    return known


RequestedModel = Annotated[ModelId, BeforeValidator(_canonical)]
OutputFormat = Literal["mp4", "webm"]
SyncModeName = Literal["bounce", "loop", "cut_off", "silence", "remap"]
ModelModeName = Literal["lips", "face", "head"]
PromptName = Literal["happy", "sad", "angry", "disgusted", "surprised", "neutral"]
OURS = {"x-extension": True}
"""Marks what the contract does not have."""


class GenerationRequest(Request):
    """One lip-sync: exactly one of URL and asset for the video, and for the audio."""

    video_url: WebAddress | None = Field(
        None, description="URL of the source video; for sync-3 a still picture (PNG, JPEG, WebP) will do"
    )
    audio_url: WebAddress | None = Field(
        None, description="URL of the voice: a sound file, or a video's sound"
    )
    video_asset_id: Id | None = Field(None, description="An uploaded video asset, in place of video_url")
    audio_asset_id: Id | None = Field(None, description="An uploaded audio asset, in place of audio_url")
    model: RequestedModel = Field(description="One of GET /models; lipsync-1.9.0-beta means lipsync-1.9")
    webhook_url: WebAddress | None = Field(
        None, description="URL to receive webhook notification on completion"
    )
    synergize: Flag | None = Field(None, description="Enable multi-speaker detection and selection")
    max_face_resolution: Annotated[Whole, Field(ge=MIN_FACE, le=MAX_FACE)] | None = Field(
        None, description="Maximum face resolution cap in pixels"
    )
    output_format: OutputFormat | None = Field("mp4", description="Output video format")
    sync_mode: SyncModeName | None = Field(
        "bounce",
        description="What to do when video and voice have different lengths",
        json_schema_extra=dict(OURS),
    )
    seed: Annotated[Whole, Field(ge=0, le=MAX_SEED)] | None = Field(
        0, description="Equal seeds give equal results", json_schema_extra=dict(OURS)
    )
    idle_motion: Flag | None = Field(
        True,
        description="Whether a still picture blinks and moves its head a little",
        json_schema_extra=dict(OURS),
    )
    model_mode: ModelModeName | None = Field(
        "face",
        description="react-1: what is changed: the mouth, expression as well, or head motion too",
        json_schema_extra=dict(OURS),
    )
    prompt: PromptName | None = Field(
        None, description="react-1: what the face expresses", json_schema_extra=dict(OURS)
    )

    active_speaker_detection: SpeakerChoice | None = Field(
        None, description="Who speaks, where a video shows several people", json_schema_extra=dict(OURS)
    )

    segments: Annotated[list[SegmentRequest], Field(min_length=1, max_length=MAX_SEGMENTS)] | None = Field(
        None,
        description="Stretches with voices of their own; all else stays the video's, its sound too",
        json_schema_extra=dict(OURS),
    )

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        choice = self.active_speaker_detection
        if self.synergize and choice is not None and choice.choice().is_explicit:
            raise ValueError("expected synergize or a face in active_speaker_detection, found both")
        return self

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for medium in ("video", "audio"):
            url, asset = f"{medium}_url", f"{medium}_asset_id"
            n_given = sum(getattr(self, name) is not None for name in (url, asset))
            is_optional = medium == "audio" and bool(self.segments) and n_given == 0
            if n_given != 1 and not is_optional:
                found = "both" if n_given else "neither"
                raise ValueError(f"expected exactly one of {url} and {asset}, found {found}")
        return self

    @model_validator(mode="after")
    def _segments_make_sense(self) -> Self:
        if self.segments:
            checked(self)
        return self

    def order(self) -> NewGeneration:
        """The request as the use case takes it, with every default said."""
        choice = FaceChoice() if (asked := self.active_speaker_detection) is None else asked.choice()
        order = self._whole(choice)
        if self.segments is None:
            return order
        first = MoreVoice(
            self.audio_url, self.audio_asset_id, "audio_asset_id" if self.audio_asset_id else "audio_url"
        )
        voices = Voices([first] if self.audio_url or self.audio_asset_id else [])
        said = self.sync_mode if "sync_mode" in self.model_fields_set else None
        whoever = FaceChoice(auto_detect=True) if order.synergize else choice
        segments = named_segments(self.segments, voices, said, whoever)
        return replace(order, segments=segments, **voice_fields(voices))

    def _whole(self, choice: FaceChoice) -> NewGeneration:
        """Without its segments."""
        return NewGeneration(
            model=self.model.value,
            video_url=self.video_url,
            video_asset_id=self.video_asset_id,
            audio_url=self.audio_url,
            audio_asset_id=self.audio_asset_id,
            webhook_url=self.webhook_url,
            synergize=bool(self.synergize) or choice.auto_detect,
            face_choice=choice if choice.is_explicit else None,
            max_face_resolution=self.max_face_resolution,
            output_format=self.output_format or "mp4",
            sync_mode=self.sync_mode or "bounce",
            seed=self.seed or 0,
            idle_motion=self.idle_motion is not False,
            model_mode=self.model_mode or "face",
            prompt=self.prompt,
        )


class BatchRequest(Request):
    """Generations to be made together."""

    generations: list[GenerationRequest] = Field(
        min_length=1, max_length=MAX_BATCH, description="List of generation requests"
    )
    webhook_url: WebAddress | None = Field(None, description="URL to receive batch completion notification")


class AssetFromUrlRequest(Request):
    """A file to be fetched and kept as an asset."""

    url: WebAddress = Field(description="Where the file is fetched from, once")
    filename: Name | None = Field(None, description="Its name in lists; by default the last part of the URL")


EventName = Literal[
    "generation.created",
    "generation.processing",
    "generation.progress",
    "generation.completed",
    "generation.failed",
    "generation.cancelled",
    "batch.completed",
]
EventNames = Annotated[list[EventName], Field(max_length=32, description="Types to send; empty for all")]


class WebhookRequest(Request):
    """A new endpoint."""

    url: WebAddress = Field(description="Where events are posted")
    events: EventNames = Field(default_factory=list)
    is_enabled: Flag = True


class WebhookChange(Request):
    """What is to be changed of an endpoint; what is left out stays."""

    url: WebAddress | None = None
    events: EventNames | None = None
    is_enabled: Flag | None = None


class RotationRequest(Request):
    """How the secret is replaced."""

    overlap_seconds: Annotated[Whole, Field(ge=0, le=7 * 86400)] | None = Field(
        None, description="How long deliveries are signed with the old secret as well; by default a day"
    )
