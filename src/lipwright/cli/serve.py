"""``lipwright serve`` and ``lipwright worker``: the service on this machine, or its work alone."""

from pathlib import Path
from typing import Annotated

import typer

from lipwright.cli.options import Verbose

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; 0 for any that is free.", show_default="8000")
]
DataDir = Annotated[Path | None, typer.Option(help="Folder of the database and the files.")]


def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    verbose: Verbose = False,  # noqa: ARG001 (read by main)
) -> None:
    """Serve the API and do its work, until Ctrl+C."""
    # here, because the other commands need none of the server's libraries
    from lipwright.cli.server import run_server  # noqa: PLC0415

    run_server(host=host, port=port, data_dir=data_dir)


def worker(data_dir: DataDir = None, verbose: Verbose = False) -> None:  # noqa: ARG001 (read by main)
    """Do the work of a server that runs elsewhere, on the same database and blobs, until Ctrl+C."""
    from lipwright.cli.server import run_worker  # noqa: PLC0415

    run_worker(data_dir=data_dir)
