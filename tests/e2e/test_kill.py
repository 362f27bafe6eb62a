"""Nothing that was accepted is lost or done twice, however often the server is killed."""

import random
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.footage import Footage
from tests.real_server import RealServer, ended, until

N_JOBS = 32
N_KILLS = 5
SEED = 20_260_101


def test_every_accepted_job_is_done_exactly_once(short_footage: Footage, tmp_path: Path) -> None:
    """Five times kill -9 at random moments of a batch; each restart goes on, and accepts one more."""
    chance = random.Random(SEED)
    server = RealServer(tmp_path / "data", log_level="warning")
    with closing(server):
        with server.start() as client:
            ids = []
            for path in (short_footage.video, short_footage.audio):
                answer = client.post("/v2/assets", files={"file": (path.name, path.read_bytes())})
                ids.append(answer.raise_for_status().json()["id"])
            order = {"model": "lipsync-1.9", "video_asset_id": ids[0], "audio_asset_id": ids[1]}
            batch = client.post("/v2/batch", json={"generations": [order] * N_JOBS}).raise_for_status().json()
            accepted = [item["id"] for item in batch["generations"]]
            _kill_soon(server, chance)
        for _ in range(N_KILLS - 1):
            with server.start() as client:
                accepted.append(client.post("/v2/generate", json=order).raise_for_status().json()["id"])
                _kill_soon(server, chance)
        with server.start() as client:
            done = ended(client, f"/v2/batch/{batch['id']}", 300)
            assert (done["status"], done["total"], done["completed"], done["failed"]) == (
                "completed",
                N_JOBS,
                N_JOBS,
                0,
            )
            states = [ended(client, f"/v2/generate/{one}")["status"] for one in accepted]
            assert states == ["completed"] * len(accepted)
            _check_done_once(server, accepted, batch["id"])
        assert server.terminate() == 0


def _kill_soon(server: RealServer, chance: random.Random) -> None:
    """Within the next few jobs, which are at every stage then, or before the first."""
    wanted = _n_done(server) + chance.randrange(5)
    until(lambda: _n_done(server) >= wanted)
    time.sleep(chance.uniform(0.0, 0.5))
    server.kill()


def _n_done(server: RealServer) -> int:
    return int(server.rows("select count(*) from lw_generation where status = 'completed'")[0][0])


def _check_done_once(server: RealServer, accepted: list[str], batch_id: str) -> None:
    said = "select generation_id from lw_event where type = 'generation.completed'"
    assert Counter(row[0] for row in server.rows(said)) == Counter(accepted)
    for kind in ("failed", "cancelled"):
        assert server.rows(f"select 1 from lw_event where type = 'generation.{kind}'") == []
    assert server.rows("select batch_id from lw_event where type = 'batch.completed'") == [(batch_id,)]
    assert server.rows("select count(*) from lw_generation") == [(len(accepted),)]
    results = server.folder / "blobs" / "generations"
    assert sorted(path.name for path in results.iterdir()) == sorted(accepted)
    for folder in results.iterdir():
        assert sorted(path.name for path in folder.iterdir()) == ["output.mp4", "report.json"]
    assert server.left_behind() == []
