"""Records as they come from the rest of the program."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from lipwright.store.ids import Clock, new_id, utc_now
from lipwright.store.records import Asset, Batch, Delivery, Event, Generation, WebhookEndpoint

START = datetime(2026, 1, 1, tzinfo=UTC)


def ticking() -> Clock:
    """A clock that is one second on each time it is read."""
    moments: Iterator[int] = count(1)
    return lambda: START + timedelta(seconds=next(moments))


def generation(account_id: str, **changes: Any) -> Generation:
    values = {"model": "lipsync-2", "params": {"seed": 0}, "created_at": utc_now()}
    return Generation(id=new_id("gen"), account_id=account_id, **{**values, **changes})


def batch(account_id: str, **changes: Any) -> Batch:
    return Batch(id=new_id("bat"), account_id=account_id, **{"total": 0, "created_at": utc_now(), **changes})


def asset(account_id: str, **changes: Any) -> Asset:
    key = new_id("ast")
    values = {
        "id": key,
        "type": "video",
        "filename": "clip.mp4",
        "size_bytes": 5_000_000_000,
        "content_type": "video/mp4",
        "sha256": key,
        "blob_key": f"assets/{key}",
        "created_at": utc_now(),
    }
    return Asset(account_id=account_id, **{**values, **changes})


def endpoint(account_id: str, **changes: Any) -> WebhookEndpoint:
    values = {"url": "https://example.com", "secret": "whsec_x", "events": (), "created_at": utc_now()}
    return WebhookEndpoint(id=new_id("whe"), account_id=account_id, **{**values, **changes})


def delivery(event: Event, **changes: Any) -> Delivery:
    values = {"url": "https://example.com", "event_id": event.id, "created_at": utc_now()}
    return Delivery(id=new_id("whd"), **{**values, **changes})
