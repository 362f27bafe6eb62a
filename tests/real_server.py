"""A real server: ``lipwright serve`` as a process of its own, on a free port of this machine."""

import os
import re
import selectors
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

_START_SECONDS = 90.0
_READY = re.compile(r"ready at (\S+)(?: with the key (\S+))?")
_OPEN = ("pending", "processing")


class RealServer:
    """A server that can be killed and started again on the same folder.

    Args:
        folder: its data directory.
        settings: names and values of settings, as in the environment without the prefix.
    """

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.environment = _clean_environment() | {
            f"LIPWRIGHT_{name.upper()}": str(value)
            for name, value in {"slots": 2, "measure_results": "asked", **settings}.items()
        }
        self.key = ""
        self.process: subprocess.Popen[str] | None = None

    def set(self, name: str, value: object) -> None:
        """Changes a setting, from the next start on."""
        self.environment[f"LIPWRIGHT_{name.upper()}"] = str(value)

    def start(self) -> httpx.Client:
        """Starts it; a client with the key that it printed at its first start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with Path(f"{self.folder}.log").open("a") as log:
            self.process = subprocess.Popen(
                self._command("serve", "--data-dir", str(self.folder), "--port", "0"),
                stdout=subprocess.PIPE,
                stderr=log,
                env=self.environment,
                cwd=self.folder.parent,
                text=True,
                start_new_session=True,
            )
        url, key = self._announced()
        self.key = key or self.key
        return self.client(url)

    def client(self, url: str, key: str | None = None) -> httpx.Client:
        return httpx.Client(base_url=url, headers={"x-api-key": key or self.key}, timeout=30)

    def make_key(self, account: str) -> str:
        """Another account's key."""
        command = self._command("keys", "create", "--account", account)
        environment = self.environment | {"LIPWRIGHT_DATA_DIR": str(self.folder)}
        made = subprocess.run(
            command,
            check=False,
            env=environment,
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def kill(self) -> None:
        """As a crash or a power cut does: no time to do anything."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._wait(10)

    def terminate(self) -> int:
        """As an operator does; the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._wait(90)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def log(self) -> str:
        return Path(f"{self.folder}.log").read_text()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says; a server may use it meanwhile."""
        with closing(sqlite3.connect(f"file:{self.folder / 'lipwright.db'}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def left_behind(self) -> list[str]:
        """Names in the folder of work in progress."""
        work = self.folder / "work"
        return sorted(path.name for path in work.iterdir()) if work.is_dir() else []

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lipwright.cli", *arguments]

    def _announced(self) -> tuple[str, str | None]:
        assert self.process is not None
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if selector.select(_START_SECONDS) else ""
        found = _READY.search(line)
        assert found is not None, f"no line that it is ready, but {line!r}; {self.log()[-2000:]}"
        return found[1], found[2]

    def _wait(self, seconds: float) -> int:
        assert self.process is not None
        status = self.process.wait(seconds)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def until(is_so: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What a condition gives once it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not so within {seconds} s")


def ended(client: httpx.Client, path: str, seconds: float = 90.0) -> dict[str, Any]:
    """A generation or batch, when it has ended."""

    def look() -> dict[str, Any] | None:
        shown = client.get(path).raise_for_status().json()
        return None if shown["status"] in _OPEN else shown

    found: dict[str, Any] = until(look, seconds)
    return found


def _clean_environment() -> dict[str, str]:
    """Ours without settings; an environment may name another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIPWRIGHT_")}
    source = str(Path(__file__).parent.parent / "src")
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (source, kept.get("PYTHONPATH"))))}
