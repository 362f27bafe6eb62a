"""A database for jobs, and workers on it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection

from lipwright.jobs import ending, engine, fetching, generation
from lipwright.jobs import worker as worker_module
from lipwright.jobs.engine_table import workflows
from lipwright.jobs.lease import leases
from lipwright.jobs.ports import Work
from lipwright.jobs.queue import DurableQueue, QueueOptions
from lipwright.jobs.slots import PrioritySlots
from lipwright.jobs.worker import Worker, WorkerOptions
from lipwright.store.database import Database
from tests.postgres import postgresql_cluster

PLANS = {"default": 2, "single": 1}


@pytest.fixture(scope="session")
def jobs_cluster() -> Iterator[str]:
    """An empty PostgreSQL database."""
    with postgresql_cluster() as url:
        yield url


@dataclass
class Jobs:
    """A database with the engine's tables, a queue on it, and at most one worker."""

    database: Database
    queue: DurableQueue
    workers: list[Worker] = field(default_factory=list)

    def work(self, work: Work) -> Worker:
        options = WorkerOptions(QueueOptions(PLANS, jobs_at_once=4, polling_seconds=0.05), drain_seconds=5)
        worker = Worker(self.database.url, self.database.begin, work, PrioritySlots(2), options)
        worker.start()
        self.workers.append(worker)
        return worker

    def enqueue(self, *generation_ids: str, account: str = "acc_default", is_remote: bool = False) -> None:
        with self.database.begin() as connection:
            for generation_id in generation_ids:
                self.queue.enqueue_generation(connection, generation_id, account, is_remote=is_remote)


def plan_of(_: Connection, account_id: str) -> str:
    return account_id.removeprefix("acc_")


@pytest.fixture(params=["sqlite", "postgresql"])
def jobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Jobs on each database in turn; an accident is followed by the next attempt at once."""
    monkeypatch.setattr(generation, "_RETRY_SECONDS", (0.01, 0.01))
    monkeypatch.setattr(generation, "_ROOM_SECONDS", (0.01, 0.01, 0.01))
    monkeypatch.setattr(ending, "_DATABASE_SECONDS", 0.01)
    monkeypatch.setattr(fetching, "_TURN_SECONDS", 0.05)
    monkeypatch.setattr(engine, "_NOTICE_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "_CHECKPOINT_SECONDS", 0.0)
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/jobs.db" if is_sqlite else request.getfixturevalue("jobs_cluster")
    database = Database(url)
    engine.migrate(database.url)
    jobs = Jobs(database, DurableQueue(database.url, plan_of))
    with database.begin() as connection:  # PostgreSQL's is shared by the tests
        leases.metadata.create_all(connection)
        connection.execute(leases.delete())
        connection.execute(workflows(connection).delete())
    yield jobs
    for worker in jobs.workers:
        worker.stop()
    jobs.queue.close()
    database.close()


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Returns when the condition holds."""
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.01)
