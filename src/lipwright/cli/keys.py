"""``lipwright keys``: who may use the server."""

from typing import Annotated

import typer

from lipwright.app.load_settings import load_settings
from lipwright.app.settings import DEFAULT_PLAN
from lipwright.cli import console
from lipwright.cli.options import Json, Verbose
from lipwright.errors import NotFoundError
from lipwright.store.accounts import Accounts
from lipwright.store.database import Database
from lipwright.store.keys import Keys
from lipwright.store.records import Account, ApiKey

keys = typer.Typer(name="keys", help="Make, list and revoke the keys of the server.", no_args_is_help=True)

COLUMNS = ("key", "begins with", "name", "account", "plan", "made", "last used", "revoked")


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    account: Annotated[str, typer.Option(help="Whose it is; a new account is made as needed.")] = "default",
    plan: Annotated[str | None, typer.Option(help="The account's plan from now on.")] = None,
    json: Json = False,
    verbose: Verbose = False,  # noqa: ARG001 (read by main)
) -> None:
    """Make a key; its secret is shown this once."""
    database = _database()
    with database.begin() as connection:
        accounts = Accounts(connection)
        owner = _find(accounts.list(), account) or accounts.create(account, plan or DEFAULT_PLAN)
        if plan is not None:
            accounts.set_plan(owner.id, plan)
        key, secret = Keys(connection).create(owner.id, name)
    if json:
        console.say_json({"id": key.id, "key": secret, "account": owner.name})
    else:
        console.say(secret)


@keys.command(name="list")
def list_keys(json: Json = False, verbose: Verbose = False) -> None:  # noqa: ARG001 (read by main)
    """List the keys; their secrets are not kept."""
    with _database().read() as connection:
        found = [
            (account, key)
            for account in Accounts(connection).list()
            for key in Keys(connection).list(account.id)
        ]
    rows = [_row(account, key) for account, key in found]
    if json:
        console.say_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    else:
        console.say_table("Keys", COLUMNS, rows)


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, or what it begins with.")],
    verbose: Verbose = False,  # noqa: ARG001 (read by main)
) -> None:
    """End a key for good."""
    with _database().begin() as connection:
        found = _find_key(connection_keys=Keys(connection), accounts=Accounts(connection).list(), wanted=key)
        Keys(connection).revoke(found.account_id, found.id)
    console.say(f"revoked {found.id} ({found.prefix}…)")


def _find_key(connection_keys: Keys, accounts: list[Account], wanted: str) -> ApiKey:
    every = [key for account in accounts for key in connection_keys.list(account.id)]
    found = [key for key in every if wanted in (key.id, key.prefix)]
    if len(found) != 1:
        count = "none" if not found else f"{len(found)} of them"
        raise NotFoundError(
            f"expected a key's id or what it begins with, {wanted!r} is {count}; see keys list"
        )
    return found[0]


def _find(accounts: list[Account], name: str) -> Account | None:
    return next((account for account in accounts if account.name == name), None)


def _row(account: Account, key: ApiKey) -> tuple[str, ...]:
    moments = (key.created_at, key.last_used_at, key.revoked_at)
    shown = ("" if moment is None else f"{moment:%Y-%m-%d %H:%M}" for moment in moments)
    return (key.id, key.prefix, key.name, account.name, account.plan, *shown)


def _database() -> Database:
    database = Database(load_settings().database_url)
    database.migrate()
    return database
