"""One compute process, as its parent sees it: asked, paused, ended."""

import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from lipwright.errors import LipwrightError, NoRoomError
from lipwright.jobs.ports import JobError

Message = dict[str, Any]
"""A JSON object."""

_LOOK_SECONDS = 1.0
_STARTING_NICENESS = 5
"""Of one that nobody waits for yet: after who answers people, before those that compute."""

_log = logging.getLogger(__name__)


class ChildCrashError(LipwrightError):
    """The child died, or fell silent, on every attempt.

    Args:
        message: what happened.
        return_code: of the last one, negative for a signal; None when it had to be killed, or told why.
    """

    def __init__(self, message: str, return_code: int | None) -> None:
        super().__init__(message)
        self.return_code = return_code


class Child:
    """One process, and a thread that reads what it says.

    Args:
        command: starts it; it talks as ``child_side`` does.
        is_urgent: somebody waits for it; else it starts at a lower priority.
    """

    def __init__(self, command: Sequence[str], *, is_urgent: bool) -> None:
        self.n_requests = 0
        self.job = ""
        """Whose request was its last one."""
        self.idle_since = 0.0
        """By ``time.monotonic``; set by who keeps it."""
        self._is_paused = False
        self._is_up = False
        self._pausing = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if not is_urgent:
            niceness = os.getpriority(os.PRIO_PROCESS, 0) + _STARTING_NICENESS
            os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)
        self._said: queue.Queue[Message | None] = queue.Queue()
        threading.Thread(target=self._listen, name="child", daemon=True).start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    @property
    def is_up(self) -> bool:
        """Whether it has loaded what it needs; a request waits for it."""
        return self._is_up

    def call(
        self,
        request: Message,
        silence_seconds: float,
        on_progress: Callable[[Message], None],
        still_wanted: Callable[[], None],
    ) -> Message:
        """The result of a request.

        Args:
            request: what is asked.
            silence_seconds: after which it counts as hanging; pauses do not count.
            on_progress: called with what it reports.
            still_wanted: asked about once a second; what it raises ends the waiting, not the work.

        Raises:
            JobError: the child says that it cannot be done.
            NoRoomError: the disk is full.
            ChildCrashError: it died, or hangs.
        """
        self.n_requests += 1
        self._ask(request)
        heard = time.monotonic()
        while True:
            try:
                message = self._said.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._is_paused:
                    heard = time.monotonic()
                if time.monotonic() - heard > silence_seconds:
                    raise ChildCrashError(f"nothing heard of it for {silence_seconds:g} s", None) from None
                still_wanted()
                continue
            heard = time.monotonic()
            if message is None:
                return_code = self._process.wait()
                raise ChildCrashError(f"it ended with {return_code}", return_code)
            _raise_error(message)
            if "result" in message:
                result: Message = message["result"]
                return result
            on_progress(message)
            still_wanted()

    def pause(self) -> None:
        """Stops it, until it is resumed."""
        # Elsewhere nothing ends a process that stands still when its parent is killed: there it goes on.
        if sys.platform == "linux":
            with self._pausing:
                self._is_paused = True
                self._stand_still()

    def resume(self) -> None:
        """Lets it go on."""
        with self._pausing:
            self._is_paused = False
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends it, and waits for that."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except OSError:  # what it was asked could not be flushed any more
            _log.debug("a compute process ended before it read its request")

    def _stand_still(self) -> None:
        """Not before it is up: until then it has not asked the kernel to die with its parent."""
        if self._is_paused and self._is_up:
            self._process.send_signal(signal.SIGSTOP)

    def _ask(self, request: Message) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise ChildCrashError("it had ended before", self._process.wait()) from error

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                message = json.loads(line)
                if "up" in message:
                    with self._pausing:
                        self._is_up = True
                        self._stand_still()
                else:
                    self._said.put(message)
        self._said.put(None)


def _raise_error(message: Message) -> None:
    """Raises the error that a child tells of, if it does."""
    if "crash" in message:
        raise ChildCrashError(message["crash"], None)
    if "no_room" in message:
        raise NoRoomError(message["no_room"])
    if "error" in message:
        error = JobError(**message["error"])
        if message["cause"]:
            _log.info("why a job cannot be done:\n%s", message["cause"])
            error.add_note(message["cause"])
        raise error
