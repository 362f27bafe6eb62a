"""Generations: from pending by processing to completed or failed, and never back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, tuple_, update

from lipwright.errors import ConflictError, NotFoundError
from lipwright.store import tables
from lipwright.store.batches import Batches
from lipwright.store.records import TERMINAL, Generation, GenerationStatus
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch, fetch_one, fetch_page, select_records

_TABLE = tables.generations


class Generations(Repository):
    """What was asked for, how far it is, what came of it.

    The verbs that change a status say whether they did: False when it had ended before, or is gone.
    What was read in the transaction is then out of date; announce a change only after True.
    """

    def add(self, generation: Generation) -> None:
        """Keeps a new generation; those of a batch go through Batches.add."""
        self.add_many([generation])

    def add_many(self, generations: Sequence[Generation]) -> None:
        """Keeps new generations that belong to no batch."""
        if generations:
            self._connection.execute(_TABLE.insert(), [vars(item) for item in generations])

    def get(self, account_id: str, generation_id: str) -> Generation:
        """A generation of the account.

        Raises:
            NotFoundError: the account has no such generation.
        """
        generation = self.find(generation_id)
        if generation is None or generation.account_id != account_id:
            raise NotFoundError(
                f"expected the id of a generation of this account, found {generation_id!r}; "
                f"list the generations"
            )
        return generation

    def find(self, generation_id: str) -> Generation | None:
        """A generation of any account."""
        query = select_records(Generation, _TABLE).where(_TABLE.c.id == generation_id)
        return fetch_one(self._connection, Generation, query)

    def page(
        self, account_id: str, *, limit: int, offset: int = 0, status: GenerationStatus | None = None
    ) -> tuple[list[Generation], int]:
        """Generations of an account, newest first, and how many there are in all."""
        where = _TABLE.c.account_id == account_id
        if status is not None:
            where = and_(where, _TABLE.c.status == status)
        return fetch_page(self._connection, Generation, _TABLE, where, limit=limit, offset=offset)

    def newest(
        self,
        account_id: str,
        *,
        limit: int,
        statuses: Collection[GenerationStatus] = (),
        ids: Collection[str] = (),
        after_id: str | None = None,
    ) -> list[Generation]:
        """Generations of an account, newest first, without counting them all.

        Args:
            statuses: only those; empty for all.
            ids: only those; empty for all.
            after_id: only what comes after this one in the list.

        Raises:
            NotFoundError: the account has no generation ``after_id``.
        """
        query = select_records(Generation, _TABLE).where(_TABLE.c.account_id == account_id)
        if statuses:
            query = query.where(_TABLE.c.status.in_(statuses))
        if ids:
            query = query.where(_TABLE.c.id.in_(ids))
        if after_id is not None:
            last = self.get(account_id, after_id)
            place = tuple_(_TABLE.c.created_at, _TABLE.c.id)
            query = query.where(place < tuple_(last.created_at, last.id))
        newest_first = query.order_by(_TABLE.c.created_at.desc(), _TABLE.c.id.desc())
        return fetch(self._connection, Generation, newest_first.limit(limit))

    def of_batch(self, account_id: str, batch_id: str) -> list[Generation]:
        """The items of a batch, in their order."""
        query = select_records(Generation, _TABLE).where(
            _TABLE.c.batch_id == batch_id, _TABLE.c.account_id == account_id
        )
        return fetch(self._connection, Generation, query.order_by(_TABLE.c.position))

    def set_processing(self, generation_id: str, *, stage: str | None = None) -> bool:
        """From pending to processing."""
        is_pending = _TABLE.c.status == "pending"
        has_changed, batch_id = self._change(
            generation_id, is_pending, status="processing", stage=stage, started_at=self._now()
        )
        if has_changed and batch_id is not None:
            Batches(self._connection, self._now).note_start(batch_id)
        return has_changed

    def set_progress(self, generation_id: str, progress: float, *, stage: str | None = None) -> bool:
        """How far it is, 0 to 1; never falls, although work that was lost is done again.

        Args:
            stage: what is being done now; None leaves what was said before.
        """
        reached = case((_TABLE.c.progress < progress, progress), else_=_TABLE.c.progress)
        changes = {"progress": reached} if stage is None else {"progress": reached, "stage": stage}
        return self._change(generation_id, _TABLE.c.status == "processing", **changes)[0]

    def complete(
        self,
        generation_id: str,
        *,
        output_key: str,
        report_key: str | None,
        duration_seconds: float,
        cost: Decimal,
        is_to_be_measured: bool = False,
    ) -> bool:
        """Ends it with a result.

        Args:
            cost: US dollars, rounded to 0.0001.
            is_to_be_measured: its report is completed later, by ``end_measuring``.
        """
        return self._end(
            generation_id,
            "completed",
            progress=1.0,
            output_key=output_key,
            report_key=report_key,
            duration_seconds=duration_seconds,
            cost=cost,
            measuring="pending" if is_to_be_measured else None,
        )

    def end_measuring(
        self, generation_id: str, *, report_key: str | None = None, error: str | None = None
    ) -> bool:
        """Notes that its result was measured, or cannot be.

        Args:
            report_key: of the completed report; None where there is none.
            error: why there is none.
        """
        changes = (
            {"measuring": "done", "report_key": report_key} if error is None else {"measuring": "failed"}
        )
        is_pending = _TABLE.c.measuring == "pending"
        return self._change(generation_id, is_pending, measuring_error=error, **changes)[0]

    def fail(self, generation_id: str, *, error: str, error_code: str) -> bool:
        """Ends it without a result; it costs nothing."""
        return self._end(generation_id, "failed", error=error, error_code=error_code, cost=Decimal(0))

    def request_cancel(self, account_id: str, generation_id: str) -> bool:
        """Asks for its end; whoever works on it then fails it.

        Raises:
            NotFoundError: the account has no such generation.
        """
        self.get(account_id, generation_id)
        is_open = and_(_TABLE.c.status.not_in(TERMINAL), _TABLE.c.cancel_requested.is_(False))
        return self._change(generation_id, is_open, cancel_requested=True)[0]

    def delete(self, account_id: str, generation_id: str) -> Generation:
        """Forgets a generation that has ended; gives it back, so that its blobs can be deleted.

        Its batch no longer counts it, and is forgotten with its last item.

        Raises:
            NotFoundError: the account has no such generation.
            ConflictError: it has not ended.
        """
        generation = self.get(account_id, generation_id)
        gone = delete(_TABLE).where(_TABLE.c.id == generation_id, _TABLE.c.status.in_(TERMINAL))
        if not generation.is_terminal:
            raise ConflictError(
                f"expected a generation that is completed or failed, {generation_id} is "
                f"{generation.status}; cancel it first"
            )
        has_gone = self._connection.execute(gone).rowcount == 1  # else somebody else was faster
        if has_gone and generation.batch_id is not None:
            assert generation.status in ("completed", "failed")
            Batches(self._connection, self._now).drop_item(generation.batch_id, generation.status)
        return generation

    def queue_position(self, generation_id: str) -> int | None:
        """How many pending ones come before it, singles before items of batches; None if not pending."""
        mine = self.find(generation_id)
        if mine is None or mine.status != "pending":
            return None
        order = tuple_(_TABLE.c.created_at, func.coalesce(_TABLE.c.position, 0), _TABLE.c.id)
        is_before = order < tuple_(mine.created_at, mine.position or 0, mine.id)
        is_single = _TABLE.c.batch_id.is_(None)
        before = and_(is_single, is_before) if mine.batch_id is None else or_(is_single, is_before)
        return self._count(and_(_TABLE.c.status == "pending", before))

    def count_by_status(self) -> dict[GenerationStatus, int]:
        """Of the whole server; a status that none has is left out."""
        counts = select(_TABLE.c.status, func.count()).group_by(_TABLE.c.status)
        return {status: count for status, count in self._connection.execute(counts)}

    def unfinished(self, *, created_before: datetime, limit: int = 1000) -> list[Generation]:
        """Pending and processing ones of all accounts, oldest first, for whoever mends what a crash left."""
        query = select_records(Generation, _TABLE).where(
            _TABLE.c.status.in_(("pending", "processing")), _TABLE.c.created_at < created_before
        )
        return fetch(self._connection, Generation, query.order_by(_TABLE.c.created_at).limit(limit))

    def expired(self, before: datetime, limit: int = 500) -> list[Generation]:
        """Those that ended before a moment, oldest first; each names the blobs to delete with it."""
        query = select_records(Generation, _TABLE).where(_TABLE.c.completed_at < before)
        return fetch(self._connection, Generation, query.order_by(_TABLE.c.completed_at).limit(limit))

    def _end(self, generation_id: str, status: GenerationStatus, **changes: Any) -> bool:  # noqa: ANN401
        is_open = _TABLE.c.status.not_in(TERMINAL)
        has_changed, batch_id = self._change(
            generation_id, is_open, status=status, stage=None, completed_at=self._now(), **changes
        )
        if has_changed and batch_id is not None:
            assert status in ("completed", "failed")
            Batches(self._connection, self._now).count(batch_id, status)
        return has_changed

    def _change(
        self,
        generation_id: str,
        condition: ColumnElement[bool],
        **changes: Any,  # noqa: ANN401
    ) -> tuple[bool, str | None]:
        """Whether the row was in a state that may change, and the batch that it belongs to."""
        row = self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.id == generation_id, condition)
            .values(changes)
            .returning(_TABLE.c.batch_id)
        ).one_or_none()
        return (False, None) if row is None else (True, row.batch_id)

    def _count(self, where: ColumnElement[bool]) -> int:
        return self._connection.execute(select(func.count()).select_from(_TABLE).where(where)).scalar_one()
