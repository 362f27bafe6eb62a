"""Who is alive: each worker renews its lease; jobs of workers without one are handed to others.

DBOS without its vendor's service leaves the jobs of a dead worker alone until a process of the same name
starts. This is what closes the gap.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    TableClause,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from lipwright.errors import NoRoomError
from lipwright.jobs.engine import VERSION
from lipwright.jobs.engine_table import RUNNING, WAITING, is_postgres, steps, workflows
from lipwright.jobs.identity import is_surely_dead, this_process
from lipwright.jobs.running import Running
from lipwright.jobs.silence import Silence

Begin = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction."""

_LOST_LEASE = 70  # EX_SOFTWARE of sysexits.h
_SWEEP_LOCK = 0x6C697077  # of PostgreSQL's advisory locks: "lipw"
_RECOVERY_QUEUE = "_dbos_internal_queue"

leases = Table(
    "worker_lease",
    MetaData(),
    Column("executor_id", String(255), primary_key=True),
    Column("place", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", String(64), nullable=False),
    Column("beat_ms", BigInteger, nullable=False),
)
"""One row for each worker that is alive."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LeaseOptions:
    """How soon a silent worker counts as dead."""

    beat_seconds: float = 5.0
    ttl_seconds: float = 30.0


def _exit() -> None:
    os._exit(_LOST_LEASE)


class Lease:
    """The lease of this process.

    Args:
        begin: opens transactions on the database of the jobs.
        options: how soon a silent worker counts as dead.
        running: what this process is at work on; a job of ours that is not in there goes back to its queue.
        on_lost: called when others took this process for dead; by default it ends, at once.
    """

    def __init__(
        self,
        begin: Begin,
        options: LeaseOptions | None = None,
        running: Running | None = None,
        on_lost: Callable[[], None] = _exit,
    ) -> None:
        self._begin = begin
        self._options = options or LeaseOptions()
        self._running = running
        self._on_lost = on_lost
        self._me = this_process()
        self._silence = Silence()
        self._stop = threading.Event()
        self._last_beat = time.monotonic()
        self._thread = threading.Thread(target=self._live, name="lease", daemon=True)

    @property
    def executor_id(self) -> str:
        """The name of this process, never used again."""
        return self._me.executor_id

    def start(self) -> None:
        """Takes the lease and keeps it; before the engine is launched with its name."""
        with self._begin() as connection:
            leases.metadata.create_all(connection)
            connection.execute(
                insert(leases).values(
                    executor_id=self._me.executor_id,
                    place=self._me.place,
                    pid=self._me.pid,
                    started=self._me.started,
                    beat_ms=_now_ms(connection),
                )
            )
        self._last_beat = time.monotonic()
        self._thread.start()

    def beat(self) -> bool:
        """Renews the lease; False when it is gone."""
        with self._begin() as connection:
            renewal = update(leases).where(self._is_mine()).values(beat_ms=_now_ms(connection))
            is_mine = connection.execute(renewal).rowcount > 0
        self._last_beat = time.monotonic()
        return is_mine

    def sweep(self) -> list[str]:
        """Hands jobs of workers without a lease back to the queues; their ids."""
        with self._begin() as connection:
            if not _may_sweep(connection):
                return []
            self._reap(connection)
            # Not "of those that just died": this heals whatever was stranded, however it came about.
            rows = workflows(connection)
            owner = rows.c.executor_id
            is_stranded = owner.not_in(select(leases.c.executor_id)) & owner.is_not(None)
            handed_back = _hand_back(connection, rows, is_stranded)
            if self._running is not None:
                now_ms = _now_ms(connection)
                handed_back += _hand_back(connection, rows, self._is_dropped(rows, now_ms, self._running))
            _adopt(connection, rows)
            return handed_back

    def hand_back(self, workflow_id: str) -> list[str]:
        """Hands one of our jobs back to its queue; its id, unless it is no longer ours."""
        with self._begin() as connection:
            rows = workflows(connection)
            is_ours = rows.c.executor_id == self._me.executor_id
            return _hand_back(connection, rows, is_ours & (rows.c.workflow_uuid == workflow_id))

    def release(self) -> list[str]:
        """Gives the lease up and hands what is still ours back to the queues; its ids.

        A database that cannot be written keeps nobody from stopping: others take the jobs once the lease,
        which is not renewed any more, has run out.
        """
        self._stop.set()
        try:
            with self._begin() as connection:
                connection.execute(delete(leases).where(self._is_mine()))
                rows = workflows(connection)
                return _hand_back(connection, rows, rows.c.executor_id == self._me.executor_id)
        except (SQLAlchemyError, NoRoomError) as error:
            _log.warning("cannot hand the jobs back, the next start takes them: %s", error)
            return []

    def _is_dropped(self, rows: TableClause, now_ms: int, running: Running) -> ColumnElement[bool]:
        """Ours, with no thread at work on it: its end could not be noted, because the database was full."""
        is_ours = rows.c.executor_id == self._me.executor_id
        is_old = rows.c.updated_at < now_ms - int(self._options.ttl_seconds * 1000)
        return is_ours & is_old & rows.c.workflow_uuid.not_in(running.ids())

    def _is_mine(self) -> ColumnElement[bool]:
        return leases.c.executor_id == self._me.executor_id

    def _reap(self, connection: Connection) -> None:
        """Takes the leases of the dead."""
        rows = connection.execute(select(leases)).all()
        self._silence.keep({row.executor_id for row in rows})
        for row in rows:
            is_silent = self._silence.seconds(row.executor_id, row.beat_ms) >= self._options.ttl_seconds
            if is_silent or is_surely_dead(row.place, row.pid, row.started):
                _log.warning("worker %s is gone; its jobs go to others", row.executor_id)
                connection.execute(delete(leases).where(leases.c.executor_id == row.executor_id))

    def _live(self) -> None:
        while not self._stop.wait(self._options.beat_seconds):
            silence = time.monotonic() - self._last_beat
            try:
                if not self.beat():
                    break
                # After a pause of this machine or the database everybody looks dead: let them beat first.
                if silence < self._options.ttl_seconds / 2:
                    self.sweep()
            except (SQLAlchemyError, NoRoomError) as error:
                # Others may take our jobs meanwhile; the next beat that gets through tells. Ending now would
                # end the answers to users too, and change nothing: steps of a lost job are not remembered.
                _log.warning("cannot renew the worker's lease: %s", error)
        if not self._stop.is_set():
            _log.error("others took this worker for dead; it ends, they go on")
            self._on_lost()


def _hand_back(connection: Connection, rows: TableClause, condition: ColumnElement[bool]) -> list[str]:
    """What DBOS's own recovery does to a row; a worker that still runs it is refused from now on."""
    found = connection.execute(
        update(rows)
        .where(rows.c.status == RUNNING, condition)
        .values(
            status=WAITING,
            owner_xid=None,
            started_at_epoch_ms=None,
            queue_name=func.coalesce(rows.c.queue_name, _RECOVERY_QUEUE),
        )
        .returning(rows.c.workflow_uuid)
    )
    ids = [str(row[0]) for row in found]
    if ids:
        _log.info("handed back: %s", ", ".join(ids))
    return ids


def _adopt(connection: Connection, rows: TableClause) -> None:
    """Jobs that an older version began wait for it for ever: let this one begin them anew.

    What it remembers of them does not fit our steps. Their files do, where they are.
    """
    is_foreign = (rows.c.status == WAITING) & (rows.c.application_version != VERSION)
    found = connection.execute(
        update(rows).where(is_foreign).values(application_version=None).returning(rows.c.workflow_uuid)
    )
    ids = [str(row[0]) for row in found]
    if ids:
        done = steps(connection)
        connection.execute(delete(done).where(done.c.workflow_uuid.in_(ids)))
        _log.info("begun anew after an update: %s", ", ".join(ids))


def _may_sweep(connection: Connection) -> bool:
    """One worker at a time; SQLite has one writer anyway."""
    if not is_postgres(connection):
        return True
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_SWEEP_LOCK))).scalar())


def _now_ms(connection: Connection) -> int:
    """By the database's clock: the workers' may differ."""
    if is_postgres(connection):
        query = "select (extract(epoch from clock_timestamp()) * 1000)::bigint"
    else:
        query = "select cast((julianday('now') - 2440587.5) * 86400000 as integer)"
    return int(connection.execute(text(query)).scalar_one())
