"""Which receivers of webhooks are slow: theirs wait apart, so that they keep nobody else's waiting."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOW_SECONDS = 2.0
"""For one attempt; most receivers take some hundredths."""

_MEMORY_SECONDS = 600.0
"""A lane that was slow has another chance after so long."""


class Lanes:
    """What this process has seen of each lane; for any thread.

    Args:
        clock: seconds, from any moment on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._at_work: dict[int, tuple[str, float]] = {}
        self._slow_until: dict[str, float] = {}

    def is_slow(self, lane: str) -> bool:
        """Whether its last attempt took long, or one that is being made does."""
        now = self._clock()
        with self._lock:
            hangs = any(name == lane and now - since > SLOW_SECONDS for name, since in self._at_work.values())
            return hangs or self._slow_until.get(lane, now) > now

    @contextmanager
    def attempt(self, lane: str) -> Iterator[None]:
        """Times an attempt."""
        since, me = self._clock(), threading.get_ident()
        with self._lock:
            self._at_work[me] = lane, since
        try:
            yield
        finally:
            self._note(lane, since, me)

    def _note(self, lane: str, since: float, me: int) -> None:
        now = self._clock()
        with self._lock:
            del self._at_work[me]
            self._slow_until = {name: until for name, until in self._slow_until.items() if until > now}
            if now - since > SLOW_SECONDS:
                self._slow_until[lane] = now + _MEMORY_SECONDS
            else:
                self._slow_until.pop(lane, None)
