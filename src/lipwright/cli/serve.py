"""``lipwright serve``: the whole service in one process, on this machine."""

import os
import socket
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from lipwright.api.app import create_app
from lipwright.app.bootstrap import Application, FirstKey, WorkerProcess, make_first_key
from lipwright.app.load_settings import load_settings
from lipwright.app.settings import Settings
from lipwright.cli import console
from lipwright.cli.options import Verbose
from lipwright.cli.server_logs import start_logs
from lipwright.cli.stopping import until_signalled, wait
from lipwright.errors import OutputError

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; 0 for any that is free.", show_default="8000")
]
DataDir = Annotated[Path | None, typer.Option(help="Folder of the database and the files.")]

_BACKLOG = 2048


def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    verbose: Verbose = False,  # noqa: ARG001 (read by main)
) -> None:
    """Serve the API and do its work, until Ctrl+C."""
    settings = load_settings(host=host, port=port, data_dir=data_dir)
    with _listen(settings) as listener:
        if settings.port == 0:  # links name the port
            settings = load_settings(host=host, port=listener.getsockname()[1], data_dir=data_dir)
        start_logs(settings)
        application = Application(settings)
        first = make_first_key(application.database)
        worker = WorkerProcess(application)
        server = _server(application)
        with until_signalled() as asked:
            worker.start()
            thread = threading.Thread(target=server.run, args=([listener],), name="http", daemon=True)
            thread.start()
            console.say(_ready(settings, first))
            wait(asked)
            worker.drain()
            server.should_exit = True
            thread.join()
            worker.stop()
    _exit()


def _listen(settings: Settings) -> socket.socket:
    """Before anything else: a port that is taken is found out at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise OutputError(
            f"expected to listen on {settings.host} port {settings.port}, could not: {error.strerror}; "
            "choose another --port"
        ) from error


def _server(application: Application) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(application, application.telemetry),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=int(application.settings.shutdown_seconds),
    )
    return uvicorn.Server(config)


def _ready(settings: Settings, first: FirstKey | None) -> str:
    if first is None:
        return f"Lipwright is ready at {settings.own_url()} (make keys with: lipwright keys create)"
    return f"Lipwright is ready at {settings.own_url()} with the key {first.secret}"


def _exit() -> None:
    """Threads of jobs that wait for a place to compute would wait for ever."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
