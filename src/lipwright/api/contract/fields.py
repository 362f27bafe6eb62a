"""The kinds of values that requests are made of, and how each is checked."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)

MAX_URL = 8192
"""Characters; signed addresses of object stores have up to about 2000."""
MAX_ID = 128
MAX_NAME = 255

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and halves of surrogate pairs: no database takes them all."""


def _plain(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError("expected text without control characters")
    return text


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or re.search(r"\s", text):
        raise ValueError("expected an http:// or https:// address")
    return text


def _whole(value: Any) -> Any:  # noqa: ANN401 (whatever JSON held)
    """JSON Schema counts 64.0 among the integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# lengths first: what is too long is not looked at further
WebAddress = Annotated[
    StrictStr,
    Field(max_length=MAX_URL, json_schema_extra={"format": "uri"}),
    AfterValidator(_plain),
    AfterValidator(_web_address),
]
Id = Annotated[StrictStr, Field(min_length=1, max_length=MAX_ID), AfterValidator(_plain)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_plain)]
Whole = Annotated[StrictInt, BeforeValidator(_whole)]
Flag = StrictBool


class Request(BaseModel):
    """A JSON body; unknown fields are ignored, and null is the same as absent."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
