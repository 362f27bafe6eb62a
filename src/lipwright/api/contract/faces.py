"""Whom a client wants to speak, in the vendor's words."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.api.contract.fields import Flag, Request, Whole
from lipwright.errors import FaceChoiceError

MAX_BOXES = 200_000
"""Frames: half an hour at 100 per second, and more than a body holds."""
MAX_FRAME = 2**31 - 1

_Pixels = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
_Point = Annotated[list[_Pixels], Field(min_length=2, max_length=2)]
_Box = Annotated[list[_Pixels], Field(min_length=4, max_length=4)]


def _is_absent(value: Any) -> Any:  # noqa: ANN401 (whatever JSON held)
    if value is not None:
        raise ValueError("expected none: boxes are not fetched here; send them as bounding_boxes")
    return None


class SpeakerChoice(Request):
    """At most one of ``auto_detect``, a point (``frame_number`` with ``coordinates``) and boxes."""

    auto_detect: Flag | None = Field(
        None, description="Follow the speaker within a shot too; the same as synergize"
    )
    frame_number: Annotated[Whole, Field(ge=0, le=MAX_FRAME)] | None = Field(
        None, description="Frame of the video, from 0, in which coordinates are"
    )
    coordinates: _Point | None = Field(
        None, description="[x, y] of a point on the face that speaks, pixels of the video"
    )
    bounding_boxes: Annotated[list[_Box | None], Field(min_length=1, max_length=MAX_BOXES)] | None = Field(
        None, description="[left, top, right, bottom] of the face that speaks in every frame; null for none"
    )
    bounding_boxes_url: Annotated[Any, BeforeValidator(_is_absent)] = Field(
        None, description="Not fetched here: send bounding_boxes", exclude=True
    )

    @model_validator(mode="after")
    def _is_one_choice(self) -> Self:
        try:
            self.choice()
        except FaceChoiceError as error:
            raise PydanticCustomError("face_choice", "{said}", {"said": str(error)}) from error
        return self

    def choice(self) -> FaceChoice:
        """The choice as the engine knows it."""
        return FaceChoice.from_dict(self.model_dump())
