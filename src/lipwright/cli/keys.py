"""``lipwright keys``: who may use the server."""

from datetime import datetime
from typing import Annotated

import typer

from lipwright.cli import console
from lipwright.cli.options import Json, Verbose

keys = typer.Typer(name="keys", help="Make, list and revoke the keys of the server.", no_args_is_help=True)

COLUMNS = ("key", "begins with", "name", "account", "plan", "made", "last used", "revoked")

# The imports are in the commands, because other commands need none of the server's libraries.


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    account: Annotated[str, typer.Option(help="Whose it is; made if there is none.")] = "default",
    plan: Annotated[str | None, typer.Option(help="The account's plan from now on.")] = None,
    json: Json = False,
    verbose: Verbose = False,  # noqa: ARG001 (read by main)
) -> None:
    """Make a key; its secret is shown this once."""
    from lipwright.app import access  # noqa: PLC0415

    made = access.make_key(access.open_database(), account, name, plan)
    if json:
        console.say_json({"id": made.key.id, "key": made.secret, "account": made.account.name})
    else:
        console.say(made.secret)


@keys.command(name="list")
def list_keys(json: Json = False, verbose: Verbose = False) -> None:  # noqa: ARG001 (read by main)
    """List the keys; their secrets are not kept."""
    from lipwright.app import access  # noqa: PLC0415

    rows = [
        (
            key.id,
            key.prefix,
            key.name,
            account.name,
            account.plan,
            _shown(key.created_at),
            _shown(key.last_used_at),
            _shown(key.revoked_at),
        )
        for account, key in access.all_keys(access.open_database())
    ]
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
    from lipwright.app import access  # noqa: PLC0415

    ended = access.revoke_key(access.open_database(), key)
    console.say(f"revoked {ended.id}, which began with {ended.prefix}")


def _shown(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
