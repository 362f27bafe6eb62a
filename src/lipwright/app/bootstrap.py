"""Puts the parts together: the one place that knows which of each is in use."""

import sys
import threading

from sqlalchemy import Connection

from lipwright.app.settings import DEFAULT_PLAN, Settings
from lipwright.app.telemetry import Telemetry
from lipwright.app.work import ServerWork
from lipwright.jobs import engine
from lipwright.jobs.children import ChildOptions, ChildPool
from lipwright.jobs.queue import DurableQueue, QueueOptions
from lipwright.jobs.slots import PrioritySlots
from lipwright.jobs.worker import Worker, WorkerOptions
from lipwright.store.accounts import Accounts
from lipwright.store.blobs import Blobs
from lipwright.store.database import Database

_PREFETCH = 2
"""Jobs beyond the slots that are begun, so that their downloads wait for nobody's computing."""

_CHILD = ("-m", "lipwright.app.compute")


class Application:
    """The parts of a server or worker; ``Services`` of the use cases.

    Args:
        settings: how it is set up.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        self.database.migrate()
        engine.migrate(self.database.url)
        self.blobs = Blobs(settings.blobs_url)
        self.queue = DurableQueue(self.database.url, self._plan_of)
        self.telemetry = Telemetry()

    def close(self) -> None:
        """Lets go of the database."""
        self.queue.close()
        self.database.close()

    def _plan_of(self, connection: Connection, account_id: str) -> str:
        plan = Accounts(connection).get(account_id).plan
        return plan if plan in self.settings.plans else DEFAULT_PLAN


class WorkerProcess:
    """What empties the queues of an application, in this process.

    Args:
        application: whose.
    """

    def __init__(self, application: Application) -> None:
        settings = application.settings
        self._slots = PrioritySlots(settings.slots)
        children = ChildOptions((sys.executable, *_CHILD), spares=settings.spares)
        self._pool = ChildPool(self._slots, children)
        plans = {name: plan.concurrency for name, plan in settings.plans.items()}
        self._worker = Worker(
            application.database.url,
            application.database.begin,
            ServerWork(application, self._pool, application.telemetry),
            self._slots,
            WorkerOptions(
                QueueOptions(plans, settings.slots + _PREFETCH), drain_seconds=settings.shutdown_seconds
            ),
        )

    def start(self) -> None:
        """Starts to work."""
        self._pool.warm_up()
        self._worker.start()

    def drain(self) -> None:
        """Starts no further chunk."""
        self._worker.drain()

    def stop(self, hurry: threading.Event | None = None) -> None:
        """Ends at the end of the chunks at work; the process has to end with ``os._exit`` then.

        Args:
            hurry: once it is set the chunks are not waited for; they are done anew by whoever takes the jobs.
        """
        self._worker.stop(hurry)
        self._pool.kill()
