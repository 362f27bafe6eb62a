"""A queue without an engine, for tests of what stands above."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection

from lipwright.jobs.ports import JobCancelledError, JobError, Work


@dataclass
class InlineQueue:
    """The JobQueue that does its work when it is told to, in the thread that tells it."""

    work: Work | None = None
    generations: list[str] = field(default_factory=list)
    """Waiting, in the order in which they were handed in."""
    remote: list[str] = field(default_factory=list)
    """Those with inputs to download, waiting or not."""
    measures: list[str] = field(default_factory=list)
    """Jobs whose results are to be measured."""
    deliveries: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def enqueue_generation(
        self,
        connection: Connection,  # noqa: ARG002
        generation_id: str,
        account_id: str,  # noqa: ARG002
        position: int | None = None,  # noqa: ARG002
        *,
        is_remote: bool = False,
    ) -> None:
        """Remembers it; what is handed in in a transaction that fails is remembered too."""
        if is_remote:
            self.remote.append(generation_id)
        if generation_id not in self.generations:
            self.generations.append(generation_id)

    def enqueue_generations(
        self,
        connection: Connection,
        generation_ids: Sequence[str],
        account_id: str,
        remote: Collection[str] = (),
    ) -> None:
        """Remembers them."""
        for generation_id in generation_ids:
            is_remote = generation_id in remote
            self.enqueue_generation(connection, generation_id, account_id, is_remote=is_remote)

    def enqueue_measure(self, connection: Connection, generation_id: str) -> None:  # noqa: ARG002
        """Remembers it."""
        self.measures.append(generation_id)

    def enqueue_webhook(
        self,
        connection: Connection,  # noqa: ARG002
        delivery_id: str,
        lane: str,  # noqa: ARG002
        delay_seconds: float = 0.0,  # noqa: ARG002
    ) -> None:
        """Remembers it."""
        self.deliveries.append(delivery_id)

    def cancel(self, generation_ids: Sequence[str]) -> None:
        """Forgets those that wait."""
        self.cancelled.extend(generation_ids)
        self.generations = [waiting for waiting in self.generations if waiting not in generation_ids]

    def run(self) -> None:
        """Does all that waits, and what it brings."""
        assert self.work is not None
        while self.generations or self.deliveries or self.measures:
            if self.generations:
                self._run_generation(self.work, self.generations.pop(0))
            elif self.deliveries:
                self.work.send_webhook(self.deliveries.pop(0))
            else:
                self._run_measure(self.work, self.measures.pop(0))

    def _run_generation(self, work: Work, generation_id: str) -> None:
        try:
            work.fetch(generation_id)
            work.render(generation_id, work.prepare(generation_id))
            work.finish(generation_id)
        except JobCancelledError:
            work.abandon(generation_id)
        except JobError as error:
            work.fail(generation_id, str(error), error.code)

    @staticmethod
    def _run_measure(work: Work, generation_id: str) -> None:
        with suppress(JobCancelledError):
            try:
                work.measure(generation_id)
            except JobError as error:
                work.fail_measure(generation_id, str(error))
