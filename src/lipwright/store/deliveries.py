"""Events on their way to webhooks."""

from datetime import datetime

from sqlalchemy import and_, func, select, update

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.records import Delivery, DeliveryStatus
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch_one, fetch_page, select_records

_TABLE = tables.deliveries
_TERMINAL: tuple[DeliveryStatus, ...] = ("succeeded", "exhausted")


class Deliveries(Repository):
    """One row for each event and address: pending, then failed at each attempt, until it ends."""

    def add(self, account_id: str, delivery: Delivery) -> None:
        """Keeps a new delivery of an event of the account."""
        self._connection.execute(_TABLE.insert().values(account_id=account_id, **vars(delivery)))

    def get(self, account_id: str, delivery_id: str) -> Delivery:
        """A delivery of the account.

        Raises:
            NotFoundError: the account has no such delivery.
        """
        query = select_records(Delivery, _TABLE).where(
            _TABLE.c.id == delivery_id, _TABLE.c.account_id == account_id
        )
        delivery = fetch_one(self._connection, Delivery, query)
        if delivery is None:
            raise NotFoundError(
                f"expected the id of a delivery of this account, found {delivery_id!r}; list the deliveries"
            )
        return delivery

    def find(self, delivery_id: str) -> Delivery | None:
        """A delivery of any account; None also after its endpoint was deleted."""
        query = select_records(Delivery, _TABLE).where(_TABLE.c.id == delivery_id)
        return fetch_one(self._connection, Delivery, query)

    def page(
        self,
        account_id: str,
        *,
        limit: int,
        offset: int = 0,
        endpoint_id: str | None = None,
        status: DeliveryStatus | None = None,
    ) -> tuple[list[Delivery], int]:
        """Deliveries of an account or of one endpoint, newest first, and how many there are in all."""
        where = _TABLE.c.account_id == account_id
        if endpoint_id is not None:
            where = and_(where, _TABLE.c.endpoint_id == endpoint_id)
        if status is not None:
            where = and_(where, _TABLE.c.status == status)
        return fetch_page(self._connection, Delivery, _TABLE, where, limit=limit, offset=offset)

    def succeed(self, delivery_id: str, *, response_code: int) -> bool:
        """Notes an attempt that was answered with success, the last one; whether it was still open."""
        return self._attempted(delivery_id, "succeeded", response_code, None, None)

    def fail(
        self,
        delivery_id: str,
        *,
        error: str,
        response_code: int | None = None,
        next_attempt_at: datetime | None,
    ) -> bool:
        """Notes an attempt that failed; whether it was still open.

        Args:
            response_code: None when there was no answer.
            next_attempt_at: None when this was the last attempt.
        """
        status: DeliveryStatus = "exhausted" if next_attempt_at is None else "failed"
        return self._attempted(delivery_id, status, response_code, error, next_attempt_at)

    def count_by_status(self) -> dict[DeliveryStatus, int]:
        """Of the whole server; a status that none has is left out."""
        counts = select(_TABLE.c.status, func.count()).group_by(_TABLE.c.status)
        return {status: count for status, count in self._connection.execute(counts)}

    def _attempted(
        self,
        delivery_id: str,
        status: DeliveryStatus,
        response_code: int | None,
        error: str | None,
        next_attempt_at: datetime | None,
    ) -> bool:
        changes = update(_TABLE).values(
            attempt=_TABLE.c.attempt + 1,
            status=status,
            response_code=response_code,
            error=error,
            next_attempt_at=next_attempt_at,
            finished_at=self._now() if status in _TERMINAL else None,
        )
        is_open = _TABLE.c.status.not_in(_TERMINAL)
        return self._connection.execute(changes.where(_TABLE.c.id == delivery_id, is_open)).rowcount == 1
