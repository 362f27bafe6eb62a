"""Who computes next: the urgent first, then first come, first served."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERACTIVE = 1
BATCH = 100
"""Priorities; the lower goes first."""


class PrioritySlots:
    """A number of places at work; whoever wants one waits for it.

    Args:
        n_slots: how many there are.
    """

    def __init__(self, n_slots: int) -> None:
        self.n_slots = n_slots
        self._condition = threading.Condition()
        self._free = n_slots
        self._waiting: list[tuple[int, int]] = []
        self._tickets = itertools.count()
        self._is_closed = False

    @property
    def n_waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiting)

    @property
    def n_busy(self) -> int:
        """How many have one."""
        return self.n_slots - self._free

    @contextmanager
    def slot(self, priority: int, still_wanted: Callable[[], None] | None = None) -> Iterator[None]:
        """A place for as long as the context lasts.

        Args:
            priority: lower goes first.
            still_wanted: asked about once a second while waiting; raises to give up.
        """
        self._acquire(priority, still_wanted)
        try:
            yield
        finally:
            self._release()

    def close(self) -> None:
        """Gives no place from now on: who waits, waits until the process ends."""
        with self._condition:
            self._is_closed = True

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Whether all who had a place gave it back in time."""
        with self._condition:
            return self._condition.wait_for(lambda: self._free == self.n_slots, timeout_seconds)

    def _acquire(self, priority: int, still_wanted: Callable[[], None] | None) -> None:
        with self._condition:
            ticket = (priority, next(self._tickets))
            heapq.heappush(self._waiting, ticket)
        try:
            while not self._take(ticket):
                if still_wanted is not None:
                    still_wanted()
        except BaseException:
            with self._condition:
                self._leave(ticket)
            raise

    def _take(self, ticket: tuple[int, int]) -> bool:
        """Waits up to a second for our turn."""
        deadline = time.monotonic() + 1.0
        with self._condition:
            while self._is_closed or not self._free or self._waiting[0] != ticket:
                if not self._condition.wait(deadline - time.monotonic()) or time.monotonic() > deadline:
                    return False
            self._leave(ticket)
            self._free -= 1
            return True

    def _leave(self, ticket: tuple[int, int]) -> None:
        self._waiting.remove(ticket)
        heapq.heapify(self._waiting)
        self._condition.notify_all()

    def _release(self) -> None:
        with self._condition:
            self._free += 1
            self._condition.notify_all()
