"""Progress on a terminal and in a log."""

import io

from rich.console import Console

from lipwright.cli.progress_view import LABELS, ProgressView
from lipwright.render.progress import STAGES, Progress


def shown(*, is_terminal: bool, is_quiet: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100)
    with ProgressView(console, is_quiet=is_quiet) as view:
        for stage in STAGES:
            for done in (0, 50, 100, 100):
                view(Progress(stage, done, 100))
    return out.getvalue()


def test_every_stage_has_a_label() -> None:
    assert set(LABELS) == set(STAGES)


def test_terminal_shows_a_full_bar_per_stage() -> None:
    text = shown(is_terminal=True)
    for label in LABELS.values():
        assert label in text
    assert "100%" in text


def test_log_names_every_finished_stage_once() -> None:
    lines = shown(is_terminal=False).splitlines()
    assert [line.split(":")[0] for line in lines] == list(LABELS.values())


def test_quiet_shows_nothing() -> None:
    assert shown(is_terminal=True, is_quiet=True) == ""
    assert shown(is_terminal=False, is_quiet=True) == ""


def test_stage_that_never_ends_is_not_called_finished() -> None:
    out = io.StringIO()
    with ProgressView(Console(file=out, force_terminal=False)) as view:
        view(Progress("render", 5, 10))
    assert out.getvalue() == ""
