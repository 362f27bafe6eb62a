"""Warm child processes that compute: one that crashes costs one request, never this process."""

import json
import logging
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from lipwright.errors import LipwrightError, NoRoomError
from lipwright.jobs.ports import JobError
from lipwright.jobs.slots import Claim, Place, PrioritySlots

Message = dict[str, Any]
"""A JSON object."""

_LOOK_SECONDS = 1.0
_QUICK_SECONDS = 10.0
_SPARE_SECONDS = 10.0
"""After the start, when the first jobs are at work, the child that nobody needs yet is started."""

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


def _look(place: Place, still_wanted: Callable[[], None]) -> None:
    place.look()
    still_wanted()


@dataclass(frozen=True)
class CallOptions:
    """How a request is made."""

    priority: int
    """See ``slots``."""
    job: str = ""
    """Whose request it is: it goes to the child that did the last one of that job, if it can."""
    is_last: bool = False
    """Whether the job has no further request after this one."""
    on_progress: Callable[[Message], None] = _ignore
    """Called with what the child reports."""
    still_wanted: Callable[[], None] = _always
    """Asked about once a second, before and during the work; raises to stop it, and the child dies."""

    @property
    def claim(self) -> Claim:
        """The place that it needs."""
        return Claim(self.job, self.priority, self.still_wanted, self.is_last)


@dataclass(frozen=True)
class Answer:
    """What came of a request."""

    result: Message
    waited_seconds: float = 0.0
    """For a place, in the middle of the work too."""
    worked_seconds: float = 0.0


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
    """As many children as there are slots, and one more for a single that pauses what is in them.

    Args:
        slots: who computes next.
        options: how children are kept.
    """

    def __init__(self, slots: PrioritySlots, options: ChildOptions) -> None:
        self.slots = slots
        self._options = options
        self._lock = threading.Lock()
        self._n_kept = slots.n_slots + 1
        self._idle: list[_Child] = []
        self._spare = threading.Timer(_SPARE_SECONDS, self._spawn_idle)
        self._spare.daemon = True
        self._alive: set[_Child] = set()
        # A child asks the kernel to die with its parent, which to the kernel is the thread that began it:
        # this one lives as long as the pool.
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")

    def warm_up(self) -> None:
        """Starts the children now, so that the first request does not wait for it."""
        for _ in range(self.slots.n_slots):
            self._spawn_idle()
        self._spare.start()

    def call(self, request: Message, options: CallOptions) -> Answer:
        """Has a request done by a child, by another one if that crashes.

        Raises:
            JobError: the child says that it cannot be done.
            NoRoomError: the disk is full.
            ChildCrashError: every attempt ended in a crash.
        """
        asked = time.monotonic()
        with self.slots.slot(options.claim) as place:
            options = replace(options, still_wanted=partial(_look, place, options.still_wanted))
            options.still_wanted()
            for _ in range(self._options.attempts):
                crash = None
                try:
                    result = self._attempt(request, options, place)
                except ChildCrashError as error:
                    crash = error
                    _log.warning("a compute process crashed: %s", error)
                    continue
                waited = place.waited_seconds
                return Answer(result, waited, time.monotonic() - asked - waited)
        assert crash is not None
        raise crash

    def tell_idle(self, job: str, request: Message) -> None:
        """Has a quick request done by all idle children that worked for a job last, without a place."""
        with self._lock:
            told = [child for child in self._idle if child.job == job]
            self._idle = [child for child in self._idle if child.job != job]
        for child in told:
            try:
                child.call(request, CallOptions(0), _QUICK_SECONDS)
            except (ChildCrashError, JobError, NoRoomError):
                self._bury(child)
            else:
                child.job = ""
                self._give_back(child)

    def kill(self) -> None:
        """Kills all children."""
        self._spare.cancel()
        with self._lock:
            children, self._idle = list(self._alive), []
        for child in children:
            self._bury(child)
        self._spawner.shutdown(wait=False)

    def _attempt(self, request: Message, options: CallOptions, place: Place) -> Message:
        child = self._take(options.job)
        child.job = options.job
        try:
            with place.running(child):
                result = child.call(request, options, self._options.silence_seconds)
        except (JobError, NoRoomError):
            self._give_back(child)
            raise
        except BaseException:  # dead, or at work on what nobody waits for: it must not be used again
            self._bury(child)
            raise
        self._give_back(child)
        return result

    def _give_back(self, child: "_Child") -> None:
        """Those that stood in for paused ones give their memory back, all but one."""
        with self._lock:
            is_kept = child.n_requests < self._options.requests and len(self._alive) <= self._n_kept
            if is_kept:
                self._idle.append(child)
        if not is_kept:
            self._bury(child)

    def _take(self, job: str) -> "_Child":
        """One that knows the job, or the one that has rested longest: others may go on with their jobs."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                place = next((place for place, child in enumerate(self._idle) if child.job == job), 0)
                child = self._idle.pop(place)
            if child.is_alive:
                return child
            self._bury(child)
        return self._spawn()

    def _spawn_idle(self) -> None:
        with self._lock:
            is_wanted = len(self._alive) < self._n_kept
        if is_wanted:
            child = self._spawn()
            with self._lock:
                self._idle.append(child)

    def _spawn(self) -> "_Child":
        child = self._spawner.submit(_Child, self._options.command).result()
        with self._lock:
            self._alive.add(child)
        return child

    def _bury(self, child: "_Child") -> None:
        child.kill()
        with self._lock:
            self._alive.discard(child)


def _raise_error(message: Message) -> None:
    """Raises the error that a child tells of, if it does."""
    if "crash" in message:
        raise ChildCrashError(message["crash"], None)
    if "no_room" in message:
        raise NoRoomError(message["no_room"])
    if "error" in message:
        if message["cause"]:
            _log.info("why a job cannot be done:\n%s", message["cause"])
        raise JobError(**message["error"])


class _Child:
    """One process, and a thread that reads what it says."""

    def __init__(self, command: Sequence[str]) -> None:
        self.n_requests = 0
        self.job = ""
        """Whose request was its last one."""
        self._is_paused = False
        self._is_up = False
        self._pausing = threading.Lock()
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
                if self._is_paused:
                    heard = time.monotonic()
                if time.monotonic() - heard > silence_seconds:
                    raise ChildCrashError(f"nothing heard of it for {silence_seconds:g} s", None) from None
                options.still_wanted()
                continue
            heard = time.monotonic()
            if message is None:
                return_code = self._process.wait()
                raise ChildCrashError(f"it ended with {return_code}", return_code)
            _raise_error(message)
            if "result" in message:
                result: Message = message["result"]
                return result
            options.on_progress(message)
            options.still_wanted()

    def pause(self) -> None:
        # Elsewhere nothing ends a process that stands still when its parent is killed: there it goes on.
        if sys.platform == "linux":
            with self._pausing:
                self._is_paused = True
                self._stand_still()

    def resume(self) -> None:
        with self._pausing:
            self._is_paused = False
            self._process.send_signal(signal.SIGCONT)

    def _stand_still(self) -> None:
        """Not before it is up: until then it has not asked the kernel to die with its parent."""
        if self._is_paused and self._is_up:
            self._process.send_signal(signal.SIGSTOP)

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
                message = json.loads(line)
                if "up" in message:
                    with self._pausing:
                        self._is_up = True
                        self._stand_still()
                else:
                    self._said.put(message)
        self._said.put(None)
