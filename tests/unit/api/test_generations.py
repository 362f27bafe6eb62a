"""/v2/generate, as a client meets it."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.app.settings import DEFAULT_PLAN
from lipwright.app.workplace import Workplace
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from tests.served import REQUEST, Client, Served

REPORT = {
    "output": "/srv/work/output.mp4",
    "model": "lipsync-2",
    "sync_mode": "bounce",
    "width": 640,
    "height": 360,
    "fps": "25",
    "n_frames": 50,
    "duration": 2.0,
    "frames_touched": 40,
    "faces": [
        {
            "track_id": 0,
            "first_frame": 0,
            "last_frame": 49,
            "is_speaker": True,
            "frames_touched": 40,
            "donors_used": 12,
        }
    ],
    "curves": [],
    "stage_seconds": {"render": 1.5},
    "notes": [],
}


def make(client: Client, **changes: Any) -> dict[str, Any]:
    response = client.post("/v2/generate", {**REQUEST, **changes})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def complete(server: Served, generation_id: str, seconds: float = 2.0) -> None:
    """What a worker does at the end."""
    folder = f"generations/{generation_id}"
    server.parts.blobs.put_bytes(f"{folder}/output.mp4", b"0123456789")
    server.parts.blobs.put_bytes(f"{folder}/report.json", json.dumps(REPORT).encode())
    with server.parts.database.begin() as connection:
        generations = Generations(connection)
        generations.set_processing(generation_id)
        generations.complete(
            generation_id,
            output_key=f"{folder}/output.mp4",
            report_key=f"{folder}/report.json",
            duration_seconds=seconds,
            cost=Decimal("0.1"),
        )


def test_accepted_generation_is_pending_and_in_the_queue(server: Served) -> None:
    made = make(server.client)
    assert made["status"] == "pending"
    assert made["model"] == "lipsync-2"
    assert datetime.fromisoformat(made["created_at"]).tzinfo is not None
    for name in ("completed_at", "video_url", "error", "cost"):
        assert made[name] is None
    assert "duration_seconds" not in made  # a number, once it is known
    assert server.parts.queue.generations == [made["id"]]


def test_defaults_are_those_of_the_contract(client: Client) -> None:
    made = make(client)
    assert (made["output_format"], made["sync_mode"], made["seed"]) == ("mp4", "bounce", 0)


def test_null_is_the_same_as_absent(client: Client) -> None:
    optional = ("video_asset_id", "audio_asset_id", "webhook_url", "synergize", "max_face_resolution")
    made = make(client, **dict.fromkeys((*optional, "output_format", "sync_mode", "seed")))
    assert (made["output_format"], made["sync_mode"], made["seed"]) == ("mp4", "bounce", 0)


def test_stills_move_unless_that_is_turned_off(server: Served) -> None:
    ids = [
        make(server.client, **wanted)["id"] for wanted in ({}, {"idle_motion": None}, {"idle_motion": False})
    ]
    with server.parts.database.read() as connection:
        kept = [Generations(connection).get(server.account.id, each).params["idle_motion"] for each in ids]
    assert kept == [True, True, False]


def test_everything_that_was_asked_for_is_kept(server: Served) -> None:
    wanted = {
        "webhook_url": "https://example.com/hook",
        "synergize": True,
        "max_face_resolution": 256,
        "output_format": "webm",
        "sync_mode": "loop",
        "seed": 7,
        "idle_motion": False,
        "model_mode": "head",
        "prompt": "happy",
    }
    made = make(server.client, **wanted)
    with server.parts.database.read() as connection:
        kept = Generations(connection).get(server.account.id, made["id"])
    urls = {"video_url": REQUEST["video_url"], "audio_url": REQUEST["audio_url"]}
    assert kept.params == {**urls, "video_asset_id": None, "audio_asset_id": None, **wanted}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"auto_detect": True}, (True, None)),
        ({"frame_number": 2, "coordinates": [5, 6.5]}, (False, {"frame_number": 2, "coordinates": [5, 6.5]})),
        ({"bounding_boxes": [[0, 0, 9, 9], None]}, (False, {"bounding_boxes": [[0, 0, 9, 9], None]})),
    ],
)
def test_a_chosen_face_is_kept_for_the_work(
    server: Served, asked: dict[str, Any], kept: tuple[bool, dict[str, Any] | None]
) -> None:
    """The compute process is told the same; automatic choice is what synergize asks for."""
    made = make(server.client, active_speaker_detection=asked)
    with server.parts.database.read() as connection:
        row = Generations(connection).get(server.account.id, made["id"])
    assert row.params["synergize"] is kept[0]
    choice = row.params.get("face_choice")
    assert (choice and {name: choice[name] for name in asked}) == kept[1]
    job = Workplace(server.parts.settings).job(row, DEFAULT_PLAN)
    assert job.to_render().face_choice == FaceChoice.from_dict(asked)


@pytest.mark.parametrize("name", ["lipsync-1.9", "lipsync-1.9.0", "lipsync-1.9.0-beta"])
def test_longer_names_of_a_model_mean_the_contract_s(client: Client, name: str) -> None:
    assert make(client, model=name)["model"] == "lipsync-1.9"


def test_generation_says_its_place_in_the_queue(client: Client) -> None:
    first, second = make(client), make(client)
    assert first["queue_position"] == 0
    assert client.get(f"/v2/generate/{second['id']}").json()["queue_position"] in {0, 1}


def test_pages_are_newest_first_with_totals(client: Client) -> None:
    ids = [make(client)["id"] for _ in range(5)]
    page = client.get("/v2/generate", params={"limit": 2, "offset": 1}).json()
    assert [one["id"] for one in page["generations"]] == [ids[3], ids[2]]
    assert (page["total"], page["has_more"]) == (5, True)
    last = client.get("/v2/generate", params={"limit": 2, "offset": 3}).json()
    assert [one["id"] for one in last["generations"]] == [ids[1], ids[0]]
    assert last["has_more"] is False
    beyond = client.get("/v2/generate", params={"offset": 50}).json()
    assert (beyond["generations"], beyond["total"], beyond["has_more"]) == ([], 5, False)


def test_page_has_twenty_unless_asked_otherwise(client: Client) -> None:
    client.post("/v2/batch", {"generations": [REQUEST] * 30})
    assert len(client.get("/v2/generate").json()["generations"]) == 20


def test_pages_can_be_of_one_status(server: Served) -> None:
    made, _ = make(server.client), make(server.client)
    complete(server, made["id"])
    page = server.client.get("/v2/generate", params={"status": "completed"}).json()
    assert [one["id"] for one in page["generations"]] == [made["id"]]
    assert page["total"] == 1


def test_completed_generation_has_a_link_that_works_without_a_key(server: Served) -> None:
    made = make(server.client)
    complete(server, made["id"])
    shown = server.client.get(f"/v2/generate/{made['id']}").json()
    assert (shown["status"], shown["duration_seconds"], shown["cost"]) == ("completed", 2.0, 0.1)
    assert shown["completed_at"] is not None
    assert shown["progress"] == 1.0
    download = server.nobody.get(shown["video_url"])
    assert (download.status_code, download.content) == (200, b"0123456789")
    assert download.headers["content-type"] == "video/mp4"


def test_failed_generation_says_why_and_costs_nothing(server: Served) -> None:
    made = make(server.client)
    with server.parts.database.begin() as connection:
        Generations(connection).fail(made["id"], error="no face", error_code="generation_no_face")
    shown = server.client.get(f"/v2/generate/{made['id']}").json()
    assert (shown["status"], shown["error"], shown["error_code"]) == (
        "failed",
        "no face",
        "generation_no_face",
    )
    assert shown["cost"] == 0
    assert shown["video_url"] is None


def test_cost_is_estimated_from_the_price_of_a_second(client: Client) -> None:
    answer = client.get("/v2/generate/estimate-cost", params={"model": "lipsync-2", "duration": 12.5})
    assert answer.json() == {
        "estimated_cost": 0.625,
        "model": "lipsync-2",
        "duration_seconds": 12.5,
        "cost_per_second": 0.05,
    }


@pytest.mark.parametrize("duration", ["0", "-1", "nan", "inf", "1e300", "ten", ""])
def test_estimate_needs_a_length_that_makes_sense(client: Client, duration: str) -> None:
    answer = client.get("/v2/generate/estimate-cost", params={"model": "lipsync-2", "duration": duration})
    assert answer.status_code == 400
    assert "duration" in answer.json()["message"]


def test_same_idempotency_key_and_body_give_the_same_generation(server: Served) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first, second = (server.client.post("/v2/generate", REQUEST, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert server.parts.queue.generations == [first.json()["id"]]


def test_defaults_said_and_left_out_are_the_same_body(client: Client) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = client.post("/v2/generate", REQUEST, headers=headers)
    second = client.post("/v2/generate", {**REQUEST, "output_format": "mp4"}, headers=headers)
    assert first.json()["id"] == second.json()["id"]


def test_same_idempotency_key_with_another_body_is_a_conflict(client: Client) -> None:
    headers = {"Idempotency-Key": "order-1"}
    client.post("/v2/generate", REQUEST, headers=headers)
    answer = client.post("/v2/generate", {**REQUEST, "seed": 1}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


def test_idempotency_keys_of_accounts_are_apart(server: Served) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = server.client.post("/v2/generate", REQUEST, headers=headers)
    second = server.stranger.post("/v2/generate", {**REQUEST, "seed": 1}, headers=headers)
    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", ["", "with space", "x" * 129, "ä"])
def test_idempotency_key_has_a_form(client: Client, key: str) -> None:
    answer = client.post("/v2/generate", REQUEST, headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["message"]


def test_cancelled_generation_fails_and_leaves_the_queue(server: Served) -> None:
    made = make(server.client)
    answer = server.client.post(f"/v2/generate/{made['id']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    assert answer.json()["error_code"] == "cancelled"
    assert server.parts.queue.generations == []


def test_generation_that_has_ended_cannot_be_cancelled(server: Served) -> None:
    made = make(server.client)
    complete(server, made["id"])
    assert server.client.post(f"/v2/generate/{made['id']}/cancel").status_code == 409
    assert server.client.get(f"/v2/generate/{made['id']}").json()["status"] == "completed"


def test_generation_is_not_deleted_before_it_has_ended(server: Served) -> None:
    made = make(server.client)
    assert server.client.delete(f"/v2/generate/{made['id']}").status_code == 409
    with server.parts.database.begin() as connection:
        Generations(connection).set_processing(made["id"])
    assert server.client.delete(f"/v2/generate/{made['id']}").status_code == 409


def test_deleted_generation_is_gone_with_its_files(server: Served) -> None:
    made = make(server.client)
    complete(server, made["id"])
    link = server.client.get(f"/v2/generate/{made['id']}").json()["video_url"]
    answer = server.client.delete(f"/v2/generate/{made['id']}")
    assert answer.json() == {"id": made["id"], "deleted": True}
    assert server.client.get(f"/v2/generate/{made['id']}").status_code == 404
    assert server.nobody.get(link).status_code == 404
    assert server.parts.blobs.keys("generations") == []


def test_report_is_json_or_a_page(server: Served) -> None:
    made = make(server.client)
    complete(server, made["id"])
    path = f"/v2/generate/{made['id']}/report"
    report = server.client.get(path)
    # where it lay is our business
    off = {"status": "off", "why": "the request did not ask for it"}
    assert report.json() == {**REPORT, "output": f"{made['id']}.mp4", "measured": off}
    page = server.client.get(path, headers={"accept": "text/html,application/json;q=0.9"})
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.startswith("<!DOCTYPE html>")


def test_there_is_no_report_before_the_end(client: Client) -> None:
    answer = client.get(f"/v2/generate/{make(client)['id']}/report")
    assert answer.status_code == 404
    assert "pending" in answer.json()["message"]


@pytest.mark.parametrize("generation_id", ["gen_none", "x" * 5000, "%00", "ü", "null", "estimate-costs"])
def test_unknown_id_is_not_found(client: Client, generation_id: str) -> None:
    for method, suffix in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("GET", "/report"),
        ("GET", "/events"),
    ):
        assert client.request(method, f"/v2/generate/{generation_id}{suffix}").status_code == 404


def test_creation_is_an_event(server: Served) -> None:
    made = make(server.client)
    with server.parts.database.read() as connection:
        (event,) = Events(connection).after(server.account.id, generation_id=made["id"])
    assert event.type == "generation.created"
    assert event.data["status"] == "pending"
