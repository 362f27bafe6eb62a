from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from lipwright.errors import ConflictError
from lipwright.store.accounts import Accounts
from lipwright.store.database import Database
from lipwright.store.idempotency import IdempotencyKeys
from lipwright.store.records import Account
from tests.unit.store.made import START


def test_a_request_that_is_sent_again_finds_what_it_made(connection: Connection, ours: Account) -> None:
    keys = IdempotencyKeys(connection)
    assert keys.claim(ours.id, "k", "body", "gen_first") is None
    assert keys.claim(ours.id, "k", "body", "gen_second") == "gen_first"


def test_another_body_under_the_same_key_is_refused(connection: Connection, ours: Account) -> None:
    """And leaves the first one as it was."""
    keys = IdempotencyKeys(connection)
    keys.claim(ours.id, "k", "body", "gen_first")
    with pytest.raises(ConflictError, match="use a new key"):
        keys.claim(ours.id, "k", "other body", "gen_second")
    assert keys.claim(ours.id, "k", "body", "gen_third") == "gen_first"


def test_keys_of_accounts_are_apart(connection: Connection, ours: Account, others: Account) -> None:
    keys = IdempotencyKeys(connection)
    assert keys.claim(ours.id, "k", "body", "gen_ours") is None
    assert keys.claim(others.id, "k", "other body", "gen_theirs") is None


def test_keys_are_forgotten(connection: Connection, ours: Account) -> None:
    """What is as old as the moment stays."""
    for second in range(2):
        moment = START + timedelta(seconds=second)
        IdempotencyKeys(connection, lambda moment=moment: moment).claim(ours.id, f"k{second}", "b", "gen_a")
    keys = IdempotencyKeys(connection)
    assert keys.delete_before(START + timedelta(seconds=1)) == 1
    assert keys.claim(ours.id, "k0", "other", "gen_b") is None
    assert keys.claim(ours.id, "k1", "b", "gen_b") == "gen_a"


def test_of_many_at_once_one_makes_it(database: Database) -> None:
    """The others wait for its commit and find the same."""
    with database.begin() as connection:
        account = Accounts(connection).create("ours")

    def send(number: int) -> str:
        with database.begin() as connection:
            made = f"gen_{number}"
            return IdempotencyKeys(connection).claim(account.id, "k", "body", made) or made

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(16)))) == 1


def test_a_request_that_was_undone_did_not_take_the_key(database: Database) -> None:
    with database.begin() as connection:
        account = Accounts(connection).create("ours")

    def refuse() -> None:
        with database.begin() as connection:
            IdempotencyKeys(connection).claim(account.id, "k", "body", "gen_undone")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        refuse()
    with database.begin() as connection:
        assert IdempotencyKeys(connection).claim(account.id, "k", "other body", "gen_new") is None
