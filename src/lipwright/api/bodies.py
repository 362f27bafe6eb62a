"""Bodies that handlers read themselves, because FastAPI cannot: of two types, or in several parts."""

import json
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from lipwright.api.errors import JSON_HINT
from lipwright.errors import TooLargeError, UsageError

Model = TypeVar("Model", bound=BaseModel)


async def small_body(request: Request, max_bytes: int) -> bytes:
    """The whole body.

    Raises:
        TooLargeError: it is larger.
    """
    body = b""
    async for data in request.stream():
        body += data
        if len(body) > max_bytes:
            raise TooLargeError(f"expected JSON of at most {max_bytes} bytes, found more; send less")
    return body


def parsed_json(text: bytes | str, field: str = "body") -> Any:  # noqa: ANN401 (whatever JSON holds)
    """What JSON says.

    Raises:
        UsageError: it is none, or not in UTF-8, or nested too deeply, or holds a number without end.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{field}: {JSON_HINT}") from error


def validated(kind: type[Model], value: Any, place: tuple[str | int, ...] = ()) -> Model:  # noqa: ANN401
    """A value as a model, or the error that FastAPI raises for a body.

    Args:
        kind: the model.
        value: from JSON.
        place: where in the body the value stands.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *place, *each["loc"])} for each in error.errors()]
        raise RequestValidationError(found) from error
