"""Server-sent events of one generation."""

import json
import time
from collections.abc import AsyncIterator, Callable

import anyio
import anyio.to_thread

from lipwright.errors import NotFoundError
from lipwright.store.database import Database
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from lipwright.store.records import Event

LAST_EVENTS = frozenset({"generation.completed", "generation.failed", "generation.cancelled"})
_POLL_SECONDS = 0.4
_ALIVE_SECONDS = 15.0
"""Proxies close connections on which nothing is said for long; most after 30 or 60 s."""
_HELLO = b"retry: 2000\n\n"
_ALIVE = b": still here\n\n"


async def event_stream(
    database: Database, account_id: str, generation_id: str, after: int, is_stopping: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """What happens to a generation, until it has ended or was deleted.

    Args:
        database: where events are kept.
        account_id: whose generation it is.
        generation_id: which.
        after: number of the last event that the client knows; 0 for none.
        is_stopping: whether the server ends; the client comes back to the next one by itself.
    """
    limiter = anyio.CapacityLimiter(1)  # its own, so that many streams do not starve the endpoints
    yield _HELLO
    spoke_at = time.monotonic()
    while not is_stopping():
        events, is_over = await anyio.to_thread.run_sync(
            news, database, account_id, generation_id, after, limiter=limiter
        )
        for event in events:
            after = event.seq
            yield _written(event)
            spoke_at = time.monotonic()
        if is_over or any(event.type in LAST_EVENTS for event in events):
            return
        if time.monotonic() - spoke_at > _ALIVE_SECONDS:
            yield _ALIVE
            spoke_at = time.monotonic()
        await anyio.sleep(_POLL_SECONDS)


def news(database: Database, account_id: str, generation_id: str, after: int) -> tuple[list[Event], bool]:
    """The next events of a generation, and whether there will be no more."""
    with database.read() as connection:
        events = Events(connection).after(account_id, after, generation_id=generation_id)
        if events:
            return events, False
        try:
            return [], Generations(connection).get(account_id, generation_id).is_terminal
        except NotFoundError:
            return [], True


def _written(event: Event) -> bytes:
    data = {
        "id": event.id,
        "type": event.type,
        "created_at": event.created_at.isoformat().replace("+00:00", "Z"),
        "generation_id": event.generation_id,
        "data": event.data,
    }
    return f"id: {event.seq}\nevent: {event.type}\ndata: {json.dumps(data)}\n\n".encode()
