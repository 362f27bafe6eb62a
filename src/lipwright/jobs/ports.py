"""What jobs ask of the rest: the work itself, and what others may ask of jobs."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

from lipwright.errors import LipwrightError

if TYPE_CHECKING:  # compute processes load this file, and start a fifth sooner without it
    from sqlalchemy import Connection


class JobError(LipwrightError):
    """A job that cannot be done, however often it is tried.

    Args:
        message: for the user; names no path of this machine.
        code: a word for programs, such as ``generation_input_video_invalid``.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class JobCancelledError(LipwrightError):
    """Nobody wants the result of a job any more."""


class Work(Protocol):
    """The steps of a job, in their order.

    Each may be done again after a crash in the middle or at the end of it, by another process, even while
    the first one still runs unnoticed: done twice, a step leaves the same as done once.
    They raise JobError where trying again is useless, JobCancelledError when the job is no longer
    wanted; NoRoomError waits for room; any other error is taken for an accident and tried again.
    """

    def fetch(self, generation_id: str) -> None:
        """Brings the inputs here."""

    def prepare(self, generation_id: str) -> int:
        """Takes all decisions; how many chunks there are to render."""

    def render(self, generation_id: str, n_chunks: int) -> None:
        """Renders all chunks, several at once; those that were rendered before are not rendered again."""

    def finish(self, generation_id: str) -> None:
        """Joins and publishes the result, and completes the job."""

    def fail(self, generation_id: str, message: str, code: str) -> None:
        """Ends a job that cannot be done, and removes what it left behind; nothing if it has ended."""

    def abandon(self, generation_id: str) -> None:
        """Ends a job as cancelled, and removes what it left behind; only the latter if it has ended."""

    def has_ended(self, generation_id: str) -> bool:
        """Whether the job is completed, failed, cancelled or deleted."""

    def measure(self, generation_id: str) -> None:
        """Looks at the result of a job that is completed, for its report; nothing if that was done."""

    def fail_measure(self, generation_id: str, message: str) -> None:
        """Ends the measuring of a result that cannot be measured; nothing if it has ended."""

    def tidy(self) -> None:
        """Removes what jobs that have ended left behind, whoever ran them; called now and then."""

    def send_webhook(self, delivery_id: str) -> float | None:
        """Makes one attempt; seconds until the next one, None if there is none."""


class JobQueue(Protocol):
    """Where work is handed in.

    ``connection`` is a transaction of the caller on the database of the jobs: what is enqueued in it
    exists when it commits, and never otherwise.
    """

    def enqueue_generation(
        self,
        connection: "Connection",
        generation_id: str,
        account_id: str,
        position: int | None = None,
        *,
        is_remote: bool = False,
    ) -> None:
        """Hands in a job; its id is enqueued once, however often it is handed in.

        Args:
            position: place in its batch; None for a single job, which overtakes batches.
            is_remote: inputs have to be downloaded: it waits for them where it keeps nobody waiting.
        """

    def enqueue_generations(
        self,
        connection: "Connection",
        generation_ids: Sequence[str],
        account_id: str,
        remote: Collection[str] = (),
    ) -> None:
        """Hands in the jobs of a batch, in their order; ``remote`` are those with inputs to download."""

    def enqueue_measure(self, connection: "Connection", generation_id: str) -> None:
        """Hands in the measuring of a job's result, which is done when nothing else waits."""

    def enqueue_webhook(
        self, connection: "Connection", delivery_id: str, lane: str, delay_seconds: float = 0.0
    ) -> None:
        """Hands in one attempt at a delivery.

        Args:
            lane: what the delivery may wait behind: the endpoint's id, or the address's host.
        """

    def cancel(self, generation_ids: Sequence[str]) -> None:
        """Stops jobs, waiting or running; call it after the transaction that says so has committed."""
