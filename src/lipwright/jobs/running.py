"""Which jobs threads of this process are at work on: one that the engine names besides has been dropped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Running:
    """The ids of what runs; for any thread."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def at_work_on(self, workflow_id: str) -> Iterator[None]:
        """Counts it for as long as the context lasts."""
        with self._lock:
            self._ids.add(workflow_id)
        try:
            yield
        finally:
            with self._lock:
                self._ids.discard(workflow_id)

    def ids(self) -> list[str]:
        """Those of this moment."""
        with self._lock:
            return sorted(self._ids)
