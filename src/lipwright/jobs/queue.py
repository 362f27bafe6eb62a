"""Hands in work: queues by urgency and plan, partitioned so that an account's limit holds."""

import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy import Connection

from lipwright.jobs import engine

GENERATION = "generation"
FETCH = "fetch"
MEASURE = "measure"
WEBHOOK = "webhook"
SLOW_WEBHOOK = "slow_webhook"
"""Names of the workflows."""

MEASURE_QUEUE = "measures"
WEBHOOK_QUEUE = "webhooks"
SLOW_WEBHOOK_QUEUE = "slow-webhooks"
"""Of receivers that are known to be slow."""

_FETCH_SUFFIX = ".fetch"
"""Of the workflow that brings a job's inputs; the job's own has its id."""
_MEASURE_SUFFIX = ".measure"
"""Of the one that looks at its result."""

_FETCHES_AT_ONCE = 256
"""In each of their queues: threads that wait for bytes, and for the turn of what has come."""
_WEBHOOKS_AT_ONCE = 256
"""In each of their queues: threads that wait for an answer."""
_WEBHOOKS_PER_LANE = 4

_MEASURES_AT_ONCE = 1
"""In this process, so that it holds the memory of one more child at most."""

_SELDOM = 5
"""Times as long between two looks where nobody waits for the start of a job."""

_EPOCH_2026 = 1_767_225_600
_MAX_PRIORITY = 2**31 - 1

PlanOf = Callable[[Connection, str], str]
"""The plan of an account."""


@dataclass(frozen=True)
class QueueOptions:
    """How much is done at once."""

    plans: dict[str, int]
    """Jobs of one account that run at once, by plan. An account may have as many of a batch besides, and
    download the inputs of as many more of each."""
    jobs_at_once: int
    """In this process, of each queue of jobs whose inputs are here."""
    polling_seconds: float = 0.1
    """Between two looks for singles; batches and webhooks are looked for less often."""


def register_queues(client: DBOSClient, options: QueueOptions) -> None:
    """Makes the queues known; before the engine is launched, which looks for new ones only now and then."""
    seldom = options.polling_seconds * _SELDOM
    for plan, limit in options.plans.items():
        for position, seconds in ((None, options.polling_seconds), (0, seldom)):
            client.register_queue(
                _queue_name(plan, position),
                worker_concurrency=options.jobs_at_once,
                partition_concurrency=limit,
                polling_interval_sec=seconds,
            )
            client.register_queue(
                f"{FETCH}-{_queue_name(plan, position)}",
                worker_concurrency=_FETCHES_AT_ONCE,
                partition_concurrency=limit,
                polling_interval_sec=seldom,
            )
    client.register_queue(MEASURE_QUEUE, worker_concurrency=_MEASURES_AT_ONCE, polling_interval_sec=seldom)
    for queue in (WEBHOOK_QUEUE, SLOW_WEBHOOK_QUEUE):
        client.register_queue(
            queue,
            worker_concurrency=_WEBHOOKS_AT_ONCE,
            partition_concurrency=_WEBHOOKS_PER_LANE,
            polling_interval_sec=seldom,
        )


@dataclass(frozen=True)
class Hand:
    """A job as it is handed in; its fields are the arguments of the workflow that fetches."""

    generation_id: str
    queue: str
    account_id: str
    turn: int
    """See ``_turn``."""

    def to_work(self) -> EnqueueOptions:
        """To be worked on."""
        return self._options(GENERATION, self.queue, self.generation_id)

    def to_fetch(self) -> EnqueueOptions:
        """To have its inputs brought here first."""
        return self._options(FETCH, f"{FETCH}-{self.queue}", f"{self.generation_id}{_FETCH_SUFFIX}")

    def _options(self, name: str, queue: str, workflow_id: str) -> EnqueueOptions:
        return {
            "workflow_name": name,
            "queue_name": queue,
            "workflow_id": workflow_id,
            "queue_partition_key": self.account_id,
            "priority": self.turn,
        }


def generation_of(workflow_id: str) -> str:
    """The job of a workflow."""
    return workflow_id.removesuffix(_FETCH_SUFFIX).removesuffix(_MEASURE_SUFFIX)


class DurableQueue:
    """The JobQueue that the worker empties.

    Args:
        url: of the database.
        plan_of: looks up in the caller's transaction which plan's queue an account uses.
    """

    def __init__(self, url: str, plan_of: PlanOf) -> None:
        self._client: DBOSClient = engine.client(url)
        self._plan_of = plan_of

    def enqueue_generation(
        self,
        connection: Connection,
        generation_id: str,
        account_id: str,
        position: int | None = None,
        *,
        is_remote: bool = False,
    ) -> None:
        """Hands in a job."""
        queue = _queue_name(self._plan_of(connection, account_id), position)
        turn = _turn(time.time(), position or 0)
        self._enqueue(connection, Hand(generation_id, queue, account_id, turn), is_remote=is_remote)

    def enqueue_generations(
        self,
        connection: Connection,
        generation_ids: Sequence[str],
        account_id: str,
        remote: Collection[str] = (),
    ) -> None:
        """Hands in the jobs of a batch."""
        queue = _queue_name(self._plan_of(connection, account_id), 0)
        for position, generation_id in enumerate(generation_ids):
            hand = Hand(generation_id, queue, account_id, _turn(time.time(), position))
            self._enqueue(connection, hand, is_remote=generation_id in remote)

    def _enqueue(self, connection: Connection, hand: "Hand", *, is_remote: bool) -> None:
        if is_remote:
            self._client.enqueue_in_transaction(connection, hand.to_fetch(), *astuple(hand))
        else:
            self._client.enqueue_in_transaction(connection, hand.to_work(), hand.generation_id)

    def enqueue_measure(self, connection: Connection, generation_id: str) -> None:
        """Hands in the measuring of a job's result."""
        options: EnqueueOptions = {
            "workflow_name": MEASURE,
            "queue_name": MEASURE_QUEUE,
            "workflow_id": f"{generation_id}{_MEASURE_SUFFIX}",
        }
        self._client.enqueue_in_transaction(connection, options, generation_id)

    def enqueue_webhook(
        self, connection: Connection, delivery_id: str, lane: str, delay_seconds: float = 0.0
    ) -> None:
        """Hands in one attempt at a delivery."""
        options: EnqueueOptions = {
            "workflow_name": WEBHOOK,
            "queue_name": WEBHOOK_QUEUE,
            "workflow_id": f"{delivery_id}.{secrets.token_hex(4)}",
            "queue_partition_key": lane,
        }
        if delay_seconds > 0:
            options["delay_seconds"] = delay_seconds
        self._client.enqueue_in_transaction(connection, options, delivery_id, lane)

    def cancel(self, generation_ids: Sequence[str]) -> None:
        """Stops jobs, waiting or running."""
        fetches = [f"{generation_id}{_FETCH_SUFFIX}" for generation_id in generation_ids]
        self._client.cancel_workflows([*fetches, *generation_ids])

    def close(self) -> None:
        """Lets go of the database."""
        self._client.destroy()


def _queue_name(plan: str, position: int | None) -> str:
    return f"interactive-{plan}" if position is None else f"batch-{plan}"


def _turn(now: float, position: int) -> int:
    """Whose turn it is in an account's queue: lower numbers first.

    Tenths of seconds since 2026 and the place in the batch. DBOS stamps rows to the second on Python below
    3.12, so without it the order inside a second were random; it fits for six years, and then still is
    right to the second.
    """
    return min(max(1, int((now - _EPOCH_2026) * 10) + position), _MAX_PRIORITY)
