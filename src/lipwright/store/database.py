"""One database: an SQLite file, or PostgreSQL for more than one machine."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from lipwright.errors import OutputError, UsageError
from lipwright.store.migrate import upgrade
from lipwright.store.room import needing_room
from lipwright.store.tables import VERSION_TABLE

_WAIT_SECONDS = 30
"""For a lock, and for a free connection."""

_POLL_SECONDS = 0.01

_READS_ONLY = "lipwright_reads_only"
"""Execution option of connections made by read()."""


class Database:
    """Hands out transactions; one per process, shared by its threads."""

    def __init__(self, url: str) -> None:
        """Opens nothing yet.

        Args:
            url: ``sqlite:///file`` (its folder is made) or ``postgresql://user@host/name``.

        Raises:
            UsageError: it is neither.
            OutputError: the file's folder cannot be made.
        """
        self._url = _parsed(url)
        self._engine = _engine(self._url)
        # SQLite's own waiting is polling with growing pauses, in which some of many threads starve
        self._turn: AbstractContextManager[Any] = RLock() if self.is_sqlite else nullcontext()
        self._reader = self._engine.execution_options(**{_READS_ONLY: True})

    @property
    def url(self) -> str:
        """As it was given, password included."""
        return self._url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, undone if that raises.

        In SQLite it is the only writer from its first moment on; use ``read`` where nothing is written.

        Raises:
            NoRoomError: its disk is full.
        """
        with needing_room(), self._turn, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that cannot write, and that waits for no writer."""
        with needing_room(), self._reader.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Brings the tables to the state that this code expects; does nothing when they are.

        Raises:
            OutputError: the database cannot be reached or written.
            UsageError: it comes from a newer version.
        """
        try:
            upgrade(self._engine)
            with self._engine.begin() as connection:  # nothing may have been to do
                connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = version_num")  # noqa: S608
        except DatabaseError as error:
            # the class itself is what SQLite says of a damaged file; its other children are our own faults
            if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
                raise
            raise _out_of_reach(self._url, error.orig) from error

    def close(self) -> None:
        """Closes every connection that is not in use."""
        self._engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    backend = parsed.get_backend_name() if parsed is not None else ""
    if parsed is not None and parsed.database:
        if backend == "sqlite" and parsed.database != ":memory:":
            return parsed
        if backend == "postgresql":
            return parsed
    found = parsed.render_as_string(hide_password=True) if parsed is not None else "something else"
    raise UsageError(
        f"expected a database such as sqlite:////srv/lipwright/lipwright.db or "
        f"postgresql://user@host/name, found {found}; correct database_url"
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=10,
            max_overflow=20,
            pool_timeout=_WAIT_SECONDS,
            pool_pre_ping=True,
        )
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    try:
        Path(url.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _out_of_reach(url, error.strerror) from error
    engine = create_engine(
        url.set(drivername="sqlite"),
        pool_size=10,
        max_overflow=40,  # a file handle each: as many as the server has threads
        pool_timeout=_WAIT_SECONDS,
        connect_args={"timeout": _WAIT_SECONDS},
    )
    event.listen(engine, "connect", _connect_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _out_of_reach(url: URL, reason: object) -> OutputError:
    shown = url.render_as_string(hide_password=True)
    why = " ".join(str(reason).split())
    return OutputError(f"expected a database that can be written at {shown}: {why}; correct database_url")


class _DriverConnection(Protocol):
    isolation_level: Any

    def execute(self, statement: str) -> object: ...


def _connect_sqlite(connection: _DriverConnection, _record: object) -> None:
    connection.isolation_level = None  # else the driver begins by itself, later than we mean to
    _switch_to_wal(connection)
    connection.execute("PRAGMA foreign_keys=ON")


def _switch_to_wal(connection: _DriverConnection) -> None:
    """Readers then wait for no writer; the file remembers it.

    SQLite does not wait by itself where several processes do this to a new file.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that reads first and writes later can find its picture outdated: so lock at once."""
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_READS_ONLY, False):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
