"""Deliveries: signed, repeated for a day, told as it was."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from lipwright.app.webhooks import create_endpoint, new_secret, rotate_secret, send_test
from lipwright.app.webhooks_send import PAUSES_SECONDS, account_secret, signed
from lipwright.store.deliveries import Deliveries
from lipwright.store.ids import utc_now
from lipwright.store.records import Delivery, WebhookEndpoint
from lipwright.store.webhooks import Webhooks
from tests.unit.app.conftest import Bench
from tests.unit.app.http_server import http_server, reply

Received = list[tuple[dict[str, str], bytes]]


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, Received]]:
    """Keeps what it is sent; answers so, the last one for ever."""
    received: Received = []
    left = list(statuses)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        received.append((dict(handler.headers.items()), body))
        reply(handler, left.pop(0) if len(left) > 1 else left[0])

    with http_server(answer) as url:
        yield f"{url}/hook", received


def test_a_receiver_verifies_what_an_endpoint_is_sent(bench: Bench) -> None:
    """With the library that Standard Webhooks gives receivers, and the secret of the endpoint."""
    with receiver(204) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, endpoint.id)
        assert bench.work.send_webhook(delivery.id) is None
    [(headers, body)] = received
    said = Webhook(endpoint.secret).verify(body, headers)
    assert said["type"] == "webhook.test"
    assert said["data"] == {"webhook_id": endpoint.id}
    assert headers["webhook-id"] == delivery.event_id
    done = _now(bench, delivery)
    assert (done.status, done.response_code, done.attempt) == ("succeeded", 204, 1)


def test_a_rotated_secret_signs_beside_the_new_one_for_a_while(bench: Bench) -> None:
    """A receiver can change it without a gap."""
    with receiver(200) as (url, received):
        old = create_endpoint(bench, bench.account, url=url, events=())
        new = rotate_secret(bench, bench.account, old.id, overlap_seconds=60)
        bench.work.send_webhook(send_test(bench, bench.account, old.id).id)
        _expire_previous(bench, new)
        bench.work.send_webhook(send_test(bench, bench.account, old.id).id)
    (first_headers, first), (second_headers, second) = received
    for secret in (old.secret, new.secret):
        Webhook(secret).verify(first, first_headers)
    Webhook(new.secret).verify(second, second_headers)
    assert len(second_headers["webhook-signature"].split()) == 1


def test_the_address_of_a_request_is_sent_the_generation(bench: Bench, clip: Path, voice: Path) -> None:
    """Flat, as the API shows it, signed with the account's own secret; compact ASCII."""
    with receiver(200) as (url, received):
        generation = bench.order(
            video_asset_id=bench.asset(clip, "video"),
            audio_asset_id=bench.asset(voice, "audio"),
            webhook_url=url,
        )
        bench.queue.run()
    [(headers, body)] = received
    secret = account_secret(bench.settings.secret_key, bench.account.id)
    said = Webhook(secret).verify(body, headers)
    assert (said["type"], said["id"], said["status"]) == ("generation.completed", generation.id, "completed")
    assert "/v2/files/" in said["video_url"]
    assert body == json.dumps(said, separators=(",", ":")).encode()
    assert body.isascii()


def test_a_failing_endpoint_is_tried_for_a_day(bench: Bench) -> None:
    """With growing pauses, the same event id, and in the end no more."""
    with receiver(500) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, endpoint.id)
        pauses = [bench.work.send_webhook(delivery.id) for _ in range(len(PAUSES_SECONDS) + 1)]
        assert bench.work.send_webhook(delivery.id) is None
    assert pauses[-1] is None
    for pause, expected in zip(pauses[:-1], PAUSES_SECONDS, strict=True):
        assert pause == pytest.approx(expected, rel=0.1)
    assert sum(PAUSES_SECONDS) > 24 * 3600
    assert len(received) == len(PAUSES_SECONDS) + 1
    assert len({headers["webhook-id"] for headers, _ in received}) == 1
    assert _now(bench, delivery).status == "exhausted"


def test_a_failing_endpoint_that_recovers_is_sent_it_once_more(bench: Bench) -> None:
    """And then no more."""
    with receiver(503, 200) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, endpoint.id)
        assert bench.work.send_webhook(delivery.id) is not None
        failed = _now(bench, delivery)
        assert (failed.status, failed.response_code) == ("failed", 503)
        assert failed.next_attempt_at is not None
        assert bench.work.send_webhook(delivery.id) is None
        assert bench.work.send_webhook(delivery.id) is None
    assert len(received) == 2


@pytest.mark.parametrize("status", [302, 410])
def test_redirects_are_failures_and_gone_is_final(bench: Bench, status: int) -> None:
    """410 is how a receiver says never again."""
    with receiver(status) as (url, _):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, endpoint.id)
        pause = bench.work.send_webhook(delivery.id)
    assert (pause is None) == (status == 410)


def test_a_disabled_endpoint_is_sent_nothing(bench: Bench) -> None:
    """What is on its way ends."""
    with receiver(200) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, endpoint.id)
        with bench.database.begin() as connection:
            Webhooks(connection).update(bench.account.id, endpoint.id, is_enabled=False)
        assert bench.work.send_webhook(delivery.id) is None
    assert received == []
    assert _now(bench, delivery).status == "exhausted"


def test_private_addresses_are_refused_unless_a_setting_allows_them(bench: Bench) -> None:
    """For good: a later attempt would be refused as well."""
    limits = bench.settings.webhooks.model_copy(update={"allow_private": False})
    closed = bench.settings.model_copy(update={"webhooks": limits})
    with receiver(200) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        bench.settings = closed
        delivery = send_test(bench, bench.account, endpoint.id)
        assert bench.work.send_webhook(delivery.id) is None
    assert received == []
    refused = _now(bench, delivery)
    assert refused.status == "exhausted"
    assert refused.error is not None
    assert "public address" in refused.error


def test_a_silent_endpoint_counts_as_failed(bench: Bench) -> None:
    """Nobody is there: told in words, and tried again."""
    endpoint = create_endpoint(bench, bench.account, url="http://127.0.0.1:9/hook", events=())
    delivery = send_test(bench, bench.account, endpoint.id)
    assert bench.work.send_webhook(delivery.id) is not None
    error = _now(bench, delivery).error
    assert error is not None
    assert "does not answer" in error


def test_unknown_deliveries_are_nothing_to_do(bench: Bench) -> None:
    """They were deleted with their endpoint."""
    assert bench.work.send_webhook("whd_gone") is None


def test_signatures_are_those_of_the_standard() -> None:
    """One for each secret, separated by a space."""
    secrets = [new_secret(), new_secret()]
    headers = signed("evt_1", utc_now(), "{}", secrets)
    for secret in secrets:
        assert Webhook(secret).verify("{}", headers) == {}


def _now(bench: Bench, delivery: Delivery) -> Delivery:
    with bench.database.read() as connection:
        return Deliveries(connection).get(bench.account.id, delivery.id)


def _expire_previous(bench: Bench, endpoint: WebhookEndpoint) -> None:
    with bench.database.begin() as connection:
        Webhooks(connection).rotate_secret(
            bench.account.id, endpoint.id, endpoint.secret, previous_until=utc_now() - timedelta(seconds=1)
        )
