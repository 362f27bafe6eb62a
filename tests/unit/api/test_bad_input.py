"""Requests that make no sense: always 400 with the field, never 422 or 500."""

import json
from typing import Any

import pytest

from lipwright.api.requests import MAX_BODY_BYTES
from tests.served import REQUEST, Client, Served

LONG = "x" * 10_001


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"model": "lipsync-3"}, "model"),
        ({"model": None}, "model"),
        ({"model": 2}, "model"),
        ({"model": ["lipsync-2"]}, "model"),
        ({"model": {"$ref": "x"}}, "model"),
        ({"model": LONG}, "model"),
        ({"video_url": LONG}, "video_url"),
        ({"video_url": "https://example.com/" + LONG}, "video_url"),
        ({"audio_url": "https://example.com/" + LONG}, "audio_url"),
        ({"webhook_url": "https://example.com/" + LONG}, "webhook_url"),
        ({"video_url": None, "video_asset_id": LONG}, "video_asset_id"),
        ({"audio_url": None, "audio_asset_id": LONG}, "audio_asset_id"),
        ({"audio_url": None, "audio_asset_id": ""}, "audio_asset_id"),
        ({"audio_url": None, "audio_asset_id": "a\0b"}, "audio_asset_id"),
        ({"video_url": ""}, "video_url"),
        ({"video_url": 5}, "video_url"),
        ({"video_url": "clip.mp4"}, "video_url"),
        ({"video_url": "file:///etc/passwd"}, "video_url"),
        ({"video_url": "http://"}, "video_url"),
        ({"video_url": "http://[::1"}, "video_url"),
        ({"video_url": "http://a:99999/"}, "video_url"),
        ({"video_url": "https://example.com/a b"}, "video_url"),
        ({"video_url": "https://example.com/\ud800"}, "video_url"),
        ({"video_url": "https://example.com/\0"}, "video_url"),
        ({"webhook_url": "ftp://example.com"}, "webhook_url"),
        ({"webhook_url": "javascript:alert(1)"}, "webhook_url"),
        ({"synergize": "true"}, "synergize"),
        ({"synergize": 1}, "synergize"),
        ({"active_speaker_detection": True}, "active_speaker_detection"),
        ({"active_speaker_detection": {"frame_number": 0}}, "coordinates"),
        ({"active_speaker_detection": {"frame_number": -1, "coordinates": [1, 1]}}, "frame_number"),
        ({"active_speaker_detection": {"frame_number": 0, "coordinates": ["1", 1]}}, "coordinates"),
        ({"active_speaker_detection": {"bounding_boxes": []}}, "bounding_boxes"),
        ({"active_speaker_detection": {"bounding_boxes": [[9, 0, 5, 5]]}}, "bounding_boxes[0]"),
        ({"active_speaker_detection": {"bounding_boxes": [None]}, "synergize": True}, "synergize"),
        ({"max_face_resolution": "512"}, "max_face_resolution"),
        ({"max_face_resolution": 0}, "max_face_resolution"),
        ({"max_face_resolution": -1}, "max_face_resolution"),
        ({"max_face_resolution": 10**30}, "max_face_resolution"),
        ({"max_face_resolution": 100.5}, "max_face_resolution"),
        ({"max_face_resolution": True}, "max_face_resolution"),
        ({"output_format": "avi"}, "output_format"),
        ({"output_format": "MP4"}, "output_format"),
        ({"sync_mode": "stretch"}, "sync_mode"),
        ({"model_mode": "hands"}, "model_mode"),
        ({"prompt": "bored"}, "prompt"),
        ({"prompt": "Happy"}, "prompt"),
        ({"prompt": ["happy"]}, "prompt"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**40}, "seed"),
        ({"seed": "1"}, "seed"),
        ({"video_asset_id": "ast_x"}, "video_asset_id"),  # both
        ({"audio_asset_id": "ast_x"}, "audio_asset_id"),
        ({"video_url": None}, "video_asset_id"),  # neither
        ({"audio_url": None}, "audio_asset_id"),
    ],
)
def test_wrong_value_is_refused_with_its_field(server: Served, changes: dict[str, Any], field: str) -> None:
    body = json.dumps({**REQUEST, **changes})  # surrogates as escapes, which JSON allows
    answer = server.client.post("/v2/generate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert field in answer.json()["message"]
    assert len(answer.json()["message"]) < 600  # a long value is not repeated in full
    assert server.parts.queue.generations == []


@pytest.mark.parametrize(
    ("detection", "message"),
    [
        (
            {"bounding_boxes": [[0, 0, 9]]},
            "active_speaker_detection.bounding_boxes[0]: expected at least 4 items, found 3",
        ),
        (
            {"frame_number": 0, "coordinates": [1, 2, 3]},
            "active_speaker_detection.coordinates: expected at most 2 items, found 3",
        ),
    ],
)
def test_wrong_number_of_values_is_said_as_found(
    client: Client, detection: dict[str, Any], message: str
) -> None:
    """In our words, not in those of the library that counts."""
    answer = client.post("/v2/generate", {**REQUEST, "active_speaker_detection": detection})
    assert answer.status_code == 400
    assert answer.json()["message"] == message


def test_unknown_model_is_refused_with_those_that_run(client: Client) -> None:
    """No model is ever an alias of another."""
    running = [one["id"] for one in client.get("/v2/models").json()["models"]]
    assert running
    for answer in (
        client.post("/v2/generate", {**REQUEST, "model": "sync-4"}),
        client.get("/v2/generate/estimate-cost", params={"model": "sync-4", "duration": 1}),
    ):
        assert answer.status_code == 400
        assert all(one in answer.json()["message"] for one in running)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b'{"model": NaN}',
        b'{"video_url": "\xff\xfe"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b'{"seed": ' + b"9" * 5000 + b"}",
    ],
)
def test_body_that_is_no_request_is_refused(client: Client, content: bytes) -> None:
    for path in ("/v2/generate", "/v2/batch", "/v2/webhooks"):
        answer = client.post(path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", None],
)
def test_body_of_another_type_is_refused_with_the_right_one(client: Client, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = client.post("/v2/generate", content=json.dumps(REQUEST), headers=headers)
    assert answer.status_code == 400
    assert "application/json" in answer.json()["message"]


def test_body_over_the_limit_is_refused(client: Client) -> None:
    answer = client.post(
        "/v2/generate", content=b" " * (MAX_BODY_BYTES + 1), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/v2/generate", "/v2/batch", "/v2/assets", "/v2/webhooks/deliveries"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", "1.5"),
        ("limit", ""),
        ("limit", "9" * 40),
        ("offset", "-1"),
        ("offset", "9" * 40),
        ("offset", "x"),
    ],
)
def test_page_outside_the_limits_is_refused(client: Client, path: str, name: str, value: str) -> None:
    answer = client.get(path, params={name: value})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/v2/generate", "status"), ("/v2/assets", "type"), ("/v2/webhooks/deliveries", "status")],
)
def test_unknown_filter_value_is_refused(client: Client, path: str, name: str) -> None:
    answer = client.get(path, params={name: "COMPLETED"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{name}: expected ")


@pytest.mark.parametrize("missing", ["model", "duration"])
def test_estimate_needs_both_parameters(client: Client, missing: str) -> None:
    params = {"model": "lipsync-2", "duration": "1"}
    del params[missing]
    answer = client.get("/v2/generate/estimate-cost", params=params)
    assert answer.status_code == 400
    assert answer.json()["message"] == f"{missing}: is missing"


def test_unknown_fields_are_ignored(client: Client) -> None:
    """Newer clients may send what this server does not know yet."""
    assert client.post("/v2/generate", {**REQUEST, "temperature": 0.5}).status_code == 201


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/generate/%00", 404),
        ("/v2/batch/%00", 404),
        ("/v2/webhooks/deliveries?webhook_id=%00", 400),
        ("/native/v2/generations?ids=gen_%00", 400),
        ("/native/v2/generations?cursor=%00", 400),
    ],
)
def test_nul_in_an_address_never_gets_to_the_database(
    server: Served, path: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL refuses to look for it, which would be a defect of ours."""
    server.client.get("/v2/models")  # the key is known from now on
    monkeypatch.setattr(server.parts.database, "read", None)
    answer = server.client.get(path)
    assert answer.status_code == status
    assert "%00" in answer.json()["message"]
