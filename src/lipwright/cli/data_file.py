"""Reads files that options name, and says what is wrong with those that cannot be read."""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lipwright.errors import MediaError

_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


@dataclass(frozen=True)
class DataFormat:
    """A notation for lists and tables."""

    name: str
    suffix: str
    parse: Callable[[str], Any]


JSON = DataFormat("JSON", ".json", json.loads)
TOML = DataFormat("TOML", ".toml", tomllib.loads)


def read_data(path: Path, option: str, formats: tuple[DataFormat, ...]) -> Any:  # noqa: ANN401 (what it holds)
    """What a file holds.

    Args:
        path: its name says the format; the first one is tried if it says none.
        option: named in messages.
        formats: those that will do.

    Raises:
        MediaError: it cannot be read as any of them; the message says why, and where.
    """
    names = " or ".join(one.name for one in formats)
    text = _text(path, option, names)
    if not text.strip():
        raise MediaError(f"{option}: expected {names}, found an empty file: {path}")
    named = [one for one in formats if one.suffix == path.suffix.lower()]
    chosen = (named or formats)[0]
    try:
        return chosen.parse(text)
    except (ValueError, RecursionError) as error:
        if not named and len(formats) > 1:
            suffixes = " or ".join(one.suffix for one in formats)
            raise MediaError(
                f"{option}: expected {names}, cannot tell which; name it {suffixes}: {path}"
            ) from error
        raise MediaError(
            f"{option}: expected {chosen.name}, found it broken{_place_and_reason(error)}; correct {path}"
        ) from error


def _text(path: Path, option: str, names: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MediaError(f"{option}: expected a {names} file, found no such file: {path}") from error
    except IsADirectoryError as error:
        raise MediaError(f"{option}: expected a {names} file, found a folder: {path}") from error
    except UnicodeDecodeError as error:
        raise MediaError(f"{option}: expected text in UTF-8, found other bytes: {path}") from error
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise MediaError(f"{option}: expected a readable {names} file: {reason}: {path}") from error


def _place_and_reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return ": it is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f" at line {error.lineno}, column {error.colno}: {_small(error.msg)}"
    message = str(error)
    place = _TOML_PLACE.search(message)
    if place is None:
        return f": {_small(message)}"
    where = f"line {place['line']}, column {place['column']}" if place["line"] else "the end"
    return f" at {where}: {_small(message[: place.start()])}"


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
