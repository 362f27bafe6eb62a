"""Recognises a database that has no room, whatever it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from lipwright.errors import NoRoomError

_POSTGRES_FULL = "53100"  # disk_full, https://www.postgresql.org/docs/current/errcodes-appendix.html
_SQLITE_FULL = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
"""A file system that is full says so in several ways."""


@contextmanager
def needing_room() -> Iterator[None]:
    """Raises NoRoomError where the database says that its disk is full."""
    try:
        yield
    except DBAPIError as error:
        if not _is_full(error):
            raise
        raise NoRoomError(
            "expected room for the database on the server's disk, there is none; try again later"
        ) from error


def _is_full(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in _SQLITE_FULL or getattr(error.orig, "sqlstate", None) == _POSTGRES_FULL
