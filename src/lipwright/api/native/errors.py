"""The shape of errors that the SDKs read; ours is in it too."""

import http
from typing import Any

PREFIX = "/native/"
_OF_RESOURCE = {
    ("generate", 400): "generation_input_validation_failed",
    ("generate", 404): "generation_not_found",
    ("generations", 404): "generation_not_found",
    ("assets", 404): "asset_not_found",
}
_CODES = {409: "generation_conflict", 413: "file_size_exceeds_plan_limit", 500: "internal_error"}


def native_error(path: str, status: int, error: str, message: str, request_id: str) -> dict[str, Any]:
    """The body of an error.

    Args:
        path: of the request.
        status: of the answer.
        error: the type of the error in the contract's dialect.
        message: for people.
        request_id: of the request.
    """
    resource = path.removeprefix(f"{PREFIX}v2/").partition("/")[0]
    code = _OF_RESOURCE.get((resource, status)) or _CODES.get(status, error)
    if (resource, status) == ("generate", 400) and "segments[" in message:
        code = "generation_input_segments_invalid"
    return {
        "statusCode": status,
        "message": message,
        "error": http.HTTPStatus(status).phrase,
        "errorCode": code,
        "error_code": code,
        "requestId": request_id,
        "request_id": request_id,
    }
