"""What a file that a stranger sent holds, found out in a process of its own, which it may crash or fill.

``python -m lipwright.app.look`` is that process.
"""

import functools
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lipwright.errors import MediaError
from lipwright.jobs.child_side import Message, Report, serve
from lipwright.jobs.children import CallOptions, ChildCrashError, ChildOptions, ChildPool
from lipwright.jobs.ports import JobError
from lipwright.jobs.slots import INTERACTIVE, PrioritySlots
from lipwright.media.source import probe_source
from lipwright.store.ids import random_characters

_AT_ONCE = 2
_SECONDS = 120.0
"""For one look: the packets of the largest file are read from a slow disk in less."""
_CHILD = ("-m", "lipwright.app.look")
_ID_CHARACTERS = 12


@dataclass(frozen=True)
class Look:
    """What was found."""

    container: str
    """FFmpeg's name of the format, or the kind of a still picture."""
    has_video: bool
    is_still: bool
    duration: Fraction
    """Seconds."""


def look_at(path: Path) -> Look:
    """What a file holds.

    Raises:
        MediaError: neither picture nor sound that can be read; its message does not say where the file lies.
    """
    options = CallOptions(INTERACTIVE, job=random_characters(_ID_CHARACTERS), is_last=True)
    try:
        found = _pool().call({"path": str(path)}, options).result
    except JobError as error:
        raise MediaError(str(error)) from error
    except ChildCrashError as crash:
        raise MediaError(
            "expected a video or sound that can be read, reading this one crashed or took too long; "
            "try another encoding of it"
        ) from crash
    return Look(found["container"], found["has_video"], found["is_still"], Fraction(found["duration"]))


@functools.cache
def _pool() -> ChildPool:
    """Of this process; its children are started when they are needed, and end with it."""
    command = (sys.executable, *_CHILD)
    return ChildPool(PrioritySlots(_AT_ONCE), ChildOptions(command, silence_seconds=_SECONDS, attempts=1))


def _handle(request: Message, _: Report) -> Message:
    path = Path(request["path"])
    try:
        info = probe_source(path)
    except MediaError as error:
        # where it lies on the server is nobody's business
        said = str(error).replace(f": {path}", "").replace(str(path), "it")
        raise JobError(said, "invalid_media") from None
    return {
        "container": info.container,
        "has_video": info.video is not None,
        "is_still": info.video is not None and info.video.is_still,
        "duration": str(info.duration),
    }


if __name__ == "__main__":
    serve(_handle)
