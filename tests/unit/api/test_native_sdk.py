"""The vendor's own Python SDK, unchanged, against a server on a port; where it is installed."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.served import Served
from tests.unit.api.media import PRETENDERS, sound, video
from tests.unit.api.test_generations import complete

sync: Any = pytest.importorskip("sync", reason="needs the vendor's SDK: pip install syncsdk")
common: Any = pytest.importorskip("sync.common")

URLS = {"video": "https://example.com/clip.mp4", "audio": "https://example.com/voice.wav"}


@contextmanager
def client_of(base_url: str, key: str | None) -> Iterator[Any]:
    """As its users make it, but for connections that are closed: it never does that itself."""
    with httpx.Client(timeout=60) as http:
        yield sync.Sync(base_url=base_url, api_key=key, httpx_client=http)


@pytest.fixture
def sdk(server: Served, address: str) -> Iterator[Any]:
    with client_of(f"{address}/native", server.client.key) as client:
        yield client


def inputs(**items: str) -> list[Any]:
    return [common.Video(**({"url": URLS["video"]} | items)), common.Audio(url=URLS["audio"])]


def test_job_is_created_polled_and_downloaded(server: Served, sdk: Any) -> None:
    options = common.GenerationOptions(sync_mode="loop", temperature=0.5)
    made = sdk.generations.create(model="lipsync-2", input=inputs(), options=options, output_file_name="dub")
    assert (made.status, made.output_url, made.options.sync_mode) == ("PENDING", None, "loop")
    assert made.input[0].url == URLS["video"]
    complete(server, made.id)
    done = sdk.generations.get(made.id)
    assert (done.status, done.output_duration) == ("COMPLETED", 2)
    assert done.created_at.tzinfo is not None
    link = httpx.get(done.output_url, headers={"range": "bytes=0-3"})
    assert (link.status_code, link.content) == (206, b"0123")


def test_segments_give_several_voices(sdk: Any) -> None:
    voices = [common.Audio(url=URLS["audio"], ref_id=name) for name in ("anna", "ben")]
    parts = [
        common.GenerationSegment(
            start_time=k, end_time=k + 1.5, audio_input=common.SegmentAudioInput(ref_id=voice.ref_id)
        )
        for k, voice in ((0, voices[0]), (2, voices[1]))
    ]
    made = sdk.generations.create(model="sync-3", input=[*inputs()[:1], *voices], segments=parts)
    assert [voice.ref_id for voice in made.input[1:]] == ["anna", "ben"]
    assert [(part.start_time, part.audio_input.ref_id) for part in made.segments] == [(0, "anna"), (2, "ben")]


def test_job_is_made_of_files_that_are_sent_with_it(server: Served, sdk: Any) -> None:
    made = sdk.generations.create_with_files(
        model="lipsync-1.9.0-beta",
        video=io.BytesIO(video()),
        audio=sound(),
        options='{"sync_mode": "cut_off"}',
    )
    assert (made.status, made.model) == ("PENDING", "lipsync-1.9.0-beta")
    assert made.options.sync_mode == "cut_off"
    assert len(sdk.assets.list().items) == 2


def test_job_is_made_of_assets_and_one_file(server: Served, sdk: Any) -> None:
    asset = server.client.upload(video()).json()["id"]
    made = sdk.generations.create(
        model="lipsync-2", input=[common.Video(asset_id=asset), common.Audio(url=URLS["audio"])]
    )
    assert made.input[0].asset_id == asset
    mixed = sdk.generations.create_with_files(
        model="lipsync-2", input=[json.dumps({"type": "video", "assetId": asset})], audio=sound()
    )
    assert mixed.input[0].asset_id == asset


def test_jobs_are_listed_by_status_and_id(server: Served, sdk: Any) -> None:
    ids = [sdk.generations.create(model="lipsync-2", input=inputs()).id for _ in range(3)]
    complete(server, ids[0])
    assert [one.id for one in sdk.generations.list()] == ids[::-1]
    assert [one.id for one in sdk.generations.list(status="COMPLETED")] == [ids[0]]
    assert len(sdk.generations.list(status=["COMPLETED", "PENDING"], ids=ids[:2])) == 2


def test_cost_is_estimated(server: Served, sdk: Any) -> None:
    ids = [server.client.upload(content).json()["id"] for content in (video(), sound(2.0))]
    (estimate,) = sdk.generations.estimate_cost(
        model="lipsync-2", input=[common.Video(asset_id=ids[0]), common.Audio(asset_id=ids[1])]
    )
    assert estimate.estimated_frame_count == 50
    assert estimate.estimated_generation_cost > 0


def test_batch_is_checked_created_and_read(sdk: Any) -> None:
    payload = {
        "model": "lipsync-2",
        "input": [{"type": kind, "url": url} for kind, url in URLS.items()],
    }
    lines = [
        json.dumps({"request_id": f"r{number}", "endpoint": "/v2/generate", "payload": payload})
        for number in range(3)
    ]
    file = "\n".join(lines).encode()
    assert sdk.batch.create(input=file, dry_run="true").status == "VALIDATED"
    made = sdk.batch.create(input=io.BytesIO(file))
    assert (made.status, made.metrics.total_generations) == ("PENDING", 3)
    assert sdk.batch.get(made.id).id == made.id
    assert [one.id for one in sdk.batch.list(status="PENDING")] == [made.id]


def test_assets_and_models_are_listed(server: Served, sdk: Any) -> None:
    ids = [server.client.upload(content).json()["id"] for content in (video(), sound())]
    page = sdk.assets.list(limit=1)
    assert ([one.id for one in page.items], page.total_count) == ([ids[1]], 2)
    assert [one.id for one in sdk.assets.list(limit=1, cursor=page.next_cursor).items] == [ids[0]]
    assert [one.id for one in sdk.assets.list(types=["VIDEO"]).items] == [ids[0]]
    assert sdk.assets.get(ids[0]).duration_seconds == pytest.approx(0.4)
    assert "lipsync-2" in {model.id for model in sdk.models.list()}


def test_errors_are_those_of_the_sdk(sdk: Any, address: str) -> None:
    """Typed, with a message; what it cannot send as JSON is told what to do."""
    with pytest.raises(common.BadRequestError) as caught:
        sdk.generations.create(model="sync-9", input=inputs())
    assert caught.value.body.status_code == 400
    assert caught.value.body.message.startswith("model: expected")
    with pytest.raises(common.NotFoundError):
        sdk.generations.get("gen_none")
    with pytest.raises(common.NotFoundError):
        sdk.assets.get("ast_none")
    with pytest.raises(common.BadRequestError):
        sdk.generations.create_with_files(model="lipsync-2", video=PRETENDERS["text"], audio=sound())
    with pytest.raises(common.BadRequestError):  # without a file it sends what Python calls a dictionary
        sdk.generations.create_with_files(model="lipsync-2", input=[{"type": "video"}])
    with client_of(f"{address}/native", "lw_wrong") as wrong, pytest.raises(common.UnauthorizedError):
        wrong.models.list()


def test_address_may_end_with_a_slash(server: Served, address: str) -> None:
    with client_of(f"{address}/native/", server.client.key) as sdk:
        assert sdk.models.list()


def test_request_that_is_sent_again_makes_one_job(sdk: Any) -> None:
    again: dict[str, Any] = {"request_options": {"additional_headers": {"Idempotency-Key": "order-1"}}}
    ids = {sdk.generations.create(model="lipsync-2", input=inputs(), **again).id for _ in range(2)}
    assert len(ids) == 1
