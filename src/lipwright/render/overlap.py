"""Stages that run at the same time, with short queues between them so that frames never pile up."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import Generic, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

_POLL_SECONDS = 0.2
_END = object()


def ahead(items: Iterable[T], depth: int = 8) -> Iterator[T]:
    """The items, made by a thread of their own that runs at most ``depth`` ahead.

    An error in making them is raised here, in its place; when the reader stops early, so does the thread.
    """
    waiting: queue.Queue[object] = queue.Queue(depth)
    stopped = threading.Event()
    failures: list[BaseException] = []

    def produce() -> None:
        try:
            for item in items:
                if not _put(waiting, item, stopped):
                    return
        except BaseException as error:  # noqa: BLE001 (handed to the reader, who raises it)
            failures.append(error)
        _put(waiting, _END, stopped)

    thread = threading.Thread(target=produce, name="lipwright-ahead", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            yield item  # type: ignore[misc]  # everything but _END came from items
        if failures:
            raise failures[0]
    finally:
        stopped.set()
        thread.join()


class Behind(Generic[P]):
    """Calls a function that runs in a thread of its own, at most ``depth`` behind.

    An error of the function is raised at the next ``put`` or on leaving the ``with`` block, which waits
    until everything is done.
    """

    def __init__(self, consume: Callable[P, None], depth: int = 8) -> None:
        self._consume = consume
        self._waiting: queue.Queue[object] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="lipwright-behind", daemon=True)

    def put(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Queues a call; waits while the queue is full."""
        _put(self._waiting, partial(self._consume, *args, **kwargs), self._stopped)
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (call := self._waiting.get()) is not _END:
            try:
                call()  # type: ignore[operator]  # everything but _END is a call
            except BaseException as error:  # noqa: BLE001 (handed to the caller, who raises it)
                self._failure = error
                self._stopped.set()
                return

    def __enter__(self) -> "Behind[P]":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:  # nobody wants the rest: drop what waits
            while not self._waiting.empty():
                self._waiting.get_nowait()
        _put(self._waiting, _END, self._stopped)
        self._thread.join()
        if error is None and self._failure is not None:
            raise self._failure


def _put(waiting: "queue.Queue[object]", item: object, stopped: threading.Event) -> bool:
    """Puts unless or until the other side has stopped; says whether it was taken."""
    while not stopped.is_set():
        try:
            waiting.put(item, timeout=_POLL_SECONDS)
        except queue.Full:
            continue
        return True
    return False
