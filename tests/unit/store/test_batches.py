import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from lipwright.errors import NotFoundError
from lipwright.store.accounts import Accounts
from lipwright.store.batches import Batches
from lipwright.store.database import Database
from lipwright.store.generations import Generations
from lipwright.store.records import Account, Batch, Generation
from tests.unit.store.made import START, batch, generation, ticking


@pytest.fixture
def batches(connection: Connection) -> Batches:
    return Batches(connection, ticking())


@pytest.fixture
def generations(connection: Connection) -> Generations:
    return Generations(connection, ticking())


def added(batches: Batches, account: Account, size: int) -> tuple[Batch, list[Generation]]:
    new = batch(account.id, webhook_url="https://example.com")
    items = batches.add(new, [generation(account.id) for _ in range(size)])
    return batches.get(account.id, new.id), items


def end(generations: Generations, item: Generation, outcome: str) -> bool:
    if outcome == "failed":
        return generations.fail(item.id, error="broken", error_code="media")
    return generations.complete(
        item.id, output_key="o", report_key=None, duration_seconds=1.0, cost=Decimal("0.05")
    )


def test_items_keep_their_places(batches: Batches, generations: Generations, ours: Account) -> None:
    new, items = added(batches, ours, 3)
    assert (new.total, new.status, new.webhook_url) == (3, "pending", "https://example.com")
    assert [item.position for item in items] == [0, 1, 2]
    assert generations.of_batch(ours.id, new.id) == items
    assert batches.find(new.id) == new


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (["completed", "completed"], "completed"),
        (["completed", "failed"], "partially_failed"),
        (["failed", "failed"], "failed"),
    ],
)
def test_the_last_item_ends_the_batch(
    batches: Batches, generations: Generations, ours: Account, outcomes: list[str], status: str
) -> None:
    """Until then it is processing; before any item began, pending."""
    new, items = added(batches, ours, 2)
    generations.set_processing(items[0].id)
    started = batches.get(ours.id, new.id)
    assert (started.status, started.completed_at) == ("processing", None)
    assert end(generations, items[0], outcomes[0])
    assert batches.get(ours.id, new.id).status == "processing"
    assert end(generations, items[1], outcomes[1])
    ended = batches.get(ours.id, new.id)
    assert ended.status == status
    assert started.started_at == ended.started_at < ended.completed_at


def test_an_item_that_ends_twice_counts_once(
    batches: Batches, generations: Generations, ours: Account
) -> None:
    new, items = added(batches, ours, 2)
    assert [end(generations, items[0], outcome) for outcome in ("failed", "completed")] == [True, False]
    assert (batches.get(ours.id, new.id).completed, batches.get(ours.id, new.id).failed) == (0, 1)


def test_a_deleted_item_counts_no_more(batches: Batches, generations: Generations, ours: Account) -> None:
    """A batch is forgotten with its last item."""
    new, items = added(batches, ours, 2)
    end(generations, items[0], "failed")
    generations.delete(ours.id, items[0].id)
    left = batches.get(ours.id, new.id)
    assert (left.total, left.completed, left.failed, left.status) == (1, 0, 0, "processing")
    end(generations, items[1], "completed")
    assert batches.get(ours.id, new.id).status == "completed"
    generations.delete(ours.id, items[1].id)
    assert batches.find(new.id) is None


def test_no_account_sees_another_ones(
    batches: Batches, generations: Generations, ours: Account, others: Account
) -> None:
    new, _ = added(batches, ours, 1)
    with pytest.raises(NotFoundError, match=new.id):
        batches.get(others.id, new.id)
    assert batches.page(others.id, limit=10) == ([], 0)
    assert generations.of_batch(others.id, new.id) == []


def test_pages_are_newest_first(batches: Batches, ours: Account) -> None:
    new = [batch(ours.id, created_at=START + timedelta(seconds=place)) for place in range(3)]
    for each in new:
        batches.add(each, [generation(ours.id)])
    first, total = batches.page(ours.id, limit=2)
    rest, _ = batches.page(ours.id, limit=2, offset=2)
    assert ([each.id for each in first + rest], total) == ([each.id for each in reversed(new)], 3)


def test_counts_hold_when_many_end_at_once(database: Database) -> None:
    """Threads race to end and to delete the same items; one of them, and only one, ends the batch."""
    with database.begin() as connection:
        account = Accounts(connection).create("ours")
        new = batch(account.id)
        items = Batches(connection).add(new, [generation(account.id) for _ in range(12)])

    def race(seed: int) -> int:
        ends_of_batch = 0
        for item in random.Random(seed).sample(items, len(items)):
            with database.begin() as connection:
                has_changed = end(Generations(connection), item, "failed" if seed % 2 else "completed")
                is_over = Batches(connection).get(account.id, new.id).completed_at is not None
                ends_of_batch += has_changed and is_over
            if item in items[:3]:
                with suppress(NotFoundError), database.begin() as connection:
                    Generations(connection).delete(account.id, item.id)
        return ends_of_batch

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(race, range(4))) == 1
    with database.read() as connection:
        found = Batches(connection).get(account.id, new.id)
        assert (found.total, found.completed, found.failed) == Batches(connection).recount(new.id)
        assert found.completed + found.failed == found.total == 9
