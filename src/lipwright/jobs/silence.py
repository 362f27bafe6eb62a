"""For how long a worker has given no sign of life, by this process's own clock.

Not by the time that stands in its lease: somebody may set the clock of the database's machine, and then all
would look dead at once, or the dead alive.
"""

import time
from collections.abc import Callable, Collection


class Silence:
    """What was heard of each worker, and when.

    Args:
        clock: seconds, from any moment on; nobody sets it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard: dict[str, tuple[int, float]] = {}

    def seconds(self, worker: str, beat: int) -> float:
        """Since its beat was another one; 0 when it is seen for the first time."""
        now = self._clock()
        known, since = self._heard.get(worker, (None, now))
        if known != beat:
            since = now
        self._heard[worker] = beat, since
        return now - since

    def keep(self, workers: Collection[str]) -> None:
        """Forgets all others."""
        self._heard = {worker: heard for worker, heard in self._heard.items() if worker in workers}
