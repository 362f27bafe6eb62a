"""Deliveries over days, by a clock that the test sets: nothing here waits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from lipwright.app.retention import forget_expired
from lipwright.app.webhooks import create_endpoint, redeliver, rotate_secret, send_test
from lipwright.errors import NotFoundError
from lipwright.store.deliveries import Deliveries
from lipwright.store.records import Delivery
from tests.clock import START, Watch
from tests.unit.app.conftest import Bench
from tests.unit.app.test_webhooks_send import receiver

DAY = timedelta(days=1)


def now(bench: Bench, delivery: Delivery) -> Delivery:
    with bench.database.read() as connection:
        return Deliveries(connection).get(bench.account.id, delivery.id)


def deliver(
    bench: Bench, watch: Watch, delivery: Delivery, meanwhile: Callable[[Delivery], None] = lambda _: None
) -> Delivery:
    """Makes attempts when they are due, as the queue does, until there is none left."""
    while (pause := bench.work.send_webhook(delivery.id)) is not None:
        state = now(bench, delivery)
        assert state.next_attempt_at == watch.now + timedelta(seconds=pause)
        meanwhile(state)
        watch.forward(pause)
    return now(bench, delivery)


def test_dead_endpoint_is_given_up_after_a_day(bench: Bench, watch: Watch) -> None:
    """Each attempt is signed with its own time, so a receiver that comes back late still takes it."""
    with receiver(503) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, endpoint.id)
        seen: list[str] = []

        def verify(state: Delivery) -> None:
            headers, body = received[-1]
            Webhook(endpoint.secret).verify(body, headers)  # within five minutes of the clock
            seen.append(state.status)

        ended = deliver(bench, watch, delivery, verify)
    assert (ended.status, ended.attempt, ended.response_code) == ("exhausted", 9, 503)
    assert ended.finished_at == watch.now
    assert ended.next_attempt_at is None
    assert DAY <= watch.now - START <= 1.25 * DAY
    assert set(seen) == {"failed"}
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in received]
    assert stamps == sorted(set(stamps))


def test_dead_letter_can_be_sent_again_as_long_as_its_event_is_kept(bench: Bench, watch: Watch) -> None:
    """It is the same event to the receiver, and a delivery of its own to us."""
    with receiver(*[500] * 9, 204) as (url, received):
        endpoint = create_endpoint(bench, bench.account, url=url, events=())
        dead = deliver(bench, watch, send_test(bench, bench.account, endpoint.id))
        assert dead.status == "exhausted"
        watch.forward(5 * DAY)
        again = redeliver(bench, bench.account, dead.id)
        done = deliver(bench, watch, again)
        assert (done.status, done.attempt) == ("succeeded", 1)
        assert now(bench, dead) == dead
        assert len({headers["webhook-id"] for headers, _ in received}) == 1
        Webhook(endpoint.secret).verify(received[-1][1], received[-1][0])
    watch.forward(timedelta(days=bench.settings.retention_days))
    forget_expired(bench)
    with pytest.raises(NotFoundError):
        redeliver(bench, bench.account, dead.id)


def test_old_secret_signs_until_its_last_second(bench: Bench, watch: Watch) -> None:
    """A day by default, also for deliveries that were made before the change."""
    with receiver(500) as (url, received):
        old = create_endpoint(bench, bench.account, url=url, events=())
        delivery = send_test(bench, bench.account, old.id)
        new = rotate_secret(bench, bench.account, old.id)
        assert new.previous_secret_expires_at == START + DAY
        for moment, is_signed_by_old in ((0, True), (86_399, True), (86_400, False)):
            watch.now = START + timedelta(seconds=moment)
            bench.work.send_webhook(delivery.id)
            headers, body = received[-1]
            Webhook(new.secret).verify(body, headers)
            assert _verifies(old.secret, body, headers) == is_signed_by_old


def test_second_change_within_the_day_ends_the_first_secret(bench: Bench, watch: Watch) -> None:
    """Who changes it because it leaked must be able to end it: two are valid, never three."""
    with receiver(200) as (url, received):
        first = create_endpoint(bench, bench.account, url=url, events=())
        second = rotate_secret(bench, bench.account, first.id)
        third = rotate_secret(bench, bench.account, first.id)
        bench.work.send_webhook(send_test(bench, bench.account, first.id).id)
        headers, body = received[-1]
    valid = [_verifies(each.secret, body, headers) for each in (first, second, third)]
    assert valid == [False, True, True]


def _verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True
