"""Where the command line writes: results to stdout, everything else to stderr."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


def stderr() -> Console:
    """For progress and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def stdout() -> Console:
    """For results that people read."""
    return Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Prints a line of a result as it is: no markup, no wrapping."""
    stdout().print(text, markup=False)


def say_json(value: Any) -> None:  # noqa: ANN401 (whatever JSON can hold)
    """Prints a result for programs."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def say_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a result as a table; cells hold no markup."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)
