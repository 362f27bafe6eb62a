"""Sends events to webhooks: signed as Standard Webhooks says, again with growing pauses for a day."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from standardwebhooks import Webhook

from lipwright.app.links import Links, links_of
from lipwright.app.native_webhooks import is_native, native_body, native_signature
from lipwright.app.outbound import OutboundOptions, RefusedAddressError, Request, UnreachableError, send
from lipwright.app.services import Services
from lipwright.app.telemetry import Telemetry
from lipwright.store.deliveries import Deliveries
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from lipwright.store.ids import utc_now
from lipwright.store.records import Delivery, Event, Generation, WebhookEndpoint
from lipwright.store.webhooks import Webhooks

PAUSES_SECONDS = (5, 60, 300, 1800, 7200, 14_400, 21_600, 43_200)
"""Before the second attempt, the third and so on; 24.7 hours in all."""

_JITTER = 0.1
"""Share by which a pause may be longer; never shorter, or they would not last a day."""
_GONE = 410


class WebhookSender:
    """Makes attempts at deliveries.

    Args:
        services: the parts of the application.
        telemetry: counts the attempts.
    """

    def __init__(self, services: Services, telemetry: Telemetry) -> None:
        self._services = services
        self._telemetry = telemetry
        self._links = links_of(services.settings)

    def send(self, delivery_id: str) -> float | None:
        """Makes one attempt; seconds until the next one, None if there is none."""
        with self._services.database.read() as connection:
            delivery = Deliveries(connection).find(delivery_id)
            if delivery is None or delivery.finished_at is not None:
                return None
            event = Events(connection).find(delivery.event_id)
            endpoint = (
                None if delivery.endpoint_id is None else Webhooks(connection).find(delivery.endpoint_id)
            )
            generation = _generation(event, Generations(connection))
        if event is None or (endpoint is not None and not endpoint.is_enabled):
            return self._note(delivery, None, "the webhook is disabled", is_final=True)
        body = self._body(delivery, event, generation)
        headers = self._headers(event, endpoint, body, is_native=is_native(delivery, generation))
        try:
            code = self._post(delivery, headers, body)
        except RefusedAddressError as error:
            return self._note(delivery, None, str(error), is_final=True)
        except (UnreachableError, httpx.HTTPError) as error:
            return self._note(delivery, None, str(error) or type(error).__name__)
        if httpx.codes.is_success(code):
            return self._note(delivery, code, None)
        return self._note(delivery, code, f"expected an answer of 2xx, got {code}", is_final=code == _GONE)

    def _body(self, delivery: Delivery, event: Event, generation: Generation | None) -> str:
        """An endpoint gets an envelope; the address of a request the generation itself, and what happened.

        Compact and ASCII: some receivers check the signature against what they parsed and wrote again.
        """
        if generation is not None and is_native(delivery, generation):
            return native_body(generation, self._links)
        data = payload(event, generation, self._links)
        said = {"type": event.type, "timestamp": _iso(event.created_at)}
        whole = {**data, **said} if delivery.endpoint_id is None else {**said, "data": data}
        return json.dumps(whole, separators=(",", ":"))

    def _headers(
        self, event: Event, endpoint: WebhookEndpoint | None, body: str, *, is_native: bool
    ) -> dict[str, str]:
        now, secrets = utc_now(), self._secrets(event.account_id, endpoint)
        own = {"Sync-Signature": native_signature(secrets[0], now, body)} if is_native else {}
        return {"Content-Type": "application/json", **signed(event.id, now, body, secrets), **own}

    def _post(self, delivery: Delivery, headers: Mapping[str, str], body: str) -> int:
        limits = self._services.settings.webhooks
        options = OutboundOptions(limits.allow_private, limits.timeout_seconds, limits.timeout_seconds)
        with send(Request("POST", delivery.url, headers, body.encode()), options) as response:
            return response.status_code

    def _secrets(self, account_id: str, endpoint: WebhookEndpoint | None) -> list[str]:
        if endpoint is None:
            return [account_secret(self._services.settings.secret_key, account_id)]
        until = endpoint.previous_secret_expires_at
        if endpoint.previous_secret is not None and until is not None and until > utc_now():
            return [endpoint.secret, endpoint.previous_secret]
        return [endpoint.secret]

    def _note(
        self, delivery: Delivery, code: int | None, error: str | None, *, is_final: bool = False
    ) -> float | None:
        """Keeps how an attempt went; seconds until the next one."""
        pause = None if is_final or error is None else _pause(delivery.attempt)
        with self._services.database.begin() as connection:
            deliveries = Deliveries(connection)
            if error is None:
                assert code is not None
                deliveries.succeed(delivery.id, response_code=code)
            else:
                following = None if pause is None else utc_now() + timedelta(seconds=pause)
                deliveries.fail(delivery.id, error=error, response_code=code, next_attempt_at=following)
        result = "succeeded" if error is None else "exhausted" if pause is None else "failed"
        self._telemetry.webhook(result)
        return pause


def payload(event: Event, generation: Generation | None, links: Links) -> dict[str, Any]:
    """What an event is about, in the words of the API; its state as it was then."""
    if event.generation_id is None:
        about = {} if event.batch_id is None else {"id": event.batch_id}
        return {**about, **event.data}
    return {"id": event.generation_id, "batch_id": event.batch_id, **_shown(generation, links), **event.data}


def signed(message_id: str, now: datetime, body: str, secrets: list[str]) -> dict[str, str]:
    """The headers of Standard Webhooks; a signature for each secret."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, body) for secret in secrets),
    }


def account_secret(secret_key: str, account_id: str) -> str:
    """Signs what goes to the addresses of an account's requests; the same as long as the server's key is."""
    digest = hmac.digest(secret_key.encode(), f"webhooks of {account_id}".encode(), hashlib.sha256)
    return "whsec_" + base64.b64encode(digest).decode()


def _generation(event: Event | None, generations: Generations) -> Generation | None:
    if event is None or event.generation_id is None:
        return None
    return generations.find(event.generation_id)


def _shown(generation: Generation | None, links: Links) -> Mapping[str, Any]:
    """None when it has been deleted since."""
    if generation is None:
        return {}
    return {
        "model": generation.model,
        "created_at": _iso(generation.created_at),
        "completed_at": None if generation.completed_at is None else _iso(generation.completed_at),
        "video_url": links.output(generation),
        "duration_seconds": generation.duration_seconds,
        "cost": None if generation.cost is None else float(generation.cost),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _pause(attempts_before: int) -> float | None:
    """Not to the second: endpoints that failed together are not tried together."""
    if attempts_before >= len(PAUSES_SECONDS):
        return None
    return PAUSES_SECONDS[attempts_before] * random.uniform(1, 1 + _JITTER)  # noqa: S311
