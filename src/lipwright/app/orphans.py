"""Deletes files that no row names: a server was killed between the bytes and the row."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from lipwright.app.services import Services
from lipwright.store.blob_use import needed_keys
from lipwright.store.ids import utc_now

_PREFIXES = ("assets", "generations")
_AGE = timedelta(days=1)
"""The row follows the bytes within seconds."""
_PERIOD_SECONDS = 6 * 3600.0
_FEW = 20
_SHARE = 0.1
"""Of all files. More orphans than that, and than a few, are no accident: another database knows them."""

_log = logging.getLogger(__name__)


class Orphans:
    """Looks now and then; what is an orphan at two looks, and a day old, is deleted.

    Two looks, because the age is by the clocks of two machines, of which one may have been set meanwhile.

    Args:
        services: the parts of the application.
        clock: seconds, from any moment on; nobody sets it.
    """

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._clock = clock
        self._next_look = clock()
        self._seen: set[str] = set()

    def look(self) -> int:
        """Deletes orphans, if it is time to look; how many."""
        if self._clock() < self._next_look:
            return 0
        self._next_look = self._clock() + _PERIOD_SECONDS
        found, n_files = self._found()
        if len(found) > max(_FEW, n_files * _SHARE):
            _log.warning(
                "expected few files without a row among %d, found %d: nothing is deleted; "
                "see whether database_url and blobs_url belong together",
                n_files,
                len(found),
            )
            return 0
        gone = self._seen & found
        for key in sorted(gone):
            _log.info("deleted a file that no row names: %s", key)
            self._services.blobs.delete(key)
        self._seen = found - gone
        return len(gone)

    def _found(self) -> tuple[set[str], int]:
        """Keys of old files without a row, and how many files there are."""
        oldest, found, n_files = utc_now() - _AGE, set[str](), 0
        for prefix in _PREFIXES:
            for part in self._services.blobs.listed(prefix):
                n_files += len(part)
                old = [blob.key for blob in part if blob.modified_at < oldest]
                with self._services.database.read() as connection:
                    found.update(set(old) - needed_keys(connection, old))
        return found, n_files
