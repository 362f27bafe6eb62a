"""Warm child processes that compute: one that crashes costs one request, never this process."""

import json
import logging
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lipwright.errors import LipwrightError
from lipwright.jobs.ports import JobError
from lipwright.jobs.slots import PrioritySlots

Message = dict[str, Any]
"""A JSON object."""

_LOOK_SECONDS = 1.0

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


def _ignore(message: Message) -> None:
    """Nobody listens."""


def _always() -> None:
    """It is still wanted."""


@dataclass(frozen=True)
class CallOptions:
    """How a request is made."""

    priority: int
    """See ``slots``."""
    on_progress: Callable[[Message], None] = _ignore
    """Called with what the child reports."""
    still_wanted: Callable[[], None] = _always
    """Asked about once a second, before and during the work; raises to stop it, and the child dies."""


@dataclass(frozen=True)
class ChildOptions:
    """How children are kept."""

    command: Sequence[str]
    """Starts one; it talks as ``child_side`` does."""
    silence_seconds: float = 600.0
    """A child that reports nothing for so long hangs."""
    attempts: int = 3
    requests: int = 200
    """After so many a child is replaced, whatever memory it lost meanwhile."""


class ChildPool:
    """As many children as there are slots.

    Args:
        slots: who computes next.
        options: how children are kept.
    """

    def __init__(self, slots: PrioritySlots, options: ChildOptions) -> None:
        self.slots = slots
        self._options = options
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._alive: set[_Child] = set()
        # A child asks the kernel to die with its parent, which to the kernel is the thread that began it:
        # this one lives as long as the pool.
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")

    def warm_up(self) -> None:
        """Starts the children now, so that the first request does not wait for it."""
        fresh = [self._spawn() for _ in range(self.slots.n_slots)]
        with self._lock:
            self._idle.extend(fresh)

    def call(self, request: Message, options: CallOptions) -> Message:
        """Has a request done by a child, by another one if that crashes.

        Raises:
            JobError: the child says that it cannot be done.
            ChildCrashError: every attempt ended in a crash.
        """
        with self.slots.slot(options.priority, options.still_wanted):
            options.still_wanted()
            for _ in range(self._options.attempts):
                crash = None
                try:
                    return self._attempt(request, options)
                except ChildCrashError as error:
                    crash = error
                    _log.warning("a compute process crashed: %s", error)
        assert crash is not None
        raise crash

    def kill(self) -> None:
        """Kills all children."""
        with self._lock:
            children, self._idle = list(self._alive), []
        for child in children:
            self._bury(child)
        self._spawner.shutdown(wait=False)

    def _attempt(self, request: Message, options: CallOptions) -> Message:
        child = self._take()
        try:
            result = child.call(request, options, self._options.silence_seconds)
        except JobError:
            self._give_back(child)
            raise
        except BaseException:  # dead, or at work on what nobody waits for
            self._bury(child)
            raise
        self._give_back(child)
        return result

    def _give_back(self, child: "_Child") -> None:
        if child.n_requests >= self._options.requests:
            self._bury(child)
            return
        with self._lock:
            self._idle.append(child)

    def _take(self) -> "_Child":
        while True:
            with self._lock:
                if not self._idle:
                    break
                child = self._idle.pop()
            if child.is_alive:
                return child
            self._bury(child)
        return self._spawn()

    def _spawn(self) -> "_Child":
        child = self._spawner.submit(_Child, self._options.command).result()
        with self._lock:
            self._alive.add(child)
        return child

    def _bury(self, child: "_Child") -> None:
        child.kill()
        with self._lock:
            self._alive.discard(child)


class _Child:
    """One process, and a thread that reads what it says."""

    def __init__(self, command: Sequence[str]) -> None:
        self.n_requests = 0
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._said: queue.Queue[Message | None] = queue.Queue()
        threading.Thread(target=self._listen, name="child", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def call(self, request: Message, options: CallOptions, silence_seconds: float) -> Message:
        self.n_requests += 1
        self._ask(request)
        heard = time.monotonic()
        while True:
            try:
                message = self._said.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if time.monotonic() - heard > silence_seconds:
                    raise ChildCrashError(f"nothing heard of it for {silence_seconds:g} s", None) from None
                options.still_wanted()
                continue
            heard = time.monotonic()
            if message is None:
                return_code = self._process.wait()
                raise ChildCrashError(f"it ended with {return_code}", return_code)
            if "crash" in message:
                raise ChildCrashError(message["crash"], None)
            if "error" in message:
                raise JobError(**message["error"])
            if "result" in message:
                result: Message = message["result"]
                return result
            options.on_progress(message)
            options.still_wanted()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except OSError:  # what it was asked could not be flushed any more
            _log.debug("a compute process ended before it read its request")

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
                self._said.put(json.loads(line))
        self._said.put(None)
