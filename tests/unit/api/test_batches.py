"""/v2/batch, as a client meets it."""

from pathlib import Path

import pytest

from lipwright.app.settings import Plan
from lipwright.store.events import Events
from tests.served import REQUEST, Client, Served, served
from tests.unit.api.test_generations import complete


def test_all_jobs_of_a_batch_are_accepted_in_their_order(server: Served) -> None:
    wanted = [{**REQUEST, "seed": seed} for seed in range(3)]
    made = server.client.post("/v2/batch", {"generations": wanted}).json()
    assert (made["status"], made["total"], made["completed"], made["failed"]) == ("pending", 3, 0, 0)
    assert [one["seed"] for one in made["generations"]] == [0, 1, 2]
    assert {one["batch_id"] for one in made["generations"]} == {made["id"]}
    assert server.parts.queue.generations == [one["id"] for one in made["generations"]]


def test_batch_of_500_is_accepted_and_of_501_refused(client: Client) -> None:
    most = client.post("/v2/batch", {"generations": [REQUEST] * 500})
    assert (most.status_code, most.json()["total"]) == (201, 500)
    over = client.post("/v2/batch", {"generations": [REQUEST] * 501})
    assert over.status_code == 400
    assert "generations" in over.json()["message"]


def test_plan_may_allow_fewer(database_file: Path, tmp_path: Path) -> None:
    with served(database_file, tmp_path, plans={"default": Plan(max_batch=2)}) as server:
        answer = server.client.post("/v2/batch", {"generations": [REQUEST] * 3})
        assert answer.status_code == 400
        assert "at most 2" in answer.json()["message"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": "sync-99"}, "generations[1].model"),
        ({"video_url": None}, "generations[1]"),
        ({"video_url": "ftp://example.com/x"}, "generations[1].video_url"),
        ({"audio_url": None, "audio_asset_id": "ast_none"}, "generations[1].audio_asset_id"),
    ],
)
def test_one_wrong_item_refuses_the_whole_batch_and_is_named(
    server: Served, wrong: dict[str, str | None], said: str
) -> None:
    answer = server.client.post("/v2/batch", {"generations": [REQUEST, {**REQUEST, **wrong}]})
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert server.client.get("/v2/generate").json()["total"] == 0
    assert server.client.get("/v2/batch").json()["total"] == 0


def test_status_follows_from_the_items(server: Served) -> None:
    made = server.client.post("/v2/batch", {"generations": [REQUEST] * 2}).json()
    first, second = (one["id"] for one in made["generations"])
    complete(server, first)
    halfway = server.client.get(f"/v2/batch/{made['id']}").json()
    assert (halfway["status"], halfway["completed"], halfway["completed_at"]) == ("processing", 1, None)
    server.client.post(f"/v2/generate/{second}/cancel")
    ended = server.client.get(f"/v2/batch/{made['id']}").json()
    assert (ended["status"], ended["completed"], ended["failed"]) == ("partially_failed", 1, 1)
    assert ended["completed_at"] is not None
    assert [one["status"] for one in ended["generations"]] == ["completed", "failed"]


def test_end_of_a_batch_is_announced_once(server: Served) -> None:
    wanted = {"generations": [REQUEST] * 2, "webhook_url": "https://example.com/hook"}
    made = server.client.post("/v2/batch", wanted).json()
    for one in made["generations"]:
        server.client.post(f"/v2/generate/{one['id']}/cancel")
    with server.parts.database.read() as connection:
        events = Events(connection).after(server.account.id, batch_id=made["id"])
    (ended,) = [event for event in events if event.type == "batch.completed"]
    assert ended.data == {"status": "failed", "total": 2, "completed": 0, "failed": 2}
    assert len(server.parts.queue.deliveries) == 1


def test_list_has_batches_without_their_generations(client: Client) -> None:
    """Twenty batches of five hundred would be a page of ten thousand."""
    ids = [client.post("/v2/batch", {"generations": [REQUEST]}).json()["id"] for _ in range(3)]
    page = client.get("/v2/batch", params={"limit": 2}).json()
    assert [one["id"] for one in page["batches"]] == [ids[2], ids[1]]
    assert (page["total"], page["has_more"]) == (3, True)
    assert "generations" not in page["batches"][0]


@pytest.mark.parametrize(
    "body", [{}, {"generations": []}, {"generations": {}}, {"generations": [1]}, [], None]
)
def test_batch_needs_a_list_of_generations(client: Client, body: object) -> None:
    assert client.post("/v2/batch", body).status_code == 400


def test_unknown_batch_is_not_found(client: Client) -> None:
    assert client.get("/v2/batch/bat_none").status_code == 404


@pytest.mark.parametrize("count", [1, 2])
def test_wrong_asset_is_named_with_its_place(client: Client, count: int) -> None:
    """Also in a batch of one: the field is that of the request, not of another one."""
    wrong = {"video_asset_id": "ast_none", "audio_url": REQUEST["audio_url"], "model": "lipsync-2"}
    answer = client.post("/v2/batch", {"generations": [REQUEST] * (count - 1) + [wrong]})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"generations[{count - 1}].video_asset_id: ")
