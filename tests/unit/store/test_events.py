from datetime import timedelta

from sqlalchemy import Connection

from lipwright.store.deliveries import Deliveries
from lipwright.store.events import Events
from lipwright.store.records import Account
from tests.unit.store.made import START, delivery, ticking


def test_an_event_comes_back_as_it_went_in(connection: Connection, ours: Account) -> None:
    events = Events(connection)
    new = events.add(ours.id, "generation.created", {"a": [1, "ü"]}, generation_id="gen_a", batch_id="bat_a")
    assert events.find(new.id) == new
    assert events.find("evt_none") is None


def test_events_are_followed_from_any_of_them(connection: Connection, ours: Account) -> None:
    """Of an account, a generation or a batch; in order; a few at a time."""
    events = Events(connection)
    first, second, third = (
        events.add(ours.id, "generation.progress", {}, generation_id=generation_id, batch_id="bat_a")
        for generation_id in ("gen_a", "gen_b", "gen_a")
    )
    assert events.after(ours.id) == [first, second, third]
    assert events.after(ours.id, first.seq) == [second, third]
    assert events.after(ours.id, first.seq, generation_id="gen_a") == [third]
    assert events.after(ours.id, batch_id="bat_a", limit=2) == [first, second]
    assert events.after(ours.id, third.seq) == []


def test_no_account_sees_another_ones(connection: Connection, ours: Account, others: Account) -> None:
    """Not even when it knows the generation's id."""
    events = Events(connection)
    events.add(ours.id, "generation.created", {}, generation_id="gen_a", batch_id="bat_a")
    assert events.after(others.id) == []
    assert events.after(others.id, generation_id="gen_a") == []
    assert events.after(others.id, batch_id="bat_a") == []


def test_old_events_go_once_they_are_delivered(connection: Connection, ours: Account) -> None:
    """Their numbers are never given again."""
    events, deliveries = Events(connection, ticking()), Deliveries(connection)
    plain, sent, waiting, new = (events.add(ours.id, "batch.completed", {}) for _ in range(4))
    for event in (sent, waiting):
        deliveries.add(ours.id, delivery(event))
    done, _ = deliveries.page(ours.id, limit=9)
    deliveries.succeed(next(each.id for each in done if each.event_id == sent.id), response_code=200)
    assert events.delete_before(START + timedelta(seconds=4)) == 2
    assert [events.find(event.id) for event in (plain, sent, waiting, new)] == [None, None, waiting, new]
    assert events.delete_before(START + timedelta(days=1)) == 1
    assert events.add(ours.id, "batch.completed", {}).seq > new.seq
