"""Two machines on one PostgreSQL, played by two processes with folders of their own."""

import re
import selectors
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import sqlalchemy as sa

from tests.footage import Footage
from tests.postgres import postgresql_cluster
from tests.real_server import RealServer, ended, until

N_JOBS = 10
"""So many that the server is not through with them before a worker on a busy machine takes its first."""


def test_a_worker_that_dies_leaves_its_jobs_to_others(short_footage: Footage, tmp_path: Path) -> None:
    """Both work on a batch, the worker is killed in the middle of it, and every job is done once."""
    with postgresql_cluster() as database_url:
        server = RealServer(
            tmp_path / "first",
            slots=1,
            log_level="info",
            database_url=database_url,
            blobs_url=str(tmp_path / "blobs"),
            secret_key="k" * 40,
            worker_port=0,
        )
        with closing(server), server.start() as client, _worker(server, tmp_path / "second") as (worker, url):
            ids = []
            for path in (short_footage.video, short_footage.audio):
                answer = client.post("/v2/assets", files={"file": (path.name, path.read_bytes())})
                ids.append(answer.raise_for_status().json()["id"])
            order = {"model": "lipsync-1.9", "video_asset_id": ids[0], "audio_asset_id": ids[1]}
            made = client.post("/v2/batch", json={"generations": [order] * N_JOBS}).raise_for_status().json()
            until(lambda: _metric(url, 'lipwright_stage_seconds_count{stage="prepare"}') >= 1)
            assert httpx.get(f"{url}/readyz").status_code == 200
            worker.send_signal(signal.SIGKILL)
            worker.wait(10)
            done = ended(client, f"/v2/batch/{made['id']}", 120)
            assert (done["completed"], done["failed"]) == (N_JOBS, 0)
            assert Counter(_completed(database_url)) == Counter(item["id"] for item in made["generations"])


@contextmanager
def _worker(server: RealServer, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A worker beside a server, and where it answers."""
    folder.mkdir()
    worker = subprocess.Popen(
        [sys.executable, "-m", "lipwright.cli", "worker", "--data-dir", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=server.environment,
        cwd=folder,
        text=True,
    )
    assert worker.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(worker.stdout, selectors.EVENT_READ)
        assert selector.select(60), "the worker says nothing"
        url = re.search(r"http://\S+:\d+", worker.stdout.readline())
    assert url is not None
    try:
        yield worker, url.group()
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def _metric(url: str, name: str) -> float:
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return next((float(line.removeprefix(name)) for line in lines if line.startswith(name)), 0.0)


def _completed(database_url: str) -> list[str]:
    engine = sa.create_engine(sa.make_url(database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        query = "select generation_id from lw_event where type = 'generation.completed'"
        found = [str(row[0]) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return found
