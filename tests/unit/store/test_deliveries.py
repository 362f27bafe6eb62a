from datetime import timedelta

import pytest
from sqlalchemy import Connection

from lipwright.errors import NotFoundError
from lipwright.store.deliveries import Deliveries
from lipwright.store.events import Events
from lipwright.store.records import Account, Delivery
from lipwright.store.webhooks import Webhooks
from tests.unit.store.made import START, delivery, endpoint, ticking


@pytest.fixture
def deliveries(connection: Connection) -> Deliveries:
    return Deliveries(connection, ticking())


def added(connection: Connection, account: Account, **changes: object) -> Delivery:
    event = Events(connection).add(account.id, "generation.completed", {})
    new = delivery(event, **changes)
    Deliveries(connection).add(account.id, new)
    return new


def test_attempts_go_on_until_one_succeeds(
    connection: Connection, deliveries: Deliveries, ours: Account
) -> None:
    """Each leaves what it met and when the next one is due."""
    new = added(connection, ours)
    assert deliveries.get(ours.id, new.id) == new
    assert deliveries.fail(new.id, error="503", response_code=503, next_attempt_at=START)
    failed = deliveries.get(ours.id, new.id)
    assert (failed.status, failed.attempt, failed.response_code) == ("failed", 1, 503)
    assert (failed.next_attempt_at, failed.finished_at) == (START, None)
    assert deliveries.succeed(new.id, response_code=204)
    done = deliveries.get(ours.id, new.id)
    assert (done.status, done.attempt, done.response_code, done.error) == ("succeeded", 2, 204, None)
    assert done.next_attempt_at is None
    assert done.finished_at is not None


@pytest.mark.parametrize("status", ["succeeded", "exhausted"])
def test_what_has_ended_never_changes_again(
    connection: Connection, deliveries: Deliveries, ours: Account, status: str
) -> None:
    new = added(connection, ours)
    if status == "succeeded":
        deliveries.succeed(new.id, response_code=200)
    else:
        deliveries.fail(new.id, error="no route", next_attempt_at=None)
    ended = deliveries.get(ours.id, new.id)
    assert (ended.status, ended.finished_at is None) == (status, False)
    assert not deliveries.succeed(new.id, response_code=200)
    assert not deliveries.fail(new.id, error="late", next_attempt_at=START)
    assert deliveries.get(ours.id, new.id) == ended


def test_pages_are_of_an_endpoint_or_a_status(
    connection: Connection, deliveries: Deliveries, ours: Account
) -> None:
    """Newest first; those to a request's own address belong to no endpoint."""
    place = endpoint(ours.id)
    Webhooks(connection).add(place)
    own = added(connection, ours, created_at=START)
    sent = added(connection, ours, created_at=START + timedelta(seconds=1), endpoint_id=place.id)
    assert deliveries.page(ours.id, limit=9) == ([sent, own], 2)
    assert deliveries.page(ours.id, limit=9, endpoint_id=place.id) == ([sent], 1)
    deliveries.fail(own.id, error="no route", next_attempt_at=None)
    assert deliveries.page(ours.id, limit=9, status="pending") == ([sent], 1)
    assert deliveries.count_by_status() == {"pending": 1, "exhausted": 1}


def test_no_account_sees_another_ones(
    connection: Connection, deliveries: Deliveries, ours: Account, others: Account
) -> None:
    new = added(connection, ours)
    with pytest.raises(NotFoundError, match=new.id):
        deliveries.get(others.id, new.id)
    assert deliveries.page(others.id, limit=9) == ([], 0)
    assert deliveries.find(new.id) == new
