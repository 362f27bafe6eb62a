"""Does many things of one job at once."""

import threading
from collections.abc import Callable, Iterable

from lipwright.jobs.ports import JobCancelledError

StillWanted = Callable[[], None]
"""Raises when one of the others went wrong."""


def in_parallel(verb: Callable[[int, StillWanted], None], numbers: Iterable[int], n_at_once: int) -> None:
    """Calls a verb with each number, in their order, several at once; ends when all have.

    The first error stops the others, where they ask whether they are wanted, and is raised. The threads do
    not keep a process from ending.
    """
    run = _Run(verb, numbers)
    threads = [threading.Thread(target=run.work, name="part", daemon=True) for _ in range(n_at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if run.failure is not None:
        raise run.failure


class _Run:
    """What the threads share."""

    def __init__(self, verb: Callable[[int, StillWanted], None], numbers: Iterable[int]) -> None:
        self._verb = verb
        self._numbers = iter(numbers)
        self._lock = threading.Lock()
        self.failure: BaseException | None = None

    def work(self) -> None:
        while (number := self._next()) is not None:
            try:
                self._verb(number, self._check)
            except BaseException as error:  # noqa: BLE001 (a thread's end: raised again by who waits for it)
                with self._lock:
                    self.failure = self.failure or error

    def _next(self) -> int | None:
        with self._lock:
            return None if self.failure is not None else next(self._numbers, None)

    def _check(self) -> None:
        if self.failure is not None:
            raise JobCancelledError("another part of the job went wrong")
