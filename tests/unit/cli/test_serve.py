"""``lipwright serve`` as a process: ready, reachable, and gone when it is told."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 120
"""Seconds for a process that does not end; a machine that does much else starts one in half a minute."""


def serve(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LIPWRIGHT_SLOTS": "1"}
    command = [sys.executable, "-m", "lipwright.cli", "serve", "--data-dir", str(folder), *arguments]
    return subprocess.Popen(
        command, cwd=folder.parent, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_first_start_prints_one_line_to_use(tmp_path: Path) -> None:
    """Address and key; the next start knows the key. SIGTERM ends it with 0, twice at once."""
    key = None
    for is_first in (True, False):
        server = serve(tmp_path / "data", "--port", "0")
        assert server.stdout is not None
        line = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address is not None, line
        found = re.search(r"lw_\w{40}", line)
        assert (found is not None) == is_first
        key = found.group() if found else key
        answer = httpx.get(f"{address.group()}/v2/models", headers={"x-api-key": key or ""})
        assert answer.status_code == 200
        server.send_signal(signal.SIGTERM)
        rest, _ = server.communicate(timeout=PATIENCE)
        assert (server.returncode, rest) == (0, "")


def test_a_port_that_is_taken_is_said_at_once(tmp_path: Path) -> None:
    """Before anything is made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = serve(tmp_path / "data", "--port", str(taken.getsockname()[1]))
        _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 5
    assert re.fullmatch(r"error: expected to listen on .* choose another --port\n", said)
    assert not (tmp_path / "data" / "lipwright.db").exists()


def test_a_setting_that_makes_no_sense_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its name, and code 2."""
    monkeypatch.setenv("LIPWRIGHT_LINK_SECONDS", "soon")
    server = serve(tmp_path / "data")
    _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 2
    assert "LIPWRIGHT_LINK_SECONDS" in said
