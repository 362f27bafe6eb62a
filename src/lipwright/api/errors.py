"""The one table from errors to HTTP statuses, and the one shape of an error's body."""

import http
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from lipwright.api.native.errors import PREFIX as NATIVE_PREFIX
from lipwright.api.native.errors import native_error
from lipwright.errors import (
    AuthenticationError,
    ConflictError,
    FaceChoiceError,
    InstallationError,
    LimitError,
    LipwrightError,
    LostProcessError,
    MediaError,
    NoFaceError,
    NoRoomError,
    NotFoundError,
    OutputError,
    SegmentError,
    TooLargeError,
    UsageError,
)

REQUEST_ID_HEADER = "x-request-id"
JSON_HINT = "expected a JSON object in UTF-8 with Content-Type: application/json, found something else"


@dataclass(frozen=True)
class Answer:
    """How a class of errors is answered."""

    status: int
    error: str
    """The error type that the body names."""


ERROR_ANSWERS: dict[type[LipwrightError], Answer] = {
    LipwrightError: Answer(500, "internal_error"),
    FaceChoiceError: Answer(400, "bad_request"),
    SegmentError: Answer(400, "bad_request"),
    UsageError: Answer(400, "bad_request"),
    MediaError: Answer(400, "invalid_media"),
    NoFaceError: Answer(400, "no_face"),
    AuthenticationError: Answer(401, "unauthorized"),
    NotFoundError: Answer(404, "not_found"),
    ConflictError: Answer(409, "conflict"),
    TooLargeError: Answer(413, "too_large"),
    LimitError: Answer(429, "rate_limit_exceeded"),
    OutputError: Answer(500, "output_error"),
    NoRoomError: Answer(503, "insufficient_storage"),
    InstallationError: Answer(500, "installation_error"),
    LostProcessError: Answer(500, "process_lost"),
}
"""For every class of ``lipwright.errors``; exceptions of other kinds are answered with 500 too."""

_STATUS_ERRORS = {answer.status: answer.error for answer in reversed(ERROR_ANSWERS.values())} | {
    405: "method_not_allowed",
    416: "range_not_satisfiable",
    500: "internal_error",
    503: "service_unavailable",
}
_STATUS_MESSAGES = {
    404: "no such path; see /v2/openapi.json for those that there are",
    405: "this path does not take that method; the Allow header names those that it does",
}
_METHOD_NOT_ALLOWED = 405
_WORDING = re.compile("^(Value error, expected|Input should be|(?:String|List) should have) ")
_COUNTED = re.compile(" after validation, not (?=[0-9]+$)")
_ROOM_SECONDS = 30
"""After which a client may ask again whether there is room; clients of the hosted service wait no longer."""
_MAX_SHOWN = 60
"""Characters of a wrong value that a message repeats."""
_UNREADABLE = "There was an error parsing the body"
"""What FastAPI says of a body that is no UTF-8, or JSON that Python cannot hold."""
_KINDS = {"missing": "is missing", "model_attributes_type": "expected an object"}


def answer_for(error: LipwrightError) -> Answer:
    """How an error is answered, by its nearest listed class."""
    return next(ERROR_ANSWERS[kind] for kind in type(error).__mro__ if kind in ERROR_ANSWERS)


def error_response(scope: Scope, error: LipwrightError) -> JSONResponse:
    """The answer to a request that ended with an error raised on purpose."""
    answer = answer_for(error)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, LimitError) else {}
    if isinstance(error, NoRoomError):
        headers["Retry-After"] = str(_ROOM_SECONDS)
    if isinstance(error, AuthenticationError):
        headers["WWW-Authenticate"] = "Bearer"
    return _body(scope, answer, str(error), headers)


def add_error_handlers(app: FastAPI) -> None:
    """Answers whatever the application raises in the one shape."""
    app.add_exception_handler(LipwrightError, _on_own)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_defect)


def _on_own(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LipwrightError)
    if answer_for(error).status >= 500:
        structlog.get_logger().error("request failed", error=str(error), exc_info=error)
    return error_response(request.scope, error)


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    said = "; ".join(dict.fromkeys(_describe(found) for found in error.errors()[:5]))
    return _body(request.scope, ERROR_ANSWERS[UsageError], said, {})


def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = _STATUS_ERRORS.get(error.status_code) or _phrase(error.status_code).lower().replace(" ", "_")
    if error.detail == _UNREADABLE:
        return _body(request.scope, ERROR_ANSWERS[UsageError], f"body: {JSON_HINT}", {})
    is_plain = error.detail == _phrase(error.status_code)
    said = _STATUS_MESSAGES.get(error.status_code, str(error.detail)) if is_plain else str(error.detail)
    headers = dict(error.headers or {})
    if error.status_code == _METHOD_NOT_ALLOWED:  # the router names the methods of one of the path's routes
        headers["Allow"] = ", ".join(request.app.state.routes.methods(request.url.path))
    return _body(request.scope, Answer(error.status_code, kind), said, headers)


def _on_gone(request: Request, _: Exception) -> JSONResponse:
    """Nobody reads it; it keeps an upload that was given up out of the defects."""
    said = "expected the whole body, the connection was closed before its end; send it again"
    return _body(request.scope, ERROR_ANSWERS[UsageError], said, {})


def _on_defect(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger().error("request failed", exc_info=error)
    said = "something unexpected went wrong on the server; its log has the cause under this request id"
    response = _body(request.scope, ERROR_ANSWERS[LipwrightError], said, {})
    response.headers[REQUEST_ID_HEADER] = request_id(request.scope)  # this answer passes no middleware
    return response


def request_id(scope: Scope) -> str:
    """The id of the request, as its answer and the log have it."""
    return str(scope.get("state", {}).get("request_id", ""))


def _body(scope: Scope, answer: Answer, message: str, headers: Mapping[str, str]) -> JSONResponse:
    content: dict[str, Any] = {
        "error": answer.error,
        "message": message,
        "request_id": request_id(scope),
    }
    if scope["path"].startswith(NATIVE_PREFIX):
        content = native_error(scope["path"], answer.status, **content)
    return JSONResponse(content, answer.status, dict(headers))


def _describe(found: Mapping[str, Any]) -> str:
    """One fault of a request in words, with the field it is about; input is never repeated in full."""
    place, *path = found["loc"]
    kind = found["type"]
    if kind == "json_invalid":
        return f"body: not valid JSON ({found['ctx']['error']} at character {path[0] if path else 0})"
    name = _path(path)
    if not name and kind in {"model_attributes_type", "missing", "dict_type"}:
        return f"body: {JSON_HINT}"
    said = _KINDS.get(kind) or _COUNTED.sub(", found ", _WORDING.sub("expected ", found["msg"]))
    return f"{name}: {said}{_excerpt(found)}" if name else f"{place}: {said}"


def _path(parts: list[str | int]) -> str:
    """``generations[3].video_url``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _excerpt(found: Mapping[str, Any]) -> str:
    value = found.get("input")
    if found["type"] == "missing" or not isinstance(value, str | int | float | bool) or value is None:
        return ""
    text = repr(value)
    if len(text) <= _MAX_SHOWN:
        return f", found {text}"
    return f", found {text[:_MAX_SHOWN]}… ({len(value) if isinstance(value, str) else len(text)} characters)"


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "error"
