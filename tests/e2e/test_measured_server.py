"""A real server that measures its results after they are published."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.footage import Footage
from tests.real_server import RealServer, ended, until
from tests.unit.app.http_server import http_server, reply


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    server = RealServer(
        tmp_path / "data", slots=1, measure_results="all", webhooks__allow_private="true", log_level="info"
    )
    with closing(server):
        yield server


def test_results_are_measured_without_making_anyone_wait(server: RealServer, short_footage: Footage) -> None:
    """The webhook comes with the result; measuring survives kill -9 and holds up no stop."""
    mail: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        mail.append(_status(server, body.decode()))
        reply(handler, 204)

    with http_server(answer) as url:
        with server.start() as client:
            assets = _assets(client, short_footage)
            order = {"model": "lipsync-1.9", **assets, "webhook_url": f"{url}/hook"}
            batch = client.post("/v2/batch", json={"generations": [order] * 2}).raise_for_status().json()
            ids = [item["id"] for item in batch["generations"]]
            assert ended(client, f"/v2/batch/{batch['id']}")["completed"] == 2
            until(lambda: len(mail) == 2)
            assert "pending" in mail  # completed for everyone before it was measured
            _until_at_work(server)
            server.kill()
        with server.start() as client:
            _until_at_work(server)
            assert server.terminate() == 0
    with server.start() as client:
        for generation_id in ids:
            report = until(lambda: _measured(client, generation_id))  # noqa: B023 (called at once)
            assert any(gap is not None for gap in report["curves"][0]["rendered_gap_mm"])
            names = [figure["name"] for figure in report["figures"]]
            assert len(names) == len(set(names))
            assert {"mouth sharpness", "lip flicker", "sync offset", "rest in silence"} <= set(names)
        page = client.get(f"/v2/generate/{ids[0]}/report", headers={"accept": "text/html"}).text
        assert "measured on the result" in page
        until(lambda: server.left_behind() == [])
        assert client.delete(f"/v2/generate/{ids[0]}").is_success
        assert not list((server.folder / "blobs" / "generations").glob(f"{ids[0]}/*"))


def _assets(client: httpx.Client, footage: Footage) -> dict[str, str]:
    found = {}
    for kind, path in (("video", footage.video), ("audio", footage.audio)):
        kept = client.post("/v2/assets", files={"file": (path.name, path.read_bytes())})
        found[f"{kind}_asset_id"] = kept.raise_for_status().json()["id"]
    return found


def _status(server: RealServer, body: str) -> str:
    """How the measuring of the generation that a webhook tells of stands."""
    rows = server.rows("select id, measuring from lw_generation")
    return next(str(measuring) for generation_id, measuring in rows if generation_id in body)


def _until_at_work(server: RealServer) -> None:
    """A measuring has begun and has not ended."""
    query = "select count(*) from workflow_status where name = 'measure' and status = 'PENDING'"

    def is_at_work() -> bool:
        try:
            return bool(server.rows(query)[0][0])
        except sqlite3.OperationalError:  # the server is writing
            return False

    until(is_at_work)


def _measured(client: httpx.Client, generation_id: str) -> dict[str, Any] | None:
    report: dict[str, Any] = client.get(f"/v2/generate/{generation_id}/report").raise_for_status().json()
    assert report["measured"]["status"] in ("pending", "done")
    return report if report["measured"]["status"] == "done" else None
