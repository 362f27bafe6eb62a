"""Who may use the server: its accounts and their keys, as whoever runs it sees them."""

from dataclasses import dataclass

from lipwright.app.load_settings import load_settings
from lipwright.app.settings import DEFAULT_PLAN
from lipwright.errors import NotFoundError
from lipwright.store.accounts import Accounts
from lipwright.store.database import Database
from lipwright.store.keys import Keys
from lipwright.store.records import Account, ApiKey

FIRST_ACCOUNT, FIRST_KEY = "default", "first key"


@dataclass(frozen=True)
class NewKey:
    """A key with its secret, which cannot be had again."""

    account: Account
    key: ApiKey
    secret: str


def open_database() -> Database:
    """The database of the settings, its tables up to date."""
    database = Database(load_settings().database_url)
    database.migrate()
    return database


def make_first_key(database: Database) -> NewKey | None:
    """An account and a key, on a server that has none; None on later starts."""
    with database.read() as connection:
        if not Accounts(connection).is_empty():
            return None
    return make_key(database, FIRST_ACCOUNT, FIRST_KEY)


def make_key(database: Database, account: str, name: str, plan: str | None = None) -> NewKey:
    """A new key.

    Args:
        database: where it is kept.
        account: the name of its account, which is made if there is none of that name.
        name: what it is for.
        plan: the account's plan from now on; None leaves it.
    """
    with database.begin() as connection:
        accounts = Accounts(connection)
        known = next((each for each in accounts.list() if each.name == account), None)
        owner = known or accounts.create(account, plan or DEFAULT_PLAN)
        if plan is not None:
            accounts.set_plan(owner.id, plan)
        key, secret = Keys(connection).create(owner.id, name)
        return NewKey(accounts.get(owner.id), key, secret)


def all_keys(database: Database) -> list[tuple[Account, ApiKey]]:
    """Every key of every account, oldest accounts first."""
    with database.read() as connection:
        return [
            (account, key)
            for account in Accounts(connection).list()
            for key in Keys(connection).list(account.id)
        ]


def revoke_key(database: Database, wanted: str) -> ApiKey:
    """Ends a key for good.

    Args:
        database: where it is kept.
        wanted: its id, or what its secret begins with.

    Raises:
        NotFoundError: there is no such key, or several.
    """
    found = [key for _, key in all_keys(database) if wanted in (key.id, key.prefix)]
    if len(found) != 1:
        count = "none" if not found else f"{len(found)} of them"
        raise NotFoundError(
            f"expected a key's id or what it begins with, {wanted!r} is {count}; list the keys"
        )
    with database.begin() as connection:
        return Keys(connection).revoke(found[0].account_id, found[0].id)
