"""A PostgreSQL cluster that lives for a test session, from the binaries that Debian installs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEBIAN = Path("/usr/lib/postgresql")
_SECONDS = 60
_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def _binaries() -> Path:
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if found is None:
        pytest.skip("needs the server of PostgreSQL: apt-get install postgresql")
    return Path(found).parent


@contextmanager
def postgresql_cluster() -> Iterator[str]:
    """Gives the URL of an empty database; skips the test where PostgreSQL is not installed.

    It listens on a socket in its own folder only, and does not care for power cuts.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="lw-pg-", dir="/tmp"))  # a socket's path must be short
    user = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        # with its output in a pipe, pg_ctl would wait for the server to close it
        with (folder / "log").open("ab") as log:
            command = [binaries / program, "-D", folder / "data", *arguments]
            subprocess.run(
                command, user=user, cwd=folder, check=True, timeout=_SECONDS, stdout=log, stderr=log
            )

    try:
        run("initdb", "--username=lipwright", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "--wait", "-o", f"{_OPTIONS} -k {folder}", "start")
        try:
            yield f"postgresql://lipwright@/postgres?host={folder}"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)
