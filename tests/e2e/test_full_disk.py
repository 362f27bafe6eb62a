"""A disk that is full: said to whoever asks, survived, and forgotten as soon as there is room."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.footage import Footage
from tests.real_server import RealServer, ended, until

DISK_BYTES = 24 * 1024**2
PIECE = 64 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of our own, in memory; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leaves not a byte."""
    path = disk / "ballast"
    with path.open("ab", buffering=0) as file:
        size = PIECE
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    return path


def test_a_disk_that_is_full_to_its_last_byte_is_survived(short_footage: Footage, small_disk: Path) -> None:
    """Requests are refused with 503, the job at work waits, and both go on when there is room."""
    server = RealServer(small_disk, slots=1, min_free_bytes=0)
    with closing(server), server.start() as client:
        ids = []
        for path in (short_footage.video, short_footage.audio):
            answer = client.post("/v2/assets", files={"file": (path.name, path.read_bytes())})
            ids.append(answer.raise_for_status().json()["id"])
        order = {"model": "lipsync-1.9", "video_asset_id": ids[0], "audio_asset_id": ids[1]}
        made = client.post("/v2/generate", json=order).raise_for_status().json()["id"]
        ballast = fill(small_disk)
        refused = until(lambda: (sent := client.post("/v2/generate", json=order)).status_code != 201 and sent)
        assert (refused.status_code, refused.json()["error"]) == (503, "insufficient_storage")
        assert int(refused.headers["retry-after"]) <= 30
        assert str(small_disk) not in refused.text
        upload = client.post("/v2/assets", files={"file": ("x.mp4", bytes(1024**2))})
        assert (upload.status_code, upload.json()["error"]) == (503, "insufficient_storage")
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "room" in ready.json()["message"] or "space" in ready.json()["message"]
        assert client.get(f"/v2/generate/{made}").json()["status"] in {"pending", "processing", "completed"}
        ballast.unlink()
        until(lambda: client.get("/readyz").status_code == 200)
        assert ended(client, f"/v2/generate/{made}", 150)["status"] == "completed"
        again = client.post("/v2/generate", json=order).raise_for_status().json()["id"]
        assert ended(client, f"/v2/generate/{again}", 150)["status"] == "completed"
        assert server.terminate() == 0
