"""Telling what happened: an event is kept, and sent to those who want to know."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from lipwright.jobs.ports import JobQueue
from lipwright.store.deliveries import Deliveries
from lipwright.store.events import Events
from lipwright.store.ids import new_id, utc_now
from lipwright.store.records import Batch, Delivery, Event, EventType, Generation, WebhookEndpoint
from lipwright.store.webhooks import Webhooks

FINAL: tuple[EventType, ...] = (
    "generation.completed",
    "generation.failed",
    "generation.cancelled",
    "batch.completed",
)
"""What a request's own webhook_url is told of."""


class Announcer:
    """Keeps events and hands in their deliveries, in the caller's transaction.

    Announce a change after it was made, and only if it was made. Endpoints are looked up once per type, so
    a batch of hundreds costs no more queries than one.
    """

    def __init__(self, connection: Connection, queue: JobQueue) -> None:
        self._connection, self._queue = connection, queue
        self._subscribers: dict[tuple[str, EventType], list[WebhookEndpoint]] = {}

    def generation(
        self, event_type: EventType, generation: Generation, data: Mapping[str, Any] | None = None
    ) -> Event:
        """Something happened to a generation.

        Args:
            event_type: what.
            generation: as it is now.
            data: what the event says; by default status, stage, progress and error of the generation.
        """
        event = Events(self._connection).add(
            generation.account_id,
            event_type,
            _said(generation) if data is None else data,
            generation_id=generation.id,
            batch_id=generation.batch_id,
        )
        self._deliver(event, generation.params.get("webhook_url"))
        return event

    def batch(self, batch: Batch) -> Event:
        """The last generation of a batch has ended."""
        data = {name: getattr(batch, name) for name in ("status", "total", "completed", "failed")}
        event = Events(self._connection).add(batch.account_id, "batch.completed", data, batch_id=batch.id)
        self._deliver(event, batch.webhook_url)
        return event

    def test(self, endpoint: WebhookEndpoint) -> Delivery:
        """Nothing happened, but an endpoint is to be tried."""
        event = Events(self._connection).add(endpoint.account_id, "webhook.test", {"webhook_id": endpoint.id})
        return self.hand_in(event, endpoint.url, endpoint.id)

    def hand_in(self, event: Event, url: str, endpoint_id: str | None) -> Delivery:
        """Keeps one delivery of an event and hands in its first attempt."""
        delivery = Delivery(new_id("whd"), url, event.id, utc_now(), endpoint_id)
        Deliveries(self._connection).add(event.account_id, delivery)
        lane = endpoint_id or urlsplit(url).hostname or "unknown"
        self._queue.enqueue_webhook(self._connection, delivery.id, lane)
        return delivery

    def _deliver(self, event: Event, own_url: str | None) -> None:
        known = (event.account_id, event.type)
        if known not in self._subscribers:
            self._subscribers[known] = Webhooks(self._connection).subscribers(*known)
        for endpoint in self._subscribers[known]:
            self.hand_in(event, endpoint.url, endpoint.id)
        if own_url is not None and event.type in FINAL:
            self.hand_in(event, own_url, None)


def _said(generation: Generation) -> dict[str, Any]:
    names = ("status", "stage", "progress", "error", "error_code")
    return {name: getattr(generation, name) for name in names}
