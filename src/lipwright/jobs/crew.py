"""Which compute processes there are: one that knows the job is taken again, and one more is always ready.

A single that overtakes a batch would else wait for a process to start and to load its libraries, which takes
longer than a chunk on a busy machine.
"""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lipwright.jobs.child import Child

_LOOK_SECONDS = 5.0
_START_SECONDS = 30.0
"""For a child to load its libraries, until the next one is started beside it."""

_log = logging.getLogger(__name__)


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
    spares: int = 0
    """Kept ready beyond those that compute; see ``Crew.keep_ready``."""
    rest_seconds: float = 60.0
    """More than are kept ready end after so long without work."""


class Crew:
    """The children of a pool; for any thread.

    Of ``2 n_places`` at most: as many as compute, and as many that were paused for them.

    Args:
        n_places: how many compute at once.
        options: how children are kept.
    """

    def __init__(self, n_places: int, options: ChildOptions) -> None:
        self._options = options
        self._most = 2 * n_places
        self._n_kept = min(n_places + options.spares, self._most)
        self._n_places = n_places
        self._condition = threading.Condition()
        self._idle: list[Child] = []
        self._alive: set[Child] = set()
        self._is_closed = False
        # A child asks the kernel to die with its parent, which to the kernel is the thread that began it:
        # this one lives as long as the crew.
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")
        self._keeper = threading.Thread(target=self._keep, name="crew", daemon=True)

    @property
    def alive(self) -> list[Child]:
        """All of them, at work and idle."""
        with self._condition:
            return list(self._alive)

    @property
    def is_closed(self) -> bool:
        """Whether all were killed, because the process ends."""
        return self._is_closed

    @property
    def n_ready(self) -> int:
        """How many would take a request at once."""
        with self._condition:
            return sum(child.is_up for child in self._idle)

    def keep_ready(self) -> None:
        """Starts a child for each place, and keeps the spares ready from now on, at low priority."""
        for _ in range(self._n_places):
            self._rest(self._spawn(is_urgent=True))
        self._keeper.start()

    def take(self, job: str) -> Child:
        """One that knows the job, or the one that has rested longest: others may go on with their jobs."""
        while (child := self._take_idle(job)) is not None:
            if child.is_alive:
                return child
            self.bury(child)
        return self._spawn(is_urgent=True)

    def take_idle(self, job: str) -> list[Child]:
        """All that rest and worked for the job last."""
        with self._condition:
            taken = [child for child in self._idle if child.job == job]
            self._idle = [child for child in self._idle if child.job != job]
        return taken

    def give_back(self, child: Child) -> None:
        """It has done its request, and may do others."""
        is_kept = self._keeper.is_alive() or len(self.alive) <= self._n_kept
        if is_kept and child.n_requests < self._options.requests:
            self._rest(child)
        else:
            self.bury(child)

    def bury(self, child: Child) -> None:
        """It is dead, or has to be."""
        child.kill()
        with self._condition:
            self._alive.discard(child)
            self._condition.notify_all()

    def kill(self) -> None:
        """Kills all, and starts none any more."""
        with self._condition:
            self._is_closed = True
            children, self._idle = list(self._alive), []
            self._condition.notify_all()
        for child in children:
            self.bury(child)
        self._spawner.shutdown(wait=False)

    def _take_idle(self, job: str) -> Child | None:
        with self._condition:
            if not self._idle:
                return None
            known = (child for child in self._idle if child.job == job)
            up = (child for child in self._idle if child.is_up)
            child = next(known, None) or next(up, self._idle[0])
            self._idle.remove(child)
            self._condition.notify_all()
            return child

    def _rest(self, child: Child) -> None:
        with self._condition:
            child.idle_since = time.monotonic()
            self._idle.append(child)
            self._condition.notify_all()

    def _spawn(self, *, is_urgent: bool) -> Child:
        child = self._spawner.submit(Child, self._options.command, is_urgent=is_urgent).result()
        with self._condition:
            is_late = self._is_closed
            if not is_late:
                self._alive.add(child)
        if is_late:
            child.kill()
            raise RuntimeError("the crew has been closed")
        return child

    def _keep(self) -> None:
        """The keeper's thread: one thing at a time, so that starting takes no more than a core."""
        while True:
            with self._condition:
                if self._is_closed:
                    return
                gone = self._dead_or_surplus()
                self._idle = [child for child in self._idle if child not in gone]
                is_short = not gone and self._is_short()
                if not gone and not is_short:
                    self._condition.wait(_LOOK_SECONDS)
            for child in gone:
                self.bury(child)
            if is_short:
                self._start_spare()

    def _is_short(self) -> bool:
        if len(self._alive) < self._n_kept:
            return True
        return len(self._idle) < self._options.spares and len(self._alive) < self._most

    def _dead_or_surplus(self) -> list[Child]:
        """Of those that rest: what the kernel ended for lack of memory, and what was needed for a while."""
        dead = [child for child in self._idle if not child.is_alive]
        n_surplus = min(len(self._alive) - self._n_kept, len(self._idle) - self._options.spares)
        rested = time.monotonic() - self._options.rest_seconds
        old = [child for child in self._idle if child.idle_since < rested]
        return dead or old[: max(n_surplus, 0)]

    def _start_spare(self) -> None:
        try:
            child = self._spawn(is_urgent=False)
        except (OSError, RuntimeError) as error:
            with self._condition:
                if not self._is_closed:
                    _log.warning("cannot start a spare compute process: %s", error)
                    self._condition.wait(_LOOK_SECONDS)
            return
        self._rest(child)
        deadline = time.monotonic() + _START_SECONDS
        while not child.is_up and child.is_alive and time.monotonic() < deadline:
            time.sleep(0.05)
