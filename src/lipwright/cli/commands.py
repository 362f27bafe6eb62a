"""The commands of ``lipwright``, put together."""

from typing import Annotated

import typer

from lipwright import __version__
from lipwright.cli import console
from lipwright.cli.demo import demo
from lipwright.cli.doctor import doctor
from lipwright.cli.keys import keys
from lipwright.cli.models import models
from lipwright.cli.score import score
from lipwright.cli.serve import serve, worker
from lipwright.cli.sync import sync

app = typer.Typer(name="lipwright", add_completion=False, pretty_exceptions_enable=False)
for command in (sync, score, models, doctor, demo, serve, worker):
    app.command()(command)
app.add_typer(keys)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        console.say(f"lipwright {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def lipwright(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 (its callback does the work)
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Make the mouth in a video follow another voice, on an ordinary CPU."""
    if context.invoked_subcommand is None:
        console.say(context.get_help())
