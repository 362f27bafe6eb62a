"""Segments in both dialects."""

from collections.abc import Mapping
from typing import Any

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.api.contract.requests import GenerationRequest
from lipwright.api.native.requests import NativeRequest
from lipwright.app.generations import NewGeneration
from lipwright.render.segment import Segment
from tests.picture_files import encoded, portrait
from tests.served import Client, Served
from tests.unit.api.media import sound, video

URL = "https://example.com"
VIDEO = {"type": "video", "url": f"{URL}/clip.mp4"}
ANNA = {"type": "audio", "url": f"{URL}/anna.wav", "refId": "anna"}
BEN = {"type": "audio", "url": f"{URL}/ben.wav", "refId": "ben"}
LEFT, RIGHT = ({"frame_number": 0, "coordinates": [x, 60]} for x in (60, 260))
AT_LEFT, AT_RIGHT = (FaceChoice(frame_number=0, coordinates=(x, 60)) for x in (60, 260))
FIRST = {
    "startTime": 0,
    "endTime": 2.5,
    "audioInput": {"refId": "anna"},
    "optionsOverride": {"active_speaker_detection": LEFT, "temperature": 0.5},
}
SECOND = {
    "startTime": 2,
    "endTime": 4,
    "audioInput": {"refId": "ben", "startTime": 1, "endTime": 3},
    "optionsOverride": {"active_speaker_detection": RIGHT},
}
NATIVE = {"model": "sync-3", "input": [VIDEO, ANNA, BEN], "segments": [FIRST, SECOND]}
OURS: dict[str, Any] = {
    "model": "sync-3",
    "video_url": f"{URL}/clip.mp4",
    "segments": [
        {"start": 0, "end": 2.5, "audio_url": f"{URL}/anna.wav", "active_speaker_detection": LEFT},
        {
            "start": 2,
            "end": 4,
            "audio_url": f"{URL}/ben.wav",
            "audio_start": 1,
            "audio_end": 3,
            "active_speaker_detection": RIGHT,
        },
    ],
}
WANTED = (
    Segment(0, 2.5, "audio", face_choice=AT_LEFT),
    Segment(2, 4, "audio_1", 1, 3, face_choice=AT_RIGHT),
)


def order_of(body: Mapping[str, Any]) -> NewGeneration:
    kind = NativeRequest if "input" in body else GenerationRequest
    return kind.model_validate(body).order()


@pytest.mark.parametrize("body", [NATIVE, OURS], ids=["native", "ours"])
def test_both_dialects_ask_for_the_same(body: dict[str, Any]) -> None:
    """Voices are named by their place among those of the request."""
    order = order_of(body)
    assert order.segments == WANTED
    assert (order.audio_url, [voice.url for voice in order.more_voices]) == (
        f"{URL}/anna.wav",
        [f"{URL}/ben.wav"],
    )
    params = order.params()
    assert params["audio_1_url"] == f"{URL}/ben.wav"
    assert [Segment.from_dict(segment) for segment in params["segments"]] == list(WANTED)


def test_native_job_is_shown_as_it_was_asked_for(client: Client) -> None:
    """But for the options that it does not take."""
    made = client.post("/native/v2/generate", NATIVE).json()
    assert made["input"] == [VIDEO, ANNA, BEN]
    assert made["segments"] == [
        {"startTime": 0, "endTime": 2.5, "audioInput": {"refId": "anna"}},
        {"startTime": 2, "endTime": 4, "audioInput": {"refId": "ben", "startTime": 1, "endTime": 3}},
    ]
    assert made["segmentOutputUrl"] is None
    assert client.get(f"/v2/generate/{made['id']}").json()["status"] == "pending"


def test_request_s_options_hold_for_segments_that_have_none() -> None:
    """A mode is said by nobody unless the client says it: the video keeps its length."""
    plain = {"startTime": 0, "endTime": 1, "audioInput": {"refId": "anna"}}
    own = {**plain, "startTime": 1, "endTime": 2, "optionsOverride": {"sync_mode": "loop"}}
    options = {"sync_mode": "remap", "active_speaker_detection": {"auto_detect": True}}
    order = order_of({**NATIVE, "options": options, "segments": [plain, own]})
    assert [segment.sync_mode for segment in order.segments] == ["remap", "loop"]
    assert all(segment.face_choice == FaceChoice(auto_detect=True) for segment in order.segments)
    (segment,) = order_of({**OURS, "segments": OURS["segments"][:1], "synergize": True}).segments
    assert (segment.sync_mode, segment.face_choice) == (None, AT_LEFT)


def test_request_s_voice_is_that_of_segments_without_one() -> None:
    """Equal voices are fetched once."""
    bare = {"start": 0, "end": 1}
    same = {"start": 1, "end": 2, "audio_url": f"{URL}/anna.wav"}
    order = order_of({**OURS, "audio_url": f"{URL}/anna.wav", "segments": [bare, same]})
    assert [segment.audio for segment in order.segments] == ["audio", "audio"]
    assert order.more_voices == ()


def changed(segment: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**segment, **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"segments": [changed(FIRST, endTime=0)]},
            "segments[0]: endTime: expected a time after startTime (0",
        ),
        ({"segments": [FIRST, changed(SECOND, startTime=-1)]}, "segments[1].startTime"),
        ({"segments": [changed(FIRST, startTime="0")]}, "segments[0].startTime"),
        ({"segments": [{"startTime": 0, "endTime": 1}]}, "segments[0].audioInput"),
        ({"segments": [changed(FIRST, audioInput={})]}, "segments[0].audioInput.refId"),
        (
            {"segments": [changed(FIRST, audioInput={"refId": "eve"})]},
            "segments[0].audioInput.refId: expected",
        ),
        (
            {"segments": [changed(FIRST, audioInput={"refId": "anna", "startTime": 1})]},
            "segments[0].audioInput: expected startTime with endTime",
        ),
        (
            {"segments": [changed(FIRST, audioInput={"refId": "anna", "startTime": 2, "endTime": 1})]},
            "segments[0]: audioInput.endTime: expected a time after audioInput.startTime",
        ),
        (
            {"segments": [changed(FIRST, optionsOverride={"sync_mode": "stretch"})]},
            "segments[0]: optionsOverride.sync_mode: expected one of",
        ),
        (
            {"segments": [changed(FIRST, optionsOverride={}), changed(SECOND, optionsOverride={})]},
            "segments[1]: expected a face or a time of its own",
        ),
        ({"segments": [FIRST, FIRST]}, "segments[1]: expected a face or a time of its own"),
    ],
)
def test_native_segments_that_make_no_sense_are_refused(
    server: Served, changes: dict[str, Any], said: str
) -> None:
    """By the name of the field, with the vendor's code."""
    answer = server.client.post("/native/v2/generate", {**NATIVE, **changes})
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert answer.json()["errorCode"] == "generation_input_segments_invalid"
    assert server.parts.queue.generations == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"segments": None}, "type audio in input, found 2; give segments"),
        ({"input": [VIDEO, ANNA, {**BEN, "refId": "anna"}]}, "input[2].refId: expected a name of its own"),
        ({"input": [VIDEO, {**ANNA, "refId": None}, BEN]}, "input[1].refId: expected a name of its own"),
        ({"input": [VIDEO, ANNA, {**BEN, "url": "http://127.0.0.1/x"}]}, "input[2].url"),
        ({"input": [VIDEO, ANNA, {"type": "audio", "assetId": "ast_x", "refId": "ben"}]}, "input[2].assetId"),
        ({"input": [VIDEO]}, "type audio"),
    ],
)
def test_native_voices_that_make_no_sense_are_refused(
    server: Served, changes: dict[str, Any], said: str
) -> None:
    answer = server.client.post("/native/v2/generate", {**NATIVE, **changes})
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert server.parts.queue.generations == []


ONE = OURS["segments"][0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"segments": []}, "segments"),
        ({"segments": [changed(ONE, end=0)]}, "segments[0]: end: expected a time after start (0 s)"),
        ({"segments": [changed(ONE, audio_url=None)]}, "segments[0]: expected audio_url or audio_asset_id"),
        ({"segments": [changed(ONE, audio_asset_id="ast_x")]}, "segments[0]: expected at most one of"),
        ({"segments": [changed(ONE, sync_mode="stretch")]}, "segments[0].sync_mode"),
        ({"segments": [changed(ONE, audio_url="http://10.0.0.1/")]}, "segments[0].audio_url"),
        ({"segments": [ONE, ONE]}, "segments[1]: expected a face or a time of its own"),
        (
            {"segments": [{"start": k, "end": k + 1, "audio_url": f"{URL}/{k}"} for k in range(16)]},
            "segments[15].audio_url: expected at most 15 voices",
        ),
    ],
)
def test_segments_that_make_no_sense_are_refused(server: Served, changes: dict[str, Any], said: str) -> None:
    answer = server.client.post("/v2/generate", {**OURS, **changes})
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert server.parts.queue.generations == []


def test_batch_says_which_segment_of_which_row(client: Client) -> None:
    bad = {**OURS, "segments": [ONE, ONE]}
    answer = client.post("/v2/batch", {"generations": [OURS, bad]})
    assert answer.status_code == 400
    assert "generations[1].segments[1]: expected" in answer.json()["message"]


@pytest.mark.parametrize(
    ("mode", "seconds"), [(None, 0.4), ("bounce", 1.2), ("remap", 1.2), ("silence", 1.2), ("cut_off", 0.4)]
)
def test_cost_is_that_of_the_output(client: Client, mode: str | None, seconds: float) -> None:
    """0.4 s of video, in which a fifth of a second is given a second of a voice of two."""
    ids = [client.upload(content).json()["id"] for content in (video(), sound(2.0))]
    voice = {"refId": "a", "startTime": 0.5, "endTime": 1.5}
    body = {
        "model": "lipsync-2",
        "input": [{"type": "video", "assetId": ids[0]}, {"type": "audio", "assetId": ids[1], "refId": "a"}],
        "segments": [{"startTime": 0.1, "endTime": 0.3, "audioInput": voice}],
        "options": {"sync_mode": mode},
    }
    (estimate,) = client.post("/native/v2/analyze/cost", body).json()
    assert estimate["estimatedGenerationCost"] == pytest.approx(0.05 * seconds)


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"segments": [{"startTime": 0.5, "endTime": 3.0, "audioInput": {"refId": "a"}}]}, 3.0),
        ({"options": {"sync_mode": "cut_off"}}, 2.0),
    ],
)
def test_still_costs_as_long_as_it_is_shown(client: Client, changes: dict[str, Any], seconds: float) -> None:
    """It has no length of its own: until its last segment ends, or as long as the one voice."""
    ids = [client.upload(content).json()["id"] for content in (encoded(portrait(), "png"), sound(2.0))]
    inputs = [{"type": "image", "assetId": ids[0]}, {"type": "audio", "assetId": ids[1], "refId": "a"}]
    (shown,) = client.post("/native/v2/analyze/cost", {"model": "sync-3", "input": inputs, **changes}).json()
    assert shown["estimatedFrameCount"] == 25 * seconds
