"""Positions in the queue."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lipwright.app.queue_view import QueueView
from lipwright.store.accounts import Accounts
from lipwright.store.batches import Batches
from lipwright.store.database import Database
from lipwright.store.generations import Generations
from lipwright.store.ids import utc_now
from lipwright.store.records import Account, Generation
from tests.unit.store import made


class Watch:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/lipwright.db")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def account(database: Database) -> Account:
    with database.begin() as connection:
        return Accounts(connection).create("ours")


def add(database: Database, account: Account, n: int) -> list[Generation]:
    start = utc_now() - timedelta(minutes=1)
    singles = [made.generation(account.id, created_at=start + timedelta(seconds=place)) for place in range(n)]
    with database.begin() as connection:
        Generations(connection).add_many(singles)
    return singles


def test_single_ones_come_before_those_of_batches(database: Database, account: Account) -> None:
    early = utc_now() - timedelta(hours=1)
    with database.begin() as connection:
        batch = made.batch(account.id, total=2, created_at=early)
        items = [made.generation(account.id, created_at=early) for _ in range(2)]
        items = Batches(connection).add(batch, items)
    singles = add(database, account, 2)
    view = QueueView(database)
    assert [view.position(one) for one in (*singles, *items)] == [0, 1, 2, 3]


def test_only_a_pending_one_has_a_position(database: Database, account: Account) -> None:
    assert QueueView(database).position(made.generation(account.id, status="processing")) is None


def test_queue_is_looked_at_once_a_second(database: Database, account: Account) -> None:
    first, second = add(database, account, 2)
    watch = Watch()
    view = QueueView(database, watch)
    assert view.position(second) == 1
    with database.begin() as connection:
        Generations(connection).set_processing(first.id)
    assert view.position(second) == 1
    watch.now += 1.1
    assert view.position(second) == 0


def test_new_one_is_behind_all_others_until_the_next_look(database: Database, account: Account) -> None:
    watch = Watch()
    view = QueueView(database, watch)
    (first,) = add(database, account, 1)
    assert view.position(first) == 0
    newcomer = made.generation(account.id)
    assert view.position(newcomer) == 1
