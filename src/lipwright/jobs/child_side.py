"""What a compute child does: reads requests from stdin, answers on stdout, one JSON object a line each."""

import ctypes
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from lipwright.errors import NoRoomError
from lipwright.jobs.ports import JobError

Message = dict[str, Any]
Report = Callable[[Message], None]
"""Tells the parent how far the work has come; most calls are swallowed, one in a while is sent."""

Handler = Callable[[Message, Report], Message]
"""Does a request; its result."""

_REPORT_SECONDS = 0.25
_PR_SET_PDEATHSIG = 1
NICENESS = 10
"""Of children of a process that answers people meanwhile, above its own."""
_OOM_SCORE = 500


def serve(handler: Handler, *, niceness: int = NICENESS) -> None:
    """Answers requests until the parent is gone.

    A JobError or NoRoomError of the handler is an answer; anything else ends the process, as a crash
    would, after it was told.

    Args:
        handler: does what is asked.
        niceness: by which the parent goes first.
    """
    answers = _take_stdout()
    _die_with_parent()
    _stand_back(niceness)
    _send(answers, {"up": True})
    requests: queue.Queue[Message] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), name="parent", daemon=True).start()
    with _CrashTeller(answers):
        while True:
            request = requests.get()
            try:
                answer: Message = {"result": handler(request, _reporter(answers))}
            except NoRoomError as error:
                answer = {"no_room": str(error)}
            except JobError as error:
                cause = traceback.format_exception(error.__cause__) if error.__cause__ else []
                answer = {"error": {"message": str(error), "code": error.code}, "cause": "".join(cause)}
            _send(answers, answer)


class _CrashTeller:
    """Tells the parent, which logs it, of what ends this process.

    Args:
        answers: where the parent reads.
    """

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def __enter__(self) -> None:
        """Nothing has gone wrong yet."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The error goes on, and ends the process."""
        if isinstance(error, Exception):
            _send(self._answers, {"crash": "".join(traceback.format_exception(error))})


def _take_stdout() -> BinaryIO:
    """Stdout for us alone: native libraries that print get /dev/null."""
    kept = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return kept


def _die_with_parent() -> None:
    """Linux kills us when the parent is killed; elsewhere the end of stdin does, see ``_listen``."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which lets us finish
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _stand_back(niceness: int) -> None:
    """The parent goes first, and when memory runs out we go first."""
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(ours, os.getpriority(os.PRIO_PROCESS, os.getppid()) + niceness))
    score = Path("/proc/self/oom_score_adj")
    if score.exists() and os.access(score, os.W_OK):
        score.write_text(f"{_OOM_SCORE}\n", encoding="ascii")


def _listen(requests: "queue.Queue[Message]") -> None:
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    os._exit(0)  # the parent is gone, nobody wants what we are doing


def _reporter(answers: BinaryIO) -> Report:
    last = 0.0

    def report(message: Message) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _REPORT_SECONDS:
            last = now
            _send(answers, message)

    return report


def _send(answers: BinaryIO, message: Message) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
