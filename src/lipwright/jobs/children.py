"""Warm child processes that compute: one that crashes costs one request, never this process."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from lipwright.errors import LipwrightError, NoRoomError
from lipwright.jobs.child import Child, ChildCrashError, Message
from lipwright.jobs.crew import ChildOptions, Crew
from lipwright.jobs.ports import JobError
from lipwright.jobs.slots import LEISURE, Claim, Place, PrioritySlots

__all__ = ["Answer", "CallOptions", "ChildCrashError", "ChildOptions", "ChildPool", "Message"]

_QUICK_SECONDS = 10.0
_LEISURE_SECONDS = 300.0
"""Work at leisure that is paused for longer gives its memory back, and is begun anew."""

_END = threading.Event()
"""Of the process, which nobody outlives to set it."""

_log = logging.getLogger(__name__)


def _ignore(message: Message) -> None:
    """Nobody listens."""


def _always() -> None:
    """It is still wanted."""


class _PutOffError(LipwrightError):
    """Work that nobody waits for is given up, to be begun anew later."""


def _look(place: Place, options: "CallOptions") -> None:
    place.look()
    if options.priority >= LEISURE and (place.is_closed or place.paused_seconds > _LEISURE_SECONDS):
        raise _PutOffError("nobody waits for it")
    options.still_wanted()


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


class ChildPool:
    """As many children as there are slots, and spares for singles that pause what is in them.

    Args:
        slots: who computes next.
        options: how children are kept.
    """

    def __init__(self, slots: PrioritySlots, options: ChildOptions) -> None:
        self.slots = slots
        self._options = options
        self._crew = Crew(slots.n_slots, options)

    @property
    def crew(self) -> Crew:
        """The children."""
        return self._crew

    def warm_up(self) -> None:
        """Starts the children now, so that no request waits for it, and keeps spares ready."""
        self._crew.keep_ready()

    def call(self, request: Message, options: CallOptions) -> Answer:
        """Has a request done by a child, by another one if that crashes.

        What is done at leisure is given up when the slots close, or are needed by others for long; then it
        waits for a place again.

        Raises:
            JobError: the child says that it cannot be done.
            NoRoomError: the disk is full.
            ChildCrashError: every attempt ended in a crash.
        """
        while True:
            try:
                return self._call(request, options)
            except _PutOffError:
                _log.info("put off: %s", options.job)

    def _call(self, request: Message, options: CallOptions) -> Answer:
        asked = time.monotonic()
        with self.slots.slot(options.claim) as place:
            options = replace(options, still_wanted=partial(_look, place, options))
            options.still_wanted()
            for _ in range(self._options.attempts):
                crash = None
                try:
                    result = self._attempt(request, options, place)
                except ChildCrashError as error:
                    if self._crew.is_closed:
                        _END.wait()  # it is no crash, and the job has been handed back
                    crash = error
                    _log.warning("a compute process crashed: %s", error)
                    continue
                waited = place.waited_seconds
                return Answer(result, waited, time.monotonic() - asked - waited)
        assert crash is not None
        raise crash

    def tell_idle(self, job: str, request: Message) -> None:
        """Has a quick request done by all idle children that worked for a job last, without a place."""
        for child in self._crew.take_idle(job):
            try:
                child.call(request, _QUICK_SECONDS, _ignore, _always)
            except (ChildCrashError, JobError, NoRoomError):
                self._crew.bury(child)
            else:
                child.job = ""
                self._crew.give_back(child)

    def kill(self) -> None:
        """Kills all children, at the end of the process: whose request is at work waits for that."""
        self._crew.kill()

    def _attempt(self, request: Message, options: CallOptions, place: Place) -> Message:
        child = self._crew.take(options.job)
        child.job = options.job
        answered = False
        try:
            with place.running(child):
                result = self._ask(child, request, options)
            answered = True
        except (JobError, NoRoomError):
            answered = True
            raise
        finally:  # otherwise it is dead, or at work on what nobody waits for: it must not be used again
            if answered:
                self._crew.give_back(child)
            else:
                self._crew.bury(child)
        return result

    def _ask(self, child: Child, request: Message, options: CallOptions) -> Message:
        silence = self._options.silence_seconds
        return child.call(request, silence, options.on_progress, options.still_wanted)
