"""How commands end when they are told to: those that finish leave nothing behind, servers lose nothing."""

import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from lipwright.cli.exit_codes import HUNG_UP, INTERRUPTED, TERMINATED

_TIDYING_SECONDS = 10.0
"""For which further signals are not heard: they would leave scratch files. Then they help who hangs."""
_TOGETHER_SECONDS = 0.5


@contextmanager
def ending_from_inside() -> Iterator[None]:
    """Has Ctrl+C, SIGTERM and a closed terminal raised where the program is, so that its scratch files go.

    Killed outright it would leave them. After one of them only Python's own end may follow the context.

    Raises:
        KeyboardInterrupt: at Ctrl+C.
        SystemExit: at the others, with their exit codes.
    """
    asked_at: float | None = None

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (as signal wants it)
        nonlocal asked_at
        now = time.monotonic()
        if asked_at is not None and now - asked_at < _TIDYING_SECONDS:
            return
        asked_at = now
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        if number == signal.SIGHUP:
            _leave_terminal()
        sys.exit((HUNG_UP if number == signal.SIGHUP else TERMINATED).code)

    numbers = _heeded()
    for number in numbers:
        signal.signal(number, handle)
    try:
        yield
    finally:
        if asked_at is not None:  # Python puts handlers away at its end, and the exit code would be lost
            for number in numbers:
                signal.signal(number, signal.SIG_IGN)


def _heeded() -> list[signal.Signals]:
    """All but those that ``nohup``, or a shell without job control, has us ignore."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def _leave_terminal() -> None:
    """Nobody reads there any more, and writing to a terminal that is gone is an error; files are kept."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):  # not 1 and 2: see native_noise
        with suppress(OSError, ValueError):  # closed already
            descriptor = stream.fileno()
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):  # isatty() says no once the terminal is gone
                os.dup2(nowhere, descriptor)
    os.close(nowhere)


@dataclass(frozen=True)
class Asked:
    """What a server was told by signals."""

    to_end: threading.Event = field(default_factory=threading.Event)
    """To end what it is at, and then itself: the first signal."""
    to_hurry: threading.Event = field(default_factory=threading.Event)
    """To hand back what it is at, and to end at once: the second one."""


@contextmanager
def until_signalled() -> Iterator[Asked]:
    """Hears Ctrl+C, SIGTERM and a closed terminal; the third one ends the process on the spot.

    Nothing is lost then: what was at work is done again at the next start. Signals that come together, as
    supervisors and terminals send them, are one.
    """
    asked, heard_at = Asked(), -_TOGETHER_SECONDS

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (as signal wants it)
        nonlocal heard_at
        now = time.monotonic()
        if number == signal.SIGHUP:
            _leave_terminal()
        if now - heard_at < _TOGETHER_SECONDS:
            return
        heard_at = now
        if asked.to_hurry.is_set():
            os._exit(INTERRUPTED.code)
        (asked.to_hurry if asked.to_end.is_set() else asked.to_end).set()

    before = {number: signal.signal(number, handle) for number in _heeded()}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait(event: threading.Event) -> None:
    """Returns when the event is set; signals are handled between two looks."""
    while not event.wait(timeout=0.5):
        continue
