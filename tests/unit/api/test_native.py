"""/native/v2, as the vendor's SDKs see it; tests with the SDK itself are beside this one."""

import errno
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipwright.store.generations import Generations
from tests.served import REQUEST, Client, Served
from tests.unit.api.media import PRETENDERS, sound, video
from tests.unit.api.test_assets import leftovers
from tests.unit.api.test_generations import complete

VIDEO = {"type": "video", "url": "https://example.com/clip.mp4"}
AUDIO = {"type": "audio", "url": "https://example.com/voice.wav"}
NATIVE = {"model": "lipsync-2", "input": [VIDEO, AUDIO]}


def create(client: Client, **changes: Any) -> dict[str, Any]:
    answer = client.post("/native/v2/generate", {**NATIVE, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_job_is_shown_in_the_words_of_the_sdk(client: Client) -> None:
    made = create(client, webhookUrl="https://example.com/hook", outputFileName="my_dub")
    assert (made["status"], made["model"], made["input"]) == ("PENDING", "lipsync-2", [VIDEO, AUDIO])
    assert made["createdAt"].endswith("Z")
    assert len(made["createdAt"]) == len("2026-01-02T03:04:05.678Z")
    assert (made["outputUrl"], made["outputDuration"], made["error"]) == (None, None, None)
    assert (made["webhookUrl"], made["outputFileName"]) == ("https://example.com/hook", "my_dub")


@pytest.mark.parametrize("asked", [True, False, None])
def test_a_request_says_whether_its_result_is_measured(server: Served, asked: bool | None) -> None:
    """An option of ours; what is not said is left to the server."""
    options = {"sync_mode": "loop"} if asked is None else {"measure_report": asked}
    made = create(server.client, options=options)
    with server.parts.database.read() as connection:
        kept = Generations(connection).get(server.account.id, made["id"]).params
    assert kept.get("measure_report") is asked


def test_whether_a_result_is_measured_is_yes_or_no(client: Client) -> None:
    answer = client.post("/native/v2/generate", {**NATIVE, "options": {"measure_report": "often"}})
    assert answer.status_code == 400
    assert "measure_report" in answer.text


def test_image_is_the_picture_of_a_model_that_takes_stills(client: Client) -> None:
    image = {"type": "image", "url": "https://example.com/portrait.png"}
    made = create(client, model="sync-3", input=[AUDIO, image])
    assert client.get(f"/v2/generate/{made['id']}").status_code == 200
    answer = client.post("/native/v2/generate", {"model": "lipsync-2", "input": [image, AUDIO]})
    assert answer.status_code == 400
    assert "input[0]: expected a video for lipsync-2, found an image; choose sync-3" in answer.text


def test_job_can_be_read_through_either_mount(client: Client) -> None:
    """One job, two ways to say it."""
    native, ours = create(client), client.post("/v2/generate", REQUEST).json()
    assert client.get(f"/v2/generate/{native['id']}").json()["status"] == "pending"
    for path in ("generate", "generations"):
        assert client.get(f"/native/v2/{path}/{ours['id']}").json()["status"] == "PENDING"


def test_completed_job_comes_with_its_output(server: Served) -> None:
    made = create(server.client, outputFileName="my_dub")
    complete(server, made["id"])
    done = server.client.get(f"/native/v2/generate/{made['id']}").json()
    assert done["status"] == "COMPLETED"
    answer = server.nobody.get(done["outputUrl"])
    assert answer.status_code == 200
    assert 'filename="my_dub.mp4"' in answer.headers["content-disposition"]


def test_failed_job_says_why_under_both_names(client: Client) -> None:
    made = create(client)
    client.post(f"/v2/generate/{made['id']}/cancel")
    failed = client.get(f"/native/v2/generate/{made['id']}").json()
    assert (failed["status"], failed["errorCode"], failed["error_code"]) == (
        "FAILED",
        "cancelled",
        "cancelled",
    )


@pytest.mark.parametrize(
    ("model", "shown", "kept"),
    [
        ("lipsync-1.9.0-beta", "lipsync-1.9.0-beta", "lipsync-1.9"),
        ("lipsync-1.9", "lipsync-1.9.0-beta", "lipsync-1.9"),
        ("lipsync-2", "lipsync-2", "lipsync-2"),
    ],
)
def test_models_have_the_names_of_each_dialect(client: Client, model: str, shown: str, kept: str) -> None:
    made = create(client, model=model)
    assert made["model"] == shown
    assert client.get(f"/v2/generate/{made['id']}").json()["model"] == kept


def test_options_are_taken_and_those_that_there_are_not_are_ignored(client: Client) -> None:
    """The vendor says so of options that a model does not have."""
    options = {
        "sync_mode": "loop",
        "model_mode": "head",
        "prompt": "happy",
        "output_format": "webm",
        "temperature": 0.7,
        "occlusion_detection_enabled": True,
        "active_speaker_detection": {"auto_detect": True},
        "pads": [0, 5, 0, 0],
    }
    made = create(client, options=options)
    kept = {"sync_mode": "loop", "output_format": "webm", "model_mode": "head", "prompt": "happy"}
    assert made["options"] == kept
    ours = client.get(f"/v2/generate/{made['id']}").json()
    assert {name: ours[name] for name in kept} == kept


@pytest.mark.parametrize("wanted", [True, False])
def test_an_option_of_ours_is_shown_to_those_who_asked_for_it(client: Client, wanted: bool) -> None:
    assert create(client, options={"measure_report": wanted})["options"]["measure_report"] is wanted
    assert "measure_report" not in create(client)["options"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "sync-9"}, "model"),
        ({"model": None}, "model"),
        ({"input": None}, "input"),
        ({"input": []}, "type video"),
        ({"input": [VIDEO]}, "type audio"),
        ({"input": [VIDEO, VIDEO, AUDIO]}, "found 2"),
        ({"input": [VIDEO, AUDIO, AUDIO]}, "found 2"),
        ({"input": [VIDEO, {"type": "text", "provider": {}}]}, "input[1].type"),
        ({"input": [{"type": "image", "url": "https://a/b"}, VIDEO, AUDIO]}, "type video or image"),
        ({"input": [{"type": "video"}, AUDIO]}, "input[0]"),
        ({"input": [{**VIDEO, "assetId": "ast_1"}, AUDIO]}, "found both"),
        ({"input": [{"type": "video", "assetId": "ast_none"}, AUDIO]}, "video_asset_id"),
        ({"input": [{**VIDEO, "url": "http://127.0.0.1/"}, AUDIO]}, "video_url"),
        ({"input": [{**VIDEO, "segments_secs": [[0, 1]]}, AUDIO]}, "segments_secs"),
        ({"options": {"sync_mode": "stretch"}}, "options.sync_mode"),
        (
            {"options": {"active_speaker_detection": {"frame_number": 1, "coordinates": [5]}}},
            "options.active_speaker_detection.coordinates",
        ),
        ({"options": {"model_mode": "hands"}}, "options.model_mode"),
        ({"options": {"prompt": "bored"}}, "options.prompt"),
        (
            {"options": {"active_speaker_detection": {"bounding_boxes_url": "https://a/b"}}},
            "options.active_speaker_detection.bounding_boxes_url",
        ),
        (
            {"options": {"active_speaker_detection": {"auto_detect": True, "bounding_boxes": [None]}}},
            "options.active_speaker_detection: expected one of",
        ),
        ({"webhookUrl": "http://10.0.0.1/"}, "webhook_url"),
        ({"webhookUrl": "nonsense"}, "webhookUrl"),
        ({"outputFileName": "../x"}, "outputFileName"),
    ],
)
def test_request_that_makes_no_sense_is_refused(server: Served, changes: dict[str, Any], said: str) -> None:
    answer = server.client.post("/native/v2/generate", {**NATIVE, **changes})
    assert answer.status_code == 400
    body = answer.json()
    assert said in body["message"]
    assert (body["statusCode"], body["error"]) == (400, "Bad Request")
    assert body["errorCode"] == body["error_code"] == "generation_input_validation_failed"
    assert server.parts.queue.generations == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b"model=lipsync-2"])
def test_body_that_is_no_request_is_refused(client: Client, content: bytes) -> None:
    """The last one is what the Python SDK sends for files without files."""
    for path in ("generate", "analyze/cost", "batch"):
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data"):
            answer = client.post(f"/native/v2/{path}", content=content, headers={"content-type": kind})
            assert answer.status_code == 400, (path, kind)


def test_files_in_the_request_become_assets(server: Served) -> None:
    """Named as nobody would, of a type that says nothing: the bytes decide."""
    files = {name: ("upload", content) for name, content in (("video", video()), ("audio", sound()))}
    fields = {"model": "lipsync-2", "options": '{"sync_mode": "loop"}'}
    answer = server.client.request("POST", "/native/v2/generate", files=files, data=fields)
    assert answer.status_code == 201, answer.text
    assert [set(item) for item in answer.json()["input"]] == [{"type", "assetId"}] * 2
    assert answer.json()["options"]["sync_mode"] == "loop"
    assert server.client.get("/v2/assets").json()["total"] == 2
    assert leftovers(server) == []


def test_file_takes_the_place_of_an_input_of_its_kind(client: Client) -> None:
    fields = {"model": "lipsync-2", "input": [json.dumps(VIDEO), json.dumps(AUDIO)]}
    files = {"audio": ("upload", sound())}
    made = client.request("POST", "/native/v2/generate", files=files, data=fields).json()
    assert made["input"][0] == VIDEO
    assert set(made["input"][1]) == {"type", "assetId"}


@pytest.mark.parametrize(
    ("fields", "content", "said"),
    [
        ({"model": "lipsync-2"}, PRETENDERS["text"], "video: expected"),
        ({"model": "lipsync-2"}, b"", "video: expected"),
        ({"model": "sync-9"}, video(), "model"),
        ({"model": "lipsync-2", "options": "{"}, video(), "options"),
        ({"model": "lipsync-2", "input": "{'type': 'video'}"}, video(), "input"),
        ({}, video(), "model"),
    ],
)
def test_form_that_makes_no_sense_is_refused_and_leaves_nothing(
    server: Served, fields: dict[str, str], content: bytes, said: str
) -> None:
    files = {"video": ("upload", content), "audio": ("upload", sound())}
    answer = server.client.request("POST", "/native/v2/generate", files=files, data=fields)
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert server.client.get("/v2/assets").json()["total"] == 0
    assert leftovers(server) == []


def test_form_over_the_limit_is_refused_and_leaves_nothing(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Larger files are uploaded first, and named by their asset."""
    monkeypatch.setattr("lipwright.api.requests.MAX_FORM_BYTES", 1000)
    files = {"video": ("upload", video()), "audio": ("upload", sound())}
    answer = server.client.request("POST", "/native/v2/generate", files=files, data={"model": "lipsync-2"})
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "file_size_exceeds_plan_limit")
    assert leftovers(server) == []


def test_form_to_a_full_disk_says_so(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("lipwright.api.native.forms._copied", full)
    files = {"video": ("upload", video()), "audio": ("upload", sound())}
    answer = server.client.request("POST", "/native/v2/generate", files=files, data={"model": "lipsync-2"})
    assert answer.status_code == 500
    assert "No space left" in answer.json()["message"]
    assert leftovers(server) == []


def test_form_of_a_sound_in_place_of_a_video_names_the_field(client: Client) -> None:
    files = {"video": ("upload", sound()), "audio": ("upload", sound(0.25))}
    answer = client.request("POST", "/native/v2/generate", files=files, data={"model": "lipsync-2"})
    assert answer.status_code == 400
    assert "expected an asset of type video" in answer.json()["message"]


def test_list_is_an_array_newest_first(client: Client) -> None:
    assert client.get("/native/v2/generations").json() == []
    ids = [create(client)["id"] for _ in range(3)]
    shown = client.get("/native/v2/generations").json()
    assert [one["id"] for one in shown] == ids[::-1]
    page = client.get("/native/v2/generations", params={"limit": 1, "cursor": ids[2]}).json()
    assert [one["id"] for one in page] == [ids[1]]
    assert client.get("/native/v2/generations", params={"cursor": "gen_none"}).status_code == 404


@pytest.mark.parametrize("query", ["ids={0}&ids={1}", 'ids=["{0}","{1}"]', "ids={0},{1}"])
def test_list_takes_ids_in_all_the_ways_in_which_clients_write_them(client: Client, query: str) -> None:
    ids = [create(client)["id"] for _ in range(3)]
    shown = client.get(f"/native/v2/generations?{query.format(*ids)}").json()
    assert {one["id"] for one in shown} == set(ids[:2])


def test_list_takes_statuses(client: Client) -> None:
    kept, cancelled = create(client), create(client)
    client.post(f"/v2/generate/{cancelled['id']}/cancel")
    for query, expected in (
        ("status=PENDING", [kept]),
        ('status="PENDING"', [kept]),
        ("status=FAILED&status=COMPLETED", [cancelled]),
        ('status=["PENDING","FAILED"]', [cancelled, kept]),
    ):
        shown = client.get(f"/native/v2/generations?{query}").json()
        assert [one["id"] for one in shown] == [one["id"] for one in expected]
    for wrong in ("status=pending", "status=[", "status=[5]", "ids=" + "x" * 1000, "limit=0"):
        assert client.get(f"/native/v2/generations?{wrong}").status_code == 400


def test_cost_is_that_of_the_measured_inputs(client: Client) -> None:
    ids = [client.upload(content).json()["id"] for content in (video(), sound(2.0))]
    body = {
        "model": "lipsync-2",
        "input": [{"type": kind, "assetId": one} for kind, one in zip(("video", "audio"), ids, strict=True)],
    }
    per_second = client.get("/v2/generate/estimate-cost?model=lipsync-2&duration=1").json()["cost_per_second"]
    (estimate,) = client.post("/native/v2/analyze/cost", body).json()
    assert estimate["estimatedFrameCount"] == 50
    assert estimate["estimatedGenerationCost"] == pytest.approx(2 * per_second)
    (cut,) = client.post("/native/v2/analyze/cost", {**body, "options": {"sync_mode": "cut_off"}}).json()
    assert cut["estimatedFrameCount"] == 10
    wrong = client.post("/native/v2/analyze/cost", {**body, "input": [VIDEO, {**AUDIO, "url": "http://0/"}]})
    assert (wrong.status_code, wrong.json()["message"].split(":")[0]) == (400, "audio_url")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["model", "input", "options", "segments", "webhookUrl", "outputFileName", "rows"])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changes=st.dictionaries(NAMES, JSON | st.lists(JSON), max_size=3), depth=st.sampled_from(range(3)))
def test_no_json_breaks_the_server(client: Client, changes: dict[str, Any], depth: int) -> None:
    """Whatever stands where: in the request, in one of its inputs, in its options."""
    whole = (
        {**NATIVE, **changes},
        {**NATIVE, "input": [{**VIDEO, **changes}, AUDIO], "options": changes},
        {**NATIVE, "options": {"active_speaker_detection": changes, **changes}},
    )[depth]
    content = json.dumps(whole)
    for path in ("generate", "batch"):
        headers = {"content-type": "application/json"}
        answer = client.post(f"/native/v2/{path}", content=content, headers=headers)
        assert answer.status_code in {201, 400, 429}, answer.text
    batch = json.dumps({"rows": [{"request_id": "r", "endpoint": "/v2/generate", "payload": whole}]})
    answer = client.post("/native/v2/batch", content=batch, headers={"content-type": "application/json"})
    assert answer.status_code in {201, 400, 429}, answer.text


def rows(*payloads: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"request_id": f"row-{number}", "endpoint": "/v2/generate", "payload": payload}
        for number, payload in enumerate(payloads)
    ]


def test_batch_comes_as_a_file_of_lines(client: Client) -> None:
    lines = "\n".join(json.dumps(row) for row in rows(NATIVE, {**NATIVE, "model": "lipsync-1.9.0-beta"}))
    files = {"input": ("batch.jsonl", io.BytesIO(lines.encode()))}
    checked = client.request("POST", "/native/v2/batch", files=files, data={"dry_run": "true"})
    assert checked.json() == {"status": "VALIDATED"}
    assert client.get("/native/v2/batch").json() == []
    files = {"input": ("batch.jsonl", io.BytesIO(lines.encode()))}
    data = {"dry_run": "false", "webhook_url": "https://example.com/hook"}
    made = client.request("POST", "/native/v2/batch", files=files, data=data)
    assert made.status_code == 201
    body = made.json()
    assert (body["status"], body["webhookUrl"]) == ("PENDING", data["webhook_url"])
    assert body["metrics"] == {
        "total_generations": 2,
        "success_count": 0,
        "failed_count": 0,
        "pending_count": 2,
    }
    assert client.get(f"/native/v2/batch/{body['id']}").json() == body
    assert client.get("/native/v2/batch").json() == [body]
    assert client.get("/native/v2/batch?status=COMPLETED").json() == []
    assert client.get("/native/v2/batch?created_before=2020-01-01T00:00:00.000Z").json() == []
    assert client.get("/native/v2/batch?created_after=2020-01-01T00:00:00Z").json() == [body]


def test_results_of_a_batch_are_lines_behind_a_link(server: Served) -> None:
    """In the order of the rows, each with the client's own name for it; there is no link before the end."""
    made = server.client.post("/native/v2/batch", {"rows": rows(NATIVE, NATIVE)}).json()
    assert made["outputUrl"] is None
    ids = server.parts.queue.generations
    complete(server, ids[0])
    server.client.post(f"/v2/generate/{ids[1]}/cancel")
    ended = server.client.get(f"/native/v2/batch/{made['id']}").json()
    assert (ended["status"], ended["metrics"]["failed_count"]) == ("COMPLETED", 1)
    answer = server.nobody.get(ended["outputUrl"])
    assert answer.status_code == 200
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["request_id"] for line in lines] == ["row-0", "row-1"]
    assert [line["generation"]["status"] for line in lines] == ["COMPLETED", "FAILED"]
    assert server.nobody.get(lines[0]["generation"]["outputUrl"]).status_code == 200
    assert server.nobody.get(ended["outputUrl"][:-3] + "AAA").status_code == 404
    token = ended["outputUrl"].rpartition("/")[2]
    assert server.nobody.get(f"/v2/files/{token}").status_code == 404
    file = lines[0]["generation"]["outputUrl"].rpartition("/")[2]
    assert server.nobody.get(f"/native/v2/results/{file}").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rows": []}, "rows: expected 1 to 500"),
        ({"rows": rows(*[NATIVE] * 501)}, "rows: expected 1 to 500"),
        ({"rows": [5]}, "rows[0]"),
        ({"rows": rows(NATIVE, {**NATIVE, "model": "x"})}, "rows[1].payload.model"),
        ({"rows": rows(NATIVE) * 2}, "rows[1].request_id"),
        ({"rows": [{**rows(NATIVE)[0], "endpoint": "/v2/other"}]}, "rows[0].endpoint"),
        ({}, "rows"),
    ],
)
def test_batch_that_makes_no_sense_is_refused(server: Served, body: dict[str, Any], said: str) -> None:
    answer = server.client.post("/native/v2/batch", body)
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert server.parts.queue.generations == []


def test_assets_come_in_pages_with_a_cursor(client: Client) -> None:
    ids = [client.upload(content).json()["id"] for content in (sound(0.5), video(), sound(0.25))]
    page = client.get("/native/v2/assets", params={"limit": 2}).json()
    assert [one["id"] for one in page["items"]] == [ids[2], ids[1]]
    assert page["totalCount"] == 3
    rest = client.get("/native/v2/assets", params={"limit": 2, "cursor": page["nextCursor"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["nextCursor"]) == ([ids[0]], None)
    videos = client.get('/native/v2/assets?types=["VIDEO"]').json()
    assert [one["type"] for one in videos["items"]] == ["VIDEO"]
    assert client.get("/native/v2/assets?types=IMAGE").json()["items"] == []
    one = client.get(f"/native/v2/assets/{ids[0]}").json()
    assert (one["type"], one["durationSeconds"], one["size"]) == ("AUDIO", 0.5, len(sound(0.5)))
    assert client.get("/native/v2/assets?cursor=x").status_code == 400


def test_models_are_an_array(client: Client) -> None:
    shown = client.get("/native/v2/models").json()
    ours = client.get("/v2/models").json()["models"]
    assert [one["id"].removesuffix(".0-beta") for one in shown] == [one["id"] for one in ours]
    assert {one["type"] for one in shown} <= {"lipsync", "react"}


def test_same_key_is_needed_and_accounts_are_apart(server: Served) -> None:
    made = create(server.client)
    denied = server.nobody.get(f"/native/v2/generate/{made['id']}")
    assert (denied.status_code, denied.json()["statusCode"]) == (401, 401)
    foreign = server.stranger.get(f"/native/v2/generate/{made['id']}")
    assert (foreign.status_code, foreign.json()["errorCode"]) == (404, "generation_not_found")
    assert server.stranger.get("/native/v2/generations").json() == []


def test_address_with_a_slash_too_many_works(server: Served) -> None:
    """The Python SDK makes one of a base URL that ends with a slash; the key is asked for all the same."""
    assert server.client.get("/native//v2/models").status_code == 200
    for path in ("//native/v2/models", "/native///v2//models", "//v2/models"):
        assert server.nobody.get(f"http://lipwright.test{path}").status_code == 401


def test_idempotency_key_is_known_here_too(client: Client) -> None:
    headers = {"idempotency-key": "order-1"}
    first, again = (client.post("/native/v2/generate", NATIVE, headers=headers) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    other = client.post("/native/v2/generate", {**NATIVE, "model": "lipsync-1.9"}, headers=headers)
    assert (other.status_code, other.json()["errorCode"]) == (409, "generation_conflict")
