"""Connections to the server: strangers that open many and say nothing do not take all its files."""

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_HEAD_SECONDS = 30.0
"""For the head of a request, from the opening of the connection or the end of the last answer."""
_MOST_FILES = 65_536
_RESERVED_FILES = 512
"""For the database, the compute processes, and files that are read and written."""
_FEWEST = 128


def raise_file_limit() -> int:
    """Lets this process have as many open files as the system allows; how many of them connections may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    most = _MOST_FILES if soft == resource.RLIM_INFINITY else soft
    return max(_FEWEST, most - _RESERVED_FILES)


def guarded_protocol(most: int, head_seconds: float = _HEAD_SECONDS) -> type[asyncio.Protocol]:
    """HTTP for uvicorn, by connections that are limited in number and in the time that they say nothing.

    Args:
        most: connections at the same time; those beyond it are closed at once.
        head_seconds: within which a request's head has to arrive.
    """
    return type("Guarded", (_Guarded,), {"most": most, "head_seconds": head_seconds})


class _Guarded(H11Protocol):
    most: int
    head_seconds: float
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
        else:
            self._begin_waiting()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering():
            self._end_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing() and not self._is_answering():
            self._begin_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_waiting()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _begin_waiting(self) -> None:
        self._end_waiting()
        self._deadline = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _end_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
