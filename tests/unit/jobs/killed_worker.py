"""A worker on an SQLite file, to be killed: ``python -m tests.unit.jobs.killed_worker folder``.

Its jobs write a line to the folder's log for each step, and each chunk takes a moment.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from lipwright.jobs.parallel import StillWanted, in_parallel
from lipwright.jobs.queue import DurableQueue, QueueOptions
from lipwright.jobs.slots import BATCH, Claim, PrioritySlots
from lipwright.jobs.worker import Worker, WorkerOptions
from lipwright.store.database import Database

CHUNK_SECONDS = 0.05


class LoggedWork:
    """Writes down what it does."""

    def __init__(self, folder: Path, slots: PrioritySlots) -> None:
        self.log = folder / "log"
        self.slots = slots

    def fetch(self, generation_id: str) -> None:
        self._note("fetch", generation_id)

    def prepare(self, generation_id: str) -> int:
        self._note("prepare", generation_id)
        return 4

    def render(self, generation_id: str, n_chunks: int) -> None:
        def render(chunk: int, still_wanted: StillWanted) -> None:
            if f"{generation_id} render{chunk}\n" not in self.log.read_text():
                with self.slots.slot(Claim(generation_id, BATCH)):
                    time.sleep(CHUNK_SECONDS)
                    self._note(f"render{chunk}", generation_id)

        in_parallel(render, range(n_chunks), 2)

    def finish(self, generation_id: str) -> None:
        self._note("finish", generation_id)

    def fail(self, generation_id: str, message: str, code: str) -> None:
        self._note("fail", generation_id)

    def abandon(self, generation_id: str) -> None:
        self._note("abandon", generation_id)

    def has_ended(self, generation_id: str) -> bool:
        return False

    def measure(self, generation_id: str) -> None:
        self._note("measure", generation_id)

    def fail_measure(self, generation_id: str, message: str) -> None:
        self._note("fail_measure", generation_id)

    def tidy(self) -> None:
        """Nothing lies about."""

    def send_webhook(self, delivery_id: str) -> float | None:
        return None

    def _note(self, step: str, generation_id: str) -> None:
        with self.log.open("a") as file:
            file.write(f"{generation_id} {step}\n")


def main(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/jobs.db")
    slots = PrioritySlots(2)
    options = WorkerOptions(QueueOptions({"default": 4}, jobs_at_once=4, polling_seconds=0.05))
    worker = Worker(database.url, database.begin, LoggedWork(folder, slots), slots, options)
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    worker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not asked.wait(0.1):
        continue
    worker.stop()
    os._exit(0)


def hand_in(folder: Path, ids: list[str]) -> None:
    database = Database(f"sqlite:///{folder}/jobs.db")
    queue = DurableQueue(database.url, lambda *_: "default")
    with database.begin() as connection:
        queue.enqueue_generations(connection, ids, "acc_1")
    queue.close()
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
