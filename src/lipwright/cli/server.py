"""Runs the server, and a worker alone: started, announced, and stopped without losing anything."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import uvicorn

from lipwright.api.app import App, create_app, create_worker_app, end_streams
from lipwright.app.access import NewKey, make_first_key
from lipwright.app.bootstrap import Application, WorkerProcess
from lipwright.app.load_settings import load_settings
from lipwright.app.settings import Settings
from lipwright.cli import console
from lipwright.cli.connections import guarded_protocol, raise_file_limit
from lipwright.cli.server_logs import start_logs
from lipwright.cli.stopping import Asked, until_signalled, wait
from lipwright.errors import OutputError

_BACKLOG = 2048
_ACCEPTED_AT_ONCE = 64
"""Connections that asyncio accepts before it looks at the first of them: each takes a file."""
_REQUEST_SECONDS = 10
"""For requests that are being answered when the server is stopped."""
_LOOK_SECONDS = 0.25


def run_server(*, host: str | None, port: int | None, data_dir: Path | None) -> NoReturn:
    """Serves until it is told to stop.

    Raises:
        OutputError: the address is taken.
        UsageError: a setting makes no sense.
    """
    settings = load_settings(host=host, port=port, data_dir=data_dir)
    with _listen(settings.host, settings.port) as listener:
        if settings.port == 0:  # links name the port
            settings = load_settings(host=host, port=listener.getsockname()[1], data_dir=data_dir)
        start_logs(settings)
        application = Application(settings)
        first = make_first_key(application.database)
        worker = WorkerProcess(application)
        with until_signalled() as asked:
            worker.start()
            with _serving(create_app(application, application.telemetry), listener, asked):
                console.say(_ready(settings, first))
                wait(asked.to_end)
                worker.drain()
            worker.stop(asked.to_hurry)
    _exit()


def run_worker(*, data_dir: Path | None) -> NoReturn:
    """Works until it is told to stop.

    Raises:
        OutputError: the address of its figures is taken.
        UsageError: a setting makes no sense.
    """
    settings = load_settings(data_dir=data_dir)
    start_logs(settings)
    application = Application(settings)
    worker = WorkerProcess(application)
    with until_signalled() as asked, _watched(application, asked):
        worker.start()
        console.say(f"Lipwright works, on {settings.slots} chunks at a time")
        wait(asked.to_end)
        worker.stop(asked.to_hurry)
    _exit()


class _Listener(socket.socket):
    """Lets the system hold as many connections as come, whatever asyncio, which listens again, asks for."""

    def listen(self, backlog: int = _BACKLOG, /) -> None:
        super().listen(max(backlog, _BACKLOG))


def _listen(host: str, port: int) -> socket.socket:
    """Before anything else: a port that is taken is found out at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that say TCP: without it answers wait 40 ms
    listener = _Listener(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise OutputError(
            f"expected to listen on {host} port {port}, could not: {error.strerror}; choose another --port"
        ) from error
    return listener


@contextmanager
def _serving(app: App, listener: socket.socket, asked: Asked) -> Iterator[None]:
    """Answers requests in a thread: signals are for the main thread, where we see to their order."""
    config = uvicorn.Config(
        app,
        http=guarded_protocol(raise_file_limit()),
        backlog=_ACCEPTED_AT_ONCE,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_REQUEST_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="http", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end_streams(app)
        server.should_exit = True
        while thread.is_alive():
            server.force_exit = asked.to_hurry.is_set()
            thread.join(_LOOK_SECONDS)


@contextmanager
def _watched(application: Application, asked: Asked) -> Iterator[None]:
    """Shows how a worker is, on a port of its own if the settings name one."""
    settings = application.settings
    if settings.worker_port is None:
        yield
        return
    with _listen(settings.host, settings.worker_port) as listener:
        host, port = listener.getsockname()[:2]
        with _serving(create_worker_app(application, application.telemetry), listener, asked):
            console.say(f"Lipwright answers at http://{host}:{port}: /healthz, /readyz, /metrics")
            yield


def _ready(settings: Settings, first: NewKey | None) -> str:
    if first is None:
        return f"Lipwright is ready at {settings.own_url()} (make a key: lipwright keys create)"
    return f"Lipwright is ready at {settings.own_url()} with the key {first.secret}"


def _exit() -> NoReturn:
    """Threads of jobs that wait for a place to compute would wait for ever."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
