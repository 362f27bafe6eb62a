"""The quality table, for a terminal and for a page."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

Row = dict[str, Any]


_NOTHING = "-"


@dataclass(frozen=True)
class Column:
    """One figure with its bar."""

    title: str
    bar: str
    value: Callable[[Row], float]
    passes: Callable[[float], bool]
    form: str = "{:.2f}"


def _of_speech(name: str) -> Callable[[Row], float]:
    """A figure that means nothing where the voice is silent."""
    return lambda row: math.nan if row["kind"] == "silence" else float(row[name])


COLUMNS = (
    Column("sharp ÷ src", "≥ 0.9", lambda row: row["sharpness"], lambda v: v >= 0.9),
    Column("same opening", "≥ 0.9", lambda row: row["sharpness_same_opening"], lambda v: v >= 0.9),
    Column("of donors", "≥ 0.9", lambda row: row["sharpness_of_donors"], lambda v: v >= 0.9),
    Column("lip flicker ÷ src", "≤ 1.5", lambda row: row["lip_flicker"], lambda v: v <= 1.5),
    Column("same motion", "≤ 1.5", lambda row: row["flicker_same_motion"], lambda v: v <= 1.5),
    Column("skin flicker ÷ src", "≤ 1.5", lambda row: row["skin_flicker"], lambda v: v <= 1.5),
    Column("r wanted", "≥ 0.9", _of_speech("r"), lambda v: v >= 0.9),
    Column("of frames", "read", _of_speech("read_share"), math.isfinite),
    Column("lag, frames", "0 ± 1", _of_speech("lag_frames"), lambda v: abs(v) <= 1, "{:+.1f}"),
    Column("r voice", "≥ 0.75", _of_speech("r_voice"), lambda v: v >= 0.75),
    Column("rest in silence", "≥ 0.95", lambda row: row["rest_share"], lambda v: v >= 0.95),
    Column("not readable", "frames", lambda row: float(row["unread"]), math.isfinite, "{:.0f}"),
    Column("outside ≠", "0", lambda row: float(row["outside"]), lambda v: v == 0, "{:.0f}"),
)


def cells(row: Row) -> list[tuple[str, bool | None]]:
    """Every figure as text, and whether it reaches its bar (None without a figure)."""
    found: list[tuple[str, bool | None]] = []
    for column in COLUMNS:
        value = column.value(row)
        if row["error"] or not math.isfinite(value):
            found.append((_NOTHING, None))
        else:
            found.append((column.form.format(value), column.passes(value)))
    return found


def medians(rows: list[Row]) -> list[tuple[str, bool | None]]:
    """The median of each column, and how many of the figures reach the bar."""
    found: list[tuple[str, bool | None]] = []
    for column in COLUMNS:
        values = [column.value(row) for row in rows if not row["error"]]
        values = [value for value in values if math.isfinite(value)]
        if not values:
            found.append((_NOTHING, None))
            continue
        median = float(np.median(values))
        n_pass = sum(column.passes(value) for value in values)
        found.append((f"{column.form.format(median)} ({n_pass}/{len(values)})", column.passes(median)))
    return found


def _exact(row: Row) -> str:
    return row["error"] or "; ".join(row["faults"]) or "exact"


def _touched(row: Row) -> str:
    return f"{row['touched']}/{row['n_frames']}"


def rich_table(rows: list[Row], model: str) -> Table:
    """The table for a terminal; red misses its bar."""
    table = Table(title=f"quality of {model}")
    for title in ("clip", "voice", "file", "touched", "faces"):
        table.add_column(title, overflow="fold")
    for column in COLUMNS:
        table.add_column(f"{column.title}\n{column.bar}", justify="right")
    for row in rows:
        figures = [text if good is not False else f"[red]{text}[/red]" for text, good in cells(row)]
        table.add_row(
            row["clip"].removeprefix("real_"),
            row["kind"],
            _exact(row),
            _touched(row),
            str(row["faces"]),
            *figures,
        )
    for kind in dict.fromkeys(row["kind"] for row in rows):
        figures = [text for text, _ in medians([row for row in rows if row["kind"] == kind])]
        table.add_row("[bold]median (reached)", kind, "", "", "", *figures, style="bold")
    return table


def markdown(rows: list[Row], model: str) -> str:
    """The same as Markdown; a figure in bold misses its bar."""
    head = ["clip", "voice", "file", "touched", "faces", *(f"{c.title} {c.bar}" for c in COLUMNS)]
    lines = [f"# Quality of {model}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for row in rows:
        figures = [text if good is not False else f"**{text}**" for text, good in cells(row)]
        start = [
            row["clip"].removeprefix("real_"),
            row["kind"],
            _exact(row),
            _touched(row),
            str(row["faces"]),
        ]
        lines.append("| " + " | ".join([*start, *figures]) + " |")
    for kind in dict.fromkeys(row["kind"] for row in rows):
        figures = [text for text, _ in medians([row for row in rows if row["kind"] == kind])]
        lines.append("| " + " | ".join(["median (reached)", kind, "", "", "", *figures]) + " |")
    return "\n".join(lines) + "\n"
