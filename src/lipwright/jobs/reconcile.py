"""Repairs what no step could: jobs whose workflow has ended without saying so to the user."""

import logging
import threading
from dataclasses import dataclass

from dbos import DBOS
from sqlalchemy import func, select

from lipwright.jobs.engine_table import BROKEN, CANCELLED, DONE, workflows
from lipwright.jobs.generation import DEFECT
from lipwright.jobs.lease import Begin
from lipwright.jobs.ports import Work
from lipwright.jobs.queue import FETCH, GENERATION, MEASURE, generation_of

_PERIOD_SECONDS = 30.0
_KEEP_MS = 24 * 3600 * 1000
_FORGET_AT_ONCE = 500

_UNMEASURED = "something unexpected went wrong while measuring"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Workflow:
    """What the engine says of one."""

    id: str
    name: str
    status: str


class Reconciler:
    """Looks now and then.

    Args:
        begin: opens transactions on the database of the jobs.
        work: told about the jobs that have ended.
        period_seconds: between two looks.
    """

    def __init__(self, begin: Begin, work: Work, period_seconds: float = _PERIOD_SECONDS) -> None:
        self._begin = begin
        self._work = work
        self._period = period_seconds
        self._settled: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="reconciler", daemon=True)

    def start(self) -> None:
        """Looks now, and now and then from now on; the engine has been launched."""
        self._thread.start()

    def stop(self) -> None:
        """Looks no more."""
        self._stop.set()

    def look(self) -> None:
        """Repairs, tidies and forgets, once."""
        for workflow in self._ended_badly():
            if workflow.id not in self._settled:
                self._settle(workflow)
                self._settled.add(workflow.id)
        self._work.tidy()
        self._forget()

    def _settle(self, workflow: "_Workflow") -> None:
        generation_id = generation_of(workflow.id)
        if workflow.name == MEASURE:
            self._work.fail_measure(generation_id, _UNMEASURED)
        elif workflow.status == CANCELLED:
            self._work.abandon(generation_id)
        else:
            self._work.fail(generation_id, DEFECT, "generation_unknown_error")

    def _ended_badly(self) -> "list[_Workflow]":
        """What ended a day ago has been forgotten."""
        with self._begin() as connection:
            rows = workflows(connection)
            found = connection.execute(
                select(rows.c.workflow_uuid, rows.c.name, rows.c.status).where(
                    rows.c.name.in_((GENERATION, FETCH, MEASURE)), rows.c.status.in_((*BROKEN, CANCELLED))
                )
            )
            return [_Workflow(str(row[0]), str(row[1]), str(row[2])) for row in found]

    def _forget(self) -> None:
        """Removes what the engine remembers of jobs that ended a day before the latest sign of life."""
        with self._begin() as connection:
            rows = workflows(connection)
            latest = select(func.max(rows.c.updated_at)).scalar_subquery()
            found = connection.execute(
                select(rows.c.workflow_uuid)
                .where(rows.c.status.in_((*BROKEN, CANCELLED, DONE)), rows.c.updated_at < latest - _KEEP_MS)
                .limit(_FORGET_AT_ONCE)
            )
            old = [str(row[0]) for row in found]
        if old:
            DBOS.delete_workflows(old)
            self._settled.difference_update(old)

    def _live(self) -> None:
        while True:
            try:
                self.look()
            except Exception:  # noqa: BLE001 (a worker's loop: it goes on, whatever the database or a disk says)
                _log.warning("cannot look after the jobs; trying again later", exc_info=True)
            if self._stop.wait(self._period):
                return
