"""Lists in a query, in the ways in which the SDKs write them."""

import json
from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request

from lipwright.api.contract.fields import MAX_ID
from lipwright.errors import UsageError

Value = TypeVar("Value")

_MAX_VALUES = 100


def many(request: Request, name: str) -> list[str]:
    """All values of a parameter: ``?k=a&k=b``, ``?k=["a","b"]``, ``?k="a"`` or ``?k=a,b``.

    Raises:
        UsageError: they are no list of short texts.
    """
    found = [value for text in request.query_params.getlist(name) for value in _values(name, text)]
    if len(found) > _MAX_VALUES or any(len(value) > MAX_ID for value in found):
        raise UsageError(f"{name}: expected at most {_MAX_VALUES} values of {MAX_ID} characters, found more")
    return found


def one_of(name: str, value: str, known: Mapping[str, Value]) -> Value:
    """What a value stands for.

    Raises:
        UsageError: it is not among those that are known.
    """
    if value not in known:
        raise UsageError(f"{name}: expected one of {', '.join(known)}, found {value[:60]!r}")
    return known[value]


def _values(name: str, text: str) -> list[str]:
    if not text.startswith(("[", '"')):
        return [value for value in text.split(",") if value]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: expected a JSON list of texts, found {text[:60]!r}") from error
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        raise UsageError(f"{name}: expected a JSON list of texts, found {text[:60]!r}")
    return values
