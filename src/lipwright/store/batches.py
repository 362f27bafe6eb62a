"""Batches and their counts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from sqlalchemy import case, delete, func, select, update

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.records import Batch, Generation
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch_one, fetch_page, select_records

_TABLE = tables.batches
_ITEMS = tables.generations


class Batches(Repository):
    """Generations that were asked for together.

    The counts change in the transaction that changes an item, so they always equal a recount. Items are
    locked before their batch, everywhere: two transactions never wait for each other.
    """

    def add(self, batch: Batch, items: Sequence[Generation]) -> list[Generation]:
        """Keeps a batch with its items, in their order; gives the items as they were kept."""
        total = len(items)
        self._connection.execute(_TABLE.insert().values({**vars(batch), "total": total}))
        kept = [replace(item, batch_id=batch.id, position=place) for place, item in enumerate(items)]
        if kept:
            self._connection.execute(_ITEMS.insert(), [vars(item) for item in kept])
        return kept

    def get(self, account_id: str, batch_id: str) -> Batch:
        """A batch of the account.

        Raises:
            NotFoundError: the account has no such batch.
        """
        batch = self.find(batch_id)
        if batch is None or batch.account_id != account_id:
            raise NotFoundError(
                f"expected the id of a batch of this account, found {batch_id!r}; list the batches"
            )
        return batch

    def find(self, batch_id: str) -> Batch | None:
        """A batch of any account."""
        return fetch_one(
            self._connection, Batch, select_records(Batch, _TABLE).where(_TABLE.c.id == batch_id)
        )

    def page(self, account_id: str, *, limit: int, offset: int = 0) -> tuple[list[Batch], int]:
        """Batches of an account, newest first, and how many there are in all."""
        where = _TABLE.c.account_id == account_id
        return fetch_page(self._connection, Batch, _TABLE, where, limit=limit, offset=offset)

    def note_start(self, batch_id: str) -> None:
        """Says that an item left pending; only the first time counts."""
        self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.id == batch_id, _TABLE.c.started_at.is_(None))
            .values(started_at=self._now())
        )

    def count(self, batch_id: str, outcome: Literal["completed", "failed"]) -> None:
        """Counts one more item that ended; the last one completes the batch."""
        now = self._now()
        is_last = _TABLE.c.completed + _TABLE.c.failed + 1 >= _TABLE.c.total
        self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.id == batch_id)
            .values(
                {
                    outcome: _TABLE.c[outcome] + 1,
                    "started_at": func.coalesce(_TABLE.c.started_at, now),
                    "completed_at": case((is_last, now), else_=_TABLE.c.completed_at),
                }
            )
        )

    def drop_item(self, batch_id: str, outcome: Literal["completed", "failed"]) -> None:
        """Takes an item that ended out of the counts; a batch without items is forgotten."""
        self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.id == batch_id)
            .values({outcome: _TABLE.c[outcome] - 1, "total": _TABLE.c.total - 1})
        )
        self._connection.execute(delete(_TABLE).where(_TABLE.c.id == batch_id, _TABLE.c.total == 0))

    def recount(self, batch_id: str) -> tuple[int, int, int]:
        """Total, completed and failed, counted from the items themselves."""
        completed = func.count().filter(_ITEMS.c.status == "completed")
        failed = func.count().filter(_ITEMS.c.status == "failed")
        query = select(func.count(), completed, failed).where(_ITEMS.c.batch_id == batch_id)
        total, done, broken = self._connection.execute(query).one()
        return total, done, broken
