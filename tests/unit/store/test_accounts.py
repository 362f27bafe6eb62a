import pytest
from sqlalchemy import Connection

from lipwright.errors import NotFoundError
from lipwright.store.accounts import Accounts
from tests.unit.store.made import ticking


def test_a_server_without_accounts_is_new(connection: Connection) -> None:
    accounts = Accounts(connection)
    assert accounts.is_empty()
    assert accounts.list() == []
    account = accounts.create("Ada")
    assert not accounts.is_empty()
    assert accounts.get(account.id) == account
    assert (account.name, account.plan) == ("Ada", "default")


def test_accounts_are_listed_oldest_first(connection: Connection) -> None:
    accounts = Accounts(connection, ticking())
    made = [accounts.create(name) for name in ("b", "a", "c")]
    assert accounts.list() == made


def test_an_account_moves_to_another_plan(connection: Connection) -> None:
    """Only that one."""
    accounts = Accounts(connection)
    ada, bob = accounts.create("Ada"), accounts.create("Bob")
    accounts.set_plan(ada.id, "studio")
    assert accounts.get(ada.id).plan == "studio"
    assert accounts.get(bob.id) == bob


def test_an_unknown_account_is_named(connection: Connection) -> None:
    accounts = Accounts(connection)
    with pytest.raises(NotFoundError, match="acc_none"):
        accounts.get("acc_none")
    with pytest.raises(NotFoundError, match="acc_none"):
        accounts.set_plan("acc_none", "studio")
