from datetime import timedelta

import pytest
from sqlalchemy import Connection

from lipwright.errors import NotFoundError
from lipwright.store.deliveries import Deliveries
from lipwright.store.events import Events
from lipwright.store.records import Account
from lipwright.store.webhooks import Webhooks
from tests.unit.store.made import START, delivery, endpoint


def test_an_endpoint_comes_back_as_it_went_in(connection: Connection, ours: Account) -> None:
    webhooks = Webhooks(connection)
    new = endpoint(ours.id, events=("generation.completed", "batch.completed"))
    webhooks.add(new)
    assert webhooks.get(ours.id, new.id) == webhooks.find(new.id) == new


def test_its_secrets_are_not_printed(ours: Account) -> None:
    assert "whsec_" not in repr(endpoint(ours.id, previous_secret="whsec_old"))


def test_subscribers_are_those_that_want_the_type(
    connection: Connection, ours: Account, others: Account
) -> None:
    """An endpoint without types wants all; a disabled one none; another account's is not asked."""
    webhooks = Webhooks(connection)
    made = [
        endpoint(ours.id, created_at=START),
        endpoint(ours.id, events=("batch.completed",), created_at=START + timedelta(seconds=1)),
        endpoint(ours.id, events=("generation.failed",)),
        endpoint(ours.id, is_enabled=False),
        endpoint(others.id),
    ]
    for each in made:
        webhooks.add(each)
    assert webhooks.subscribers(ours.id, "batch.completed") == made[:2]


def test_an_endpoint_is_changed_only_where_asked(connection: Connection, ours: Account) -> None:
    """All types again is an empty list, which is not the same as none given."""
    webhooks = Webhooks(connection)
    new = endpoint(ours.id, events=("batch.completed",))
    webhooks.add(new)
    assert webhooks.update(ours.id, new.id) == new
    changed = webhooks.update(ours.id, new.id, url="https://example.org", is_enabled=False)
    assert (changed.url, changed.is_enabled, changed.events) == (
        "https://example.org",
        False,
        ("batch.completed",),
    )
    assert webhooks.update(ours.id, new.id, events=[]).events == ()


def test_a_rotated_secret_keeps_the_old_one_for_a_while(connection: Connection, ours: Account) -> None:
    webhooks = Webhooks(connection)
    new = endpoint(ours.id, secret="whsec_old")
    webhooks.add(new)
    rotated = webhooks.rotate_secret(ours.id, new.id, "whsec_new", previous_until=START)
    assert (rotated.secret, rotated.previous_secret) == ("whsec_new", "whsec_old")
    assert rotated.previous_secret_expires_at == START


def test_pages_are_newest_first(connection: Connection, ours: Account) -> None:
    webhooks = Webhooks(connection)
    old, new = endpoint(ours.id, created_at=START), endpoint(ours.id)
    webhooks.add(old)
    webhooks.add(new)
    assert webhooks.page(ours.id, limit=1) == ([new], 2)
    assert webhooks.page(ours.id, limit=1, offset=1) == ([old], 2)


def test_a_deleted_endpoint_takes_its_deliveries_along(connection: Connection, ours: Account) -> None:
    """What was on its way is not sent."""
    webhooks, deliveries = Webhooks(connection), Deliveries(connection)
    new = endpoint(ours.id)
    webhooks.add(new)
    event = Events(connection).add(ours.id, "batch.completed", {})
    waiting = delivery(event, endpoint_id=new.id)
    deliveries.add(ours.id, waiting)
    webhooks.delete(ours.id, new.id)
    assert deliveries.find(waiting.id) is None
    assert webhooks.find(new.id) is None


def test_no_account_sees_or_changes_another_ones(
    connection: Connection, ours: Account, others: Account
) -> None:
    webhooks = Webhooks(connection)
    new = endpoint(ours.id)
    webhooks.add(new)
    for act in (
        lambda: webhooks.get(others.id, new.id),
        lambda: webhooks.update(others.id, new.id, is_enabled=False),
        lambda: webhooks.rotate_secret(others.id, new.id, "whsec_theirs", previous_until=START),
        lambda: webhooks.delete(others.id, new.id),
    ):
        with pytest.raises(NotFoundError, match=new.id):
            act()
    assert webhooks.page(others.id, limit=9) == ([], 0)
    assert webhooks.get(ours.id, new.id) == new
