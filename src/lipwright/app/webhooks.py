"""Webhook endpoints of an account: added, changed, tried; and what was sent to them."""

import base64
import secrets
from datetime import timedelta

from lipwright.app.announcements import FINAL, Announcer
from lipwright.app.services import Services
from lipwright.app.url_check import check_webhook_url
from lipwright.errors import ConflictError, NotFoundError
from lipwright.store.deliveries import Deliveries
from lipwright.store.events import Events
from lipwright.store.ids import new_id, utc_now
from lipwright.store.records import Account, Delivery, DeliveryStatus, EventType, WebhookEndpoint
from lipwright.store.webhooks import Webhooks

MAX_ENDPOINTS = 50
"""Of an account: every event is sent to each of them."""
_SECRET_BYTES = 32
"""Standard Webhooks takes 24 to 64."""


def new_secret() -> str:
    """``whsec_`` and random bytes in base64, as Standard Webhooks writes a secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def create_endpoint(
    services: Services, account: Account, *, url: str, events: tuple[EventType, ...], is_enabled: bool = True
) -> WebhookEndpoint:
    """A new endpoint, with its secret.

    Args:
        services: the parts of the application.
        account: who asks.
        url: where events are posted.
        events: types that are sent; empty for those that end a generation or a batch.
        is_enabled: whether anything is sent at all.

    Raises:
        UsageError: the URL leads into a private network.
        ConflictError: the account has as many as it may.
    """
    check_webhook_url(services.settings, url, "url")
    made = WebhookEndpoint(
        id=new_id("whe"),
        account_id=account.id,
        url=url,
        secret=new_secret(),
        events=events or FINAL,
        created_at=utc_now(),
        is_enabled=is_enabled,
    )
    with services.database.begin() as connection:
        webhooks = Webhooks(connection)
        if webhooks.page(account.id, limit=1)[1] >= MAX_ENDPOINTS:
            raise ConflictError(f"expected at most {MAX_ENDPOINTS} webhooks, found as many; delete one first")
        webhooks.add(made)
    return made


def list_endpoints(services: Services, account: Account) -> list[WebhookEndpoint]:
    """All endpoints of the account, newest first."""
    with services.database.read() as connection:
        return Webhooks(connection).page(account.id, limit=MAX_ENDPOINTS)[0]


def get_endpoint(services: Services, account: Account, endpoint_id: str) -> WebhookEndpoint:
    """An endpoint of the account, or NotFoundError."""
    with services.database.read() as connection:
        return Webhooks(connection).get(account.id, endpoint_id)


def update_endpoint(
    services: Services,
    account: Account,
    endpoint_id: str,
    *,
    url: str | None = None,
    events: tuple[EventType, ...] | None = None,
    is_enabled: bool | None = None,
) -> WebhookEndpoint:
    """Changes what is given; NotFoundError if the account has no such endpoint.

    Raises:
        UsageError: the URL leads into a private network.
    """
    check_webhook_url(services.settings, url, "url")
    wanted = FINAL if events == () else events
    with services.database.begin() as connection:
        return Webhooks(connection).update(
            account.id, endpoint_id, url=url, events=wanted, is_enabled=is_enabled
        )


def delete_endpoint(services: Services, account: Account, endpoint_id: str) -> None:
    """Forgets an endpoint with its deliveries; NotFoundError if the account has no such endpoint."""
    with services.database.begin() as connection:
        Webhooks(connection).delete(account.id, endpoint_id)


def rotate_secret(
    services: Services, account: Account, endpoint_id: str, *, overlap_seconds: float | None = None
) -> WebhookEndpoint:
    """Gives an endpoint a new secret; the old one signs beside it for a while, as the settings say."""
    overlap = (
        services.settings.webhooks.secret_overlap_seconds if overlap_seconds is None else overlap_seconds
    )
    until = utc_now() + timedelta(seconds=overlap)
    with services.database.begin() as connection:
        return Webhooks(connection).rotate_secret(account.id, endpoint_id, new_secret(), previous_until=until)


def send_test(services: Services, account: Account, endpoint_id: str) -> Delivery:
    """Sends a made-up event to an endpoint; NotFoundError if the account has no such endpoint."""
    with services.database.begin() as connection:
        endpoint = Webhooks(connection).get(account.id, endpoint_id)
        return Announcer(connection, services.queue).test(endpoint)


def list_deliveries(
    services: Services,
    account: Account,
    *,
    limit: int,
    offset: int,
    endpoint_id: str | None = None,
    status: DeliveryStatus | None = None,
) -> tuple[list[Delivery], int]:
    """A page of the account's deliveries, newest first, and how many there are in all."""
    with services.database.read() as connection:
        return Deliveries(connection).page(
            account.id, limit=limit, offset=offset, endpoint_id=endpoint_id, status=status
        )


def redeliver(services: Services, account: Account, delivery_id: str) -> Delivery:
    """Sends the event of a delivery once more, to where its endpoint is now.

    Raises:
        NotFoundError: the account has no such delivery.
    """
    with services.database.begin() as connection:
        old = Deliveries(connection).get(account.id, delivery_id)
        event = Events(connection).find(old.event_id)
        if event is None:  # deliveries are forgotten with their events
            raise NotFoundError(f"the event of delivery {delivery_id} is no longer kept")
        endpoint = None if old.endpoint_id is None else Webhooks(connection).find(old.endpoint_id)
        url = old.url if endpoint is None else endpoint.url
        return Announcer(connection, services.queue).hand_in(event, url, old.endpoint_id)
