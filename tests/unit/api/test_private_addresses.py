"""URLs into the server's own network: refused when they are handed in, with the field."""

from pathlib import Path
from typing import Any

import pytest

from tests.served import REQUEST, Served, served

HOSTS = ("127.0.0.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "[::]", "0.0.0.0", "localhost")
URL = "http://127.0.0.1/x"


@pytest.mark.parametrize("field", ["video_url", "audio_url", "webhook_url"])
def test_private_address_is_refused_at_once(server: Served, field: str) -> None:
    """Waiting for a delivery that is never made helps nobody."""
    for host in HOSTS:
        answer = server.client.post("/v2/generate", {**REQUEST, field: f"http://{host}/x"})
        assert answer.status_code == 400
        assert answer.json()["message"].startswith(f"{field}: expected a public address")
    assert server.parts.queue.generations == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"generations": [REQUEST], "webhook_url": URL}, "webhook_url"),
        ({"generations": [REQUEST, {**REQUEST, "webhook_url": URL}]}, "generations[1].webhook_url"),
        ({"generations": [{**REQUEST, "video_url": URL}]}, "generations[0].video_url"),
    ],
)
def test_batch_with_a_private_address_is_refused(server: Served, body: dict[str, Any], field: str) -> None:
    answer = server.client.post("/v2/batch", body)
    assert (answer.status_code, answer.json()["message"].split(": ")[0]) == (400, field)
    assert server.client.get("/v2/batch").json()["total"] == 0


def test_endpoint_with_a_private_address_is_refused(server: Served) -> None:
    answer = server.client.post("/v2/webhooks", {"url": URL})
    assert (answer.status_code, answer.json()["message"].split(": ")[0]) == (400, "url")
    made = server.client.post("/v2/webhooks", {"url": "https://example.com/hook"}).json()
    changed = server.client.patch(f"/v2/webhooks/{made['id']}", {"url": URL})
    assert (changed.status_code, changed.json()["message"].split(": ")[0]) == (400, "url")
    assert server.client.get(f"/v2/webhooks/{made['id']}").json()["url"] == made["url"]


def test_settings_can_allow_private_addresses(database_file: Path, tmp_path: Path) -> None:
    open_ = {"allow_private": True}
    with served(database_file, tmp_path, fetch=open_, webhooks=open_) as server:
        body = {**REQUEST, "video_url": URL, "webhook_url": URL}
        assert server.client.post("/v2/generate", body).status_code == 201
        assert server.client.post("/v2/webhooks", {"url": URL}).status_code == 201
