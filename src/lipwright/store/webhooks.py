"""Addresses that want to be told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.records import EventType, WebhookEndpoint
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch, fetch_one, fetch_page, select_records

_TABLE = tables.webhook_endpoints


class Webhooks(Repository):
    """The webhook endpoints of accounts."""

    def add(self, endpoint: WebhookEndpoint) -> None:
        """Keeps a new endpoint."""
        self._connection.execute(_TABLE.insert().values(vars(endpoint)))

    def get(self, account_id: str, endpoint_id: str) -> WebhookEndpoint:
        """An endpoint of the account.

        Raises:
            NotFoundError: the account has no such endpoint.
        """
        endpoint = self.find(endpoint_id)
        if endpoint is None or endpoint.account_id != account_id:
            raise NotFoundError(
                f"expected the id of a webhook of this account, found {endpoint_id!r}; list the webhooks"
            )
        return endpoint

    def find(self, endpoint_id: str) -> WebhookEndpoint | None:
        """An endpoint of any account."""
        query = select_records(WebhookEndpoint, _TABLE).where(_TABLE.c.id == endpoint_id)
        return fetch_one(self._connection, WebhookEndpoint, query)

    def page(self, account_id: str, *, limit: int, offset: int = 0) -> tuple[list[WebhookEndpoint], int]:
        """Endpoints of an account, newest first, and how many there are in all."""
        where = _TABLE.c.account_id == account_id
        return fetch_page(self._connection, WebhookEndpoint, _TABLE, where, limit=limit, offset=offset)

    def subscribers(self, account_id: str, event_type: EventType) -> list[WebhookEndpoint]:
        """The enabled endpoints of an account that want events of a type, oldest first."""
        query = select_records(WebhookEndpoint, _TABLE).where(
            _TABLE.c.account_id == account_id, _TABLE.c.is_enabled.is_(True)
        )
        enabled = fetch(self._connection, WebhookEndpoint, query.order_by(_TABLE.c.created_at, _TABLE.c.id))
        return [endpoint for endpoint in enabled if not endpoint.events or event_type in endpoint.events]

    def update(
        self,
        account_id: str,
        endpoint_id: str,
        *,
        url: str | None = None,
        events: Sequence[EventType] | None = None,
        is_enabled: bool | None = None,
    ) -> WebhookEndpoint:
        """Changes what is given; None leaves it as it is.

        Raises:
            NotFoundError: the account has no such endpoint.
        """
        wanted = {"url": url, "events": events and tuple(events), "is_enabled": is_enabled}
        changes = {name: value for name, value in wanted.items() if value is not None}
        return self._change(account_id, endpoint_id, changes)

    def rotate_secret(
        self, account_id: str, endpoint_id: str, secret: str, *, previous_until: datetime
    ) -> WebhookEndpoint:
        """Gives it a new secret; the present one signs beside it until a moment.

        Raises:
            NotFoundError: the account has no such endpoint.
        """
        changes = {
            "previous_secret": _TABLE.c.secret,
            "previous_secret_expires_at": previous_until,
            "secret": secret,
        }
        return self._change(account_id, endpoint_id, changes)

    def delete(self, account_id: str, endpoint_id: str) -> None:
        """Forgets an endpoint with its deliveries; what is on its way there is not sent.

        Raises:
            NotFoundError: the account has no such endpoint.
        """
        self.get(account_id, endpoint_id)
        self._connection.execute(delete(_TABLE).where(_TABLE.c.id == endpoint_id))

    def _change(self, account_id: str, endpoint_id: str, changes: dict[str, Any]) -> WebhookEndpoint:
        if changes:
            self._connection.execute(
                update(_TABLE)
                .where(_TABLE.c.id == endpoint_id, _TABLE.c.account_id == account_id)
                .values(changes)
            )
        return self.get(account_id, endpoint_id)
