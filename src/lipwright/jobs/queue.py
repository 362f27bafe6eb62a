"""Hands in work: queues by urgency and plan, partitioned so that an account's limit holds."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy import Connection

from lipwright.jobs import engine

GENERATION = "generation"
WEBHOOK = "webhook"
SLOW_WEBHOOK = "slow_webhook"
"""Names of the workflows."""

WEBHOOK_QUEUE = "webhooks"
SLOW_WEBHOOK_QUEUE = "slow-webhooks"
"""Of receivers that are known to be slow."""

_WEBHOOKS_AT_ONCE = 256
"""In each of their queues: threads that wait for an answer."""
_WEBHOOKS_PER_LANE = 4

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
    """Jobs of one account that run at once, by plan. An account may have as many of a batch besides."""
    jobs_at_once: int
    """In this process, of each queue."""
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
    for queue in (WEBHOOK_QUEUE, SLOW_WEBHOOK_QUEUE):
        client.register_queue(
            queue,
            worker_concurrency=_WEBHOOKS_AT_ONCE,
            partition_concurrency=_WEBHOOKS_PER_LANE,
            polling_interval_sec=seldom,
        )


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
        self, connection: Connection, generation_id: str, account_id: str, position: int | None = None
    ) -> None:
        """Hands in a job."""
        queue = _queue_name(self._plan_of(connection, account_id), position)
        self._enqueue_generation(connection, generation_id, queue, account_id, position or 0)

    def enqueue_generations(
        self, connection: Connection, generation_ids: Sequence[str], account_id: str
    ) -> None:
        """Hands in the jobs of a batch."""
        queue = _queue_name(self._plan_of(connection, account_id), 0)
        for position, generation_id in enumerate(generation_ids):
            self._enqueue_generation(connection, generation_id, queue, account_id, position)

    def _enqueue_generation(
        self, connection: Connection, generation_id: str, queue: str, account_id: str, position: int
    ) -> None:
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": GENERATION,
                "queue_name": queue,
                "workflow_id": generation_id,
                "queue_partition_key": account_id,
                "priority": _turn(time.time(), position),
            },
            generation_id,
        )

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
        self._client.cancel_workflows(list(generation_ids))

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
