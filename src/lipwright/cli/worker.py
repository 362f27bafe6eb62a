"""``lipwright worker``: does the work of a server that runs elsewhere, on the same database and blobs."""

import os
import sys

from lipwright.app.bootstrap import Application, WorkerProcess
from lipwright.app.load_settings import load_settings
from lipwright.cli import console
from lipwright.cli.options import Verbose
from lipwright.cli.serve import DataDir
from lipwright.cli.server_logs import start_logs
from lipwright.cli.stopping import until_signalled, wait


def worker(data_dir: DataDir = None, verbose: Verbose = False) -> None:  # noqa: ARG001 (read by main)
    """Do the work of a server, without the API, until Ctrl+C."""
    settings = load_settings(data_dir=data_dir)
    start_logs(settings)
    process = WorkerProcess(Application(settings))
    with until_signalled() as asked:
        process.start()
        console.say(f"Lipwright works, {settings.slots} chunks at a time")
        wait(asked)
        process.stop()
    sys.stdout.flush()
    os._exit(0)
