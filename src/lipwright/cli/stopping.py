"""How long-running commands end: politely at the first signal, at once at the second."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_IMPATIENT = 130


@contextmanager
def until_signalled() -> Iterator[threading.Event]:
    """An event that Ctrl+C and SIGTERM set; the second one ends the process on the spot.

    Nothing is lost then: what was at work is done again at the next start.
    """
    asked = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (as signal wants it)
        if asked.is_set():
            os._exit(_IMPATIENT)
        asked.set()

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait(asked: threading.Event) -> None:
    """Returns when the event is set; signals are handled between two looks."""
    while not asked.wait(timeout=0.5):
        continue
