"""What a worker notes of a generation: each change of its state, told to those who want to know."""

from collections.abc import Callable
from decimal import Decimal

from lipwright.app.announcements import Announcer
from lipwright.app.generations import CANCELLED, announce_end_of_batch
from lipwright.app.services import Services
from lipwright.jobs.ports import JobCancelledError
from lipwright.store.accounts import Accounts
from lipwright.store.generations import Generations
from lipwright.store.records import EventType, Generation


class Journal:
    """Every verb is one transaction, and does nothing once a generation has ended.

    Args:
        services: the parts of the application.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def find(self, generation_id: str) -> Generation | None:
        """The generation; None when it was deleted."""
        with self._services.database.read() as connection:
            return Generations(connection).find(generation_id)

    def need(self, generation_id: str) -> Generation:
        """The generation.

        Raises:
            JobCancelledError: it has ended, was deleted, or is to be cancelled.
        """
        generation = self.find(generation_id)
        if generation is None or generation.is_terminal or generation.cancel_requested:
            raise JobCancelledError(f"{generation_id} is no longer wanted")
        return generation

    def plan_of(self, generation: Generation) -> str:
        """The plan of its account."""
        with self._services.database.read() as connection:
            return Accounts(connection).get(generation.account_id).plan

    def start(self, generation_id: str) -> None:
        """It is being worked on."""
        with self._services.database.begin() as connection:
            generations = Generations(connection)
            if generations.set_processing(generation_id, stage="fetch"):
                self._announce(Announcer(connection, self._services.queue), generations, generation_id)

    def progress(self, generation_id: str, progress: float, stage: str) -> None:
        """It is so far.

        Raises:
            JobCancelledError: nobody waits for it any more.
        """
        with self._services.database.begin() as connection:
            generations = Generations(connection)
            found = generations.find(generation_id)
            if found is None or found.cancel_requested:
                raise JobCancelledError(f"{generation_id} is no longer wanted")
            if not generations.set_progress(generation_id, round(progress, 4), stage=stage):
                raise JobCancelledError(f"{generation_id} has ended")
            announcer = Announcer(connection, self._services.queue)
            self._announce(announcer, generations, generation_id, "generation.progress")

    def complete(
        self,
        generation_id: str,
        *,
        output_key: str,
        report_key: str,
        seconds: float,
        cost: Decimal,
        is_to_be_measured: bool = False,
    ) -> bool:
        """It has a result; False when it had ended before. Measuring it is handed in with that."""
        return self._end(
            generation_id,
            "generation.completed",
            lambda generations: generations.complete(
                generation_id,
                output_key=output_key,
                report_key=report_key,
                duration_seconds=seconds,
                cost=cost,
                is_to_be_measured=is_to_be_measured,
            ),
        )

    def fail(self, generation_id: str, message: str, code: str) -> bool:
        """It cannot be done; False when it had ended before."""
        return self._end(
            generation_id,
            "generation.failed",
            lambda generations: generations.fail(generation_id, error=message, error_code=code),
        )

    def cancel(self, generation_id: str) -> bool:
        """Nobody wants it any more; False when it had ended before."""
        return self._end(
            generation_id,
            "generation.cancelled",
            lambda generations: generations.fail(
                generation_id, error="cancelled on request", error_code=CANCELLED
            ),
        )

    def _end(self, generation_id: str, event_type: EventType, change: Callable[[Generations], bool]) -> bool:
        with self._services.database.begin() as connection:
            generations = Generations(connection)
            if not change(generations):
                return False
            announcer = Announcer(connection, self._services.queue)
            ended = self._announce(announcer, generations, generation_id, event_type)
            announce_end_of_batch(connection, announcer, ended)
            if ended.measuring == "pending":
                self._services.queue.enqueue_measure(connection, generation_id)
            return True

    @staticmethod
    def _announce(
        announcer: Announcer,
        generations: Generations,
        generation_id: str,
        event_type: EventType = "generation.processing",
    ) -> Generation:
        generation = generations.find(generation_id)
        assert generation is not None  # it has just been changed in this transaction
        announcer.generation(event_type, generation)
        return generation
