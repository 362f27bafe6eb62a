"""Empties the queues in this process, until it is told to stop."""

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import select

from lipwright.jobs import engine
from lipwright.jobs.ending import Ending
from lipwright.jobs.engine_table import WAITING, check_columns, workflows
from lipwright.jobs.fetching import register_fetching
from lipwright.jobs.generation import register_generation
from lipwright.jobs.lease import Begin, Lease, LeaseOptions
from lipwright.jobs.measure import register_measure
from lipwright.jobs.ports import Work
from lipwright.jobs.queue import QueueOptions, register_queues
from lipwright.jobs.reconcile import Reconciler
from lipwright.jobs.running import Running
from lipwright.jobs.slots import PrioritySlots
from lipwright.jobs.webhook import register_webhook

_CHECKPOINT_SECONDS = 0.3
"""For the engine to remember a chunk that has just been rendered; it takes some milliseconds."""


_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class WorkerOptions:
    """How a worker works."""

    queues: QueueOptions
    lease: LeaseOptions = field(default_factory=LeaseOptions)
    drain_seconds: float = 120.0
    """How long stopping waits for the chunks that are being rendered."""


class Worker:
    """One per process: the engine below is the process's own.

    Args:
        url: of the database.
        begin: opens transactions on it.
        work: what is to be done.
        slots: where the work takes its places to compute; closed to stop at a chunk's end.
        options: how.
    """

    def __init__(
        self, url: str, begin: Begin, work: Work, slots: PrioritySlots, options: WorkerOptions
    ) -> None:
        self._url = url
        self._begin = begin
        self._work = work
        self._slots = slots
        self._options = options
        self._running = Running()
        self._lease = Lease(begin, options.lease, self._running)
        self._reconciler = Reconciler(begin, work)

    def start(self) -> None:
        """Starts; jobs that a dead worker left are taken up at once where it can be seen to be dead."""
        with self._begin() as connection:
            check_columns(connection)
        self._lease.start()
        engine.create(self._url, self._lease.executor_id)
        ending = Ending(self._work, self._lease.hand_back)
        register_generation(self._work, self._running, ending)
        register_fetching(self._work, self._running, ending, self._is_waiting)
        register_measure(self._work, self._running, self._lease.hand_back)
        register_webhook(self._work, self._running)
        self._register_queues()
        engine.launch()
        self._lease.sweep()
        self._reconciler.start()

    def drain(self) -> None:
        """Starts no further chunk."""
        self._slots.close()

    def stop(self, hurry: threading.Event | None = None) -> None:
        """Waits for the chunks that are being rendered and hands everything else back.

        Threads of jobs that wait for a place go on waiting: the process has to end with ``os._exit``.

        Args:
            hurry: once it is set the chunks are not waited for: they are handed back too.
        """
        self.drain()
        deadline = time.monotonic() + self._options.drain_seconds
        while not self._slots.wait_until_idle(_LOOK_SECONDS) and time.monotonic() < deadline:
            if hurry is not None and hurry.is_set():
                break
        time.sleep(_CHECKPOINT_SECONDS)
        self._reconciler.stop()
        engine.destroy()
        self._lease.release()

    def _is_waiting(self, workflow_id: str) -> bool:
        with self._begin() as connection:
            rows = workflows(connection)
            query = select(rows.c.status).where(rows.c.workflow_uuid == workflow_id)
            return connection.execute(query).scalar() == WAITING

    def _register_queues(self) -> None:
        client = engine.client(self._url)
        register_queues(client, self._options.queues)
        client.destroy()
