"""A server that is told twice to stop, in the middle of its work."""

import array
import fcntl
import os
import signal
import sys
import termios
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.footage import Footage
from tests.real_server import RealServer, until


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")
def test_a_second_signal_hands_the_jobs_back_at_once(short_footage: Footage, tmp_path: Path) -> None:
    """The first one waits for the chunks at work, which stand still here; the second one hands them back."""
    server = RealServer(tmp_path / "data", slots=1, spares=0)
    with closing(server):
        with server.start() as client:
            assert server.process is not None
            pid = server.process.pid
            children = until(lambda: _computing(pid))
            for child in children:
                os.kill(child, signal.SIGSTOP)
            assets = {}
            for kind, path in (("video", short_footage.video), ("audio", short_footage.audio)):
                kept = client.post("/v2/assets", files={"file": (path.name, path.read_bytes())})
                assets[f"{kind}_asset_id"] = kept.raise_for_status().json()["id"]
            made = (
                client.post("/v2/generate", json={"model": "lipsync-1.9", **assets}).raise_for_status().json()
            )
            until(lambda: any(_is_asked(child) for child in children))
            server.process.send_signal(signal.SIGTERM)
            time.sleep(1.5)
            assert server.process.poll() is None
            assert server.terminate() == 0
        status = f"select status from workflow_status where workflow_uuid = '{made['id']}'"
        assert server.rows(status) == [("ENQUEUED",)]
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
        assert "Traceback" not in server.log()


def _is_asked(child: int) -> bool:
    """Whether a request waits for a process that stands still: bytes that it has not read from its input."""
    waiting = array.array("i", [0])
    pipe = os.open(f"/proc/{child}/fd/0", os.O_RDONLY | os.O_NONBLOCK)
    try:
        fcntl.ioctl(pipe, termios.FIONREAD, waiting)
    finally:
        os.close(pipe)
    return waiting[0] > 0


def _computing(pid: int) -> list[int]:
    """The compute processes of a server, found by what they were started with."""
    found = []
    with suppress(FileNotFoundError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                for child in (thread / "children").read_text(encoding="ascii").split():
                    if b"lipwright.app.compute" in Path(f"/proc/{child}/cmdline").read_bytes():
                        found.append(int(child))
    return found
