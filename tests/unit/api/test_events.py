"""Server-sent events of a generation."""

import json
import threading
from typing import Any

import httpx
import pytest

from lipwright.api.app import end_streams
from lipwright.api.contract import generations
from lipwright.errors import LimitError
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from tests.real_server import until
from tests.served import REQUEST, Client, Served


def told(text: str) -> list[dict[str, Any]]:
    """The events of a stream."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append({"seq": int(fields["id"]), "event": fields["event"], **json.loads(fields["data"])})
    return found


def cancelled(client: Client) -> str:
    made: str = client.post("/v2/generate", REQUEST).json()["id"]
    client.post(f"/v2/generate/{made}/cancel")
    return made


def test_stream_tells_everything_from_the_beginning_and_ends(client: Client) -> None:
    answer = client.get(f"/v2/generate/{cancelled(client)}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    events = told(answer.text)
    assert [event["type"] for event in events] == ["generation.created", "generation.cancelled"]
    assert [event["event"] for event in events] == [event["type"] for event in events]
    assert events[-1]["data"]["error_code"] == "cancelled"


def test_stream_goes_on_after_the_last_event_that_was_seen(client: Client) -> None:
    path = f"/v2/generate/{cancelled(client)}/events"
    first, last = told(client.get(path).text)
    again = client.get(path, headers={"Last-Event-ID": str(first["seq"])})
    assert [event["seq"] for event in told(again.text)] == [last["seq"]]


def test_stream_that_was_seen_to_its_end_tells_browsers_to_stay_away(client: Client) -> None:
    """They come back for ever after a stream has ended; 204 stops them."""
    path = f"/v2/generate/{cancelled(client)}/events"
    last = told(client.get(path).text)[-1]["seq"]
    assert client.get(path, headers={"Last-Event-ID": str(last)}).status_code == 204


@pytest.mark.parametrize("seen", ["", "abc", "-1", "9" * 50, "²"])
def test_number_that_is_none_of_ours_is_ignored_or_beyond(client: Client, seen: str) -> None:
    path = f"/v2/generate/{cancelled(client)}/events"
    answer = client.get(path, headers={"Last-Event-ID": seen.encode()})
    assert len(told(answer.text)) == 2


def test_stream_brings_what_happens_while_it_is_open(server: Served) -> None:
    made = server.client.post("/v2/generate", REQUEST).json()["id"]
    generation_id, account_id = made, server.account.id

    def work() -> None:
        with server.parts.database.begin() as connection:
            Generations(connection).set_processing(generation_id, stage="analyse")
            Events(connection).add(
                account_id, "generation.processing", {"stage": "analyse"}, generation_id=generation_id
            )
        with server.parts.database.begin() as connection:
            Generations(connection).fail(generation_id, error="no face", error_code="x")
            Events(connection).add(
                account_id, "generation.failed", {"error": "no face"}, generation_id=generation_id
            )

    worker = threading.Timer(0.2, work)
    worker.start()
    events = told(server.client.get(f"/v2/generate/{made}/events").text)
    worker.join()
    kinds = ["generation.created", "generation.processing", "generation.failed"]
    assert [event["type"] for event in events] == kinds


def test_stream_ends_when_its_generation_is_deleted(server: Served) -> None:
    made = server.client.post("/v2/generate", REQUEST).json()["id"]

    def remove() -> None:
        with server.parts.database.begin() as connection:
            Generations(connection).fail(made, error="x", error_code="x")
            Generations(connection).delete(server.account.id, made)

    worker = threading.Timer(0.2, remove)
    worker.start()
    assert len(told(server.client.get(f"/v2/generate/{made}/events").text)) == 1
    worker.join()


def test_stream_ends_when_the_server_is_told_to_stop(server: Served) -> None:
    """It would keep the server from ending; browsers come back to the next one by themselves."""
    made = server.client.post("/v2/generate", REQUEST).json()["id"]
    timer = threading.Timer(0.2, end_streams, (server.app,))
    timer.start()
    answer = server.client.get(f"/v2/generate/{made}/events")
    assert [event["type"] for event in told(answer.text)] == ["generation.created"]


def is_full(server: Served, account_id: str) -> bool:
    try:
        server.app.state.stream_places.need(account_id, 1)
    except LimitError:
        return True
    return False


def test_account_has_so_many_streams(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is told to come back; others are not held up, and places are given back."""
    monkeypatch.setattr(generations, "MAX_STREAMS", 1)
    paths = []
    for client in (server.client, server.stranger):
        made = client.post("/v2/generate", REQUEST).json()["id"]
        paths.append(f"/v2/generate/{made}/events")
    answers: list[httpx.Response] = []
    open_ones = [
        threading.Thread(target=lambda client=client, path=path: answers.append(client.get(path)))
        for client, path in zip((server.client, server.stranger), paths, strict=True)
    ]
    for thread in open_ones:
        thread.start()
    until(lambda: is_full(server, server.account.id), 20)
    refused = server.client.get(paths[0])
    assert refused.status_code == 429
    assert refused.json()["error"] == "rate_limit_exceeded"
    assert int(refused.headers["retry-after"]) >= 1
    for client, path in zip((server.client, server.stranger), paths, strict=True):
        client.post(path.replace("events", "cancel"))
    for thread in open_ones:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert server.client.get(paths[0]).status_code == 200
