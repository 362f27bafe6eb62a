"""Has the chunks of one job drawn by several processes at once."""

import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from lipwright import errors
from lipwright.app.part_process import write_now
from lipwright.app.worker_count import usual_workers
from lipwright.errors import InstallationError, LipwrightError, LostProcessError, OutputError
from lipwright.jobs.child import Child, ChildCrashError, Message
from lipwright.jobs.ports import JobError
from lipwright.render.chunk import ChunkResult, part_name
from lipwright.render.parts import PartListener, make_parts_here
from lipwright.render.plan import RenderPlan

_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)
"""Return codes of what the system, or somebody, has ended; other signals are crashes."""
_SILENCE_SECONDS = 600.0
"""A process that reports nothing for so long hangs."""


@dataclass(frozen=True)
class PartCrew:
    """A PartMaker with processes."""

    n_workers: int | None = None
    """At most; None takes what suits the machine and the video. For a single one no process is started."""

    def __call__(
        self, plan: RenderPlan, folder: Path, numbers: Sequence[int], listener: PartListener
    ) -> None:
        """Draws the chunks.

        Raises:
            LostProcessError: a process was ended from outside before its chunk was drawn.
            ChildCrashError: one crashed, or hangs.
            LipwrightError: what drawing raised.
        """
        n_workers = min(self.n_workers or usual_workers(plan.inputs.video, len(numbers)), len(numbers))
        if n_workers < 2:
            make_parts_here(plan, folder, numbers, listener)
            return
        try:
            write_now(plan, folder)
        except OSError as error:
            raise OutputError(
                f"expected to keep the plan in {folder}: {error.strerror or error}; free some space"
            ) from error
        with _Workers(folder, numbers, n_workers) as workers:
            _listen(workers, plan, folder, listener)


@dataclass(frozen=True)
class _News:
    """Of one chunk: how far it is, that it is done, or why it cannot be."""

    number: int
    n_done: int = 0
    result: Message | None = None
    error: BaseException | None = None


class _Workers:
    """Processes, each with a thread that asks it for one chunk after another."""

    def __init__(self, folder: Path, numbers: Sequence[int], n_workers: int) -> None:
        self.n_chunks = len(numbers)
        self.news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._folder = folder
        self._waiting = deque(numbers)
        # From this thread: the kernel ends them with the thread that began them, and this one waits for all.
        self._children: list[Child] = []
        self._threads: list[threading.Thread] = []
        with ExitStack() as undone:
            undone.callback(self._kill)
            self._start(n_workers)
            undone.pop_all()

    def _start(self, n_workers: int) -> None:
        try:
            for _ in range(n_workers):
                self._children.append(Child(_command(), is_urgent=True))
        except OSError as error:
            raise InstallationError(
                f"expected to start {n_workers} processes that draw: {error.strerror or error}; use 1 worker"
            ) from error

    def __enter__(self) -> "_Workers":
        for child in self._children:
            thread = threading.Thread(target=self._work, args=(child,), name="lipwright-part", daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.clear()
        self._kill()
        for thread in self._threads:
            thread.join()

    def _kill(self) -> None:
        for child in self._children:
            child.kill()

    def _work(self, child: Child) -> None:
        while self._waiting:
            try:
                number = self._waiting.popleft()
            except IndexError:  # another thread was faster
                return
            request = {"folder": str(self._folder), "number": number}
            try:
                result = child.call(request, _SILENCE_SECONDS, partial(self._tell, number), _always)
            except BaseException as error:  # noqa: BLE001 (handed to the thread that waits, which raises it)
                self.news.put(_News(number, error=error))
                return
            self.news.put(_News(number, result=result))

    def _tell(self, number: int, said: Message) -> None:
        self.news.put(_News(number, n_done=said["n_done"]))


def _always() -> None:
    """It is wanted until its process is killed."""


def _listen(workers: _Workers, plan: RenderPlan, folder: Path, listener: PartListener) -> None:
    """Passes on what the processes say until all chunks are there."""
    told: dict[int, int] = {}
    n_missing = workers.n_chunks
    while n_missing:
        news = workers.news.get()
        if news.error is not None:
            raise _as_raised(news.error, news.number) from news.error
        n_done = news.n_done if news.result is None else news.result["n_frames"]
        listener.on_frames(n_done - told.get(news.number, 0))
        told[news.number] = n_done
        if news.result is not None:
            touched = tuple(news.result["touched"])
            path = folder / part_name(plan, news.number)
            listener.on_part(news.number, ChunkResult(path, n_done, touched))
            n_missing -= 1


def _as_raised(error: BaseException, number: int) -> BaseException:
    """What this process would have raised; a JobError's code is the name of the class."""
    if isinstance(error, JobError):
        kind = getattr(errors, error.code, LipwrightError)
        assert issubclass(kind, LipwrightError)
        return kind(str(error))
    if isinstance(error, ChildCrashError):
        said = f"expected chunk {number} to be drawn, found its process gone ({_last_line(error)})"
        if error.return_code in _FROM_OUTSIDE:
            return LostProcessError(f"{said}; if memory was short, use fewer workers")
        return ChildCrashError(f"{said}; use 1 worker to see why", error.return_code)
    return error


def _last_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[-1]


def _command() -> list[str]:
    """Starts a process that finds the same modules as this one does."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from lipwright.app.part_process import main; main()"
    return [sys.executable, "-c", code]
