"""How far a job has come, on the terminal."""

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from lipwright.render.progress import JOB_STAGES, Progress, Stage

LABELS: dict[Stage, str] = {
    "analyse": "Look at the faces",
    "hear": "Listen to the voice",
    "plan": "Choose the mouths",
    "render": "Draw and encode",
    "mux": "Join picture and sound",
    "measure": "Measure the result",
}


class ProgressView:
    """A listener for jobs: a bar per stage on a terminal, a line per finished stage elsewhere."""

    def __init__(
        self, console: Console, *, stages: Sequence[Stage] = JOB_STAGES, is_quiet: bool = False
    ) -> None:
        """A view of the stages that will come; shows nothing at all if quiet."""
        self._stages = stages
        self._console = console
        self._is_quiet = is_quiet
        self._bars = _bars(console) if console.is_terminal and not is_quiet else None
        self._tasks: dict[Stage, TaskID] = {}
        self._started: dict[Stage, float] = {}
        self._finished: set[Stage] = set()

    def __enter__(self) -> "ProgressView":
        """The view, on screen."""
        if self._bars is not None:
            self._tasks = {
                stage: self._bars.add_task(LABELS[stage], total=None, start=False) for stage in self._stages
            }
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves what was reached on screen."""
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Shows one step forward."""
        if self._bars is not None:
            self._move(self._bars, progress)
        elif not self._is_quiet:
            self._note(progress)

    def _move(self, bars: Bars, progress: Progress) -> None:
        if progress.stage not in self._tasks:
            self._tasks[progress.stage] = bars.add_task(LABELS[progress.stage], total=None, start=False)
        task = self._tasks[progress.stage]
        bars.start_task(task)
        bars.update(task, completed=progress.done, total=progress.total)

    def _note(self, progress: Progress) -> None:
        started = self._started.setdefault(progress.stage, time.monotonic())
        if progress.done >= progress.total and progress.stage not in self._finished:
            self._finished.add(progress.stage)
            self._console.print(f"{LABELS[progress.stage]}: {time.monotonic() - started:.1f} s", markup=False)


def _bars(console: Console) -> Bars:
    return Bars(
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
    )
