"""The errors that operations declare."""

from typing import Any

from lipwright.api.contract.answers import ErrorAnswer

Responses = dict[int | str, dict[str, Any]]

_DESCRIPTIONS = {
    400: "Bad request - invalid parameters",
    401: "Unauthorized - missing or invalid API key",
    404: "Resource not found",
    409: "Conflict - not possible in the present state",
    413: "Too large - more bytes than are taken",
    416: "Range not satisfiable - it lies outside the file",
    429: "Rate limit exceeded",
    500: "Internal server error",
    503: "No room on the server - try again after Retry-After seconds",
}


def errors(*statuses: int) -> Responses:
    """The declared errors of an operation: these, and those that any operation may end with."""
    wanted = sorted({400, 401, 413, 429, 500, *statuses})
    return {status: {"model": ErrorAnswer, "description": _DESCRIPTIONS[status]} for status in wanted}


EXTENSION: dict[str, Any] = {"x-extension": True}
"""Marks operations that the contract does not have."""
