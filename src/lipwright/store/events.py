"""What happened, in the order in which it happened."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select

from lipwright.store import tables
from lipwright.store.ids import new_id
from lipwright.store.records import Event, EventType
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch, fetch_one, select_records

_TABLE = tables.events
_DELIVERIES = tables.deliveries


class Events(Repository):
    """What is told to those who watch a generation, and sent to webhooks.

    Add an event in the transaction that makes the change it tells of, after the change: the changed
    row's lock then puts the events of one generation in the right order, in PostgreSQL too.
    """

    def add(
        self,
        account_id: str,
        type: EventType,
        data: Mapping[str, Any],
        *,
        generation_id: str | None = None,
        batch_id: str | None = None,
    ) -> Event:
        """Keeps that something happened now."""
        event = Event(0, new_id("evt"), account_id, type, data, self._now(), generation_id, batch_id)
        values = {name: value for name, value in vars(event).items() if name != "seq"}
        seq = self._connection.execute(_TABLE.insert().values(values).returning(_TABLE.c.seq)).scalar_one()
        return replace(event, seq=seq)

    def find(self, event_id: str) -> Event | None:
        """An event of any account."""
        return fetch_one(
            self._connection, Event, select_records(Event, _TABLE).where(_TABLE.c.id == event_id)
        )

    def after(
        self,
        account_id: str,
        seq: int = 0,
        *,
        generation_id: str | None = None,
        batch_id: str | None = None,
        limit: int = 100,
    ) -> list[Event]:
        """The next events of an account, or of one generation or batch of it, oldest first.

        Args:
            seq: of the last event that is known already; 0 for none.
        """
        query = select_records(Event, _TABLE).where(_TABLE.c.account_id == account_id, _TABLE.c.seq > seq)
        if generation_id is not None:
            query = query.where(_TABLE.c.generation_id == generation_id)
        if batch_id is not None:
            query = query.where(_TABLE.c.batch_id == batch_id)
        return fetch(self._connection, Event, query.order_by(_TABLE.c.seq).limit(limit))

    def delete_before(self, before: datetime) -> int:
        """Forgets events older than a moment with their deliveries, unless one is still on its way.

        Returns:
            How many were forgotten.
        """
        is_on_its_way = exists(
            select(_DELIVERIES.c.id).where(
                _DELIVERIES.c.event_id == _TABLE.c.id, _DELIVERIES.c.finished_at.is_(None)
            )
        )
        return self._connection.execute(
            delete(_TABLE).where(_TABLE.c.created_at < before, ~is_on_its_way)
        ).rowcount
