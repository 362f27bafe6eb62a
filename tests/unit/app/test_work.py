"""What a worker does for a generation, from its inputs to its result, and what is left of it."""

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from lipwright.app import compute, inputs
from lipwright.app.batches import create_batch, get_batch
from lipwright.app.generations import NewGeneration, cancel_generation
from lipwright.app.reports import load_report
from lipwright.jobs.children import ChildCrashError, Message
from lipwright.jobs.ports import JobCancelledError
from lipwright.jobs.slots import BATCH, INTERACTIVE
from lipwright.media.probe import probe
from lipwright.store import tables
from lipwright.store.assets import Assets
from lipwright.store.events import Events
from lipwright.store.ids import utc_now
from tests.picture_files import encoded, portrait, shades, write_picture
from tests.unit.app.conftest import Bench
from tests.unit.app.http_server import http_server, reply


def test_a_generation_from_assets_is_done_and_leaves_its_result(
    bench: Bench, clip: Path, voice: Path
) -> None:
    """A playable file of the voice's length, a report, a price; the working folder is gone."""
    generation = bench.order(
        video_asset_id=bench.asset(clip, "video"), audio_asset_id=bench.asset(voice, "audio")
    )
    bench.queue.run()
    done = bench.now(generation)
    assert (done.status, done.error, done.progress) == ("completed", None, 1.0)
    assert done.output_key is not None
    path = bench.blobs.local_path(done.output_key)
    assert path is not None
    info = probe(path)
    assert done.duration_seconds == pytest.approx(float(info.need_video().duration), abs=1e-3)
    assert done.cost == Decimal(str(round(done.duration_seconds * 0.05, 4)))
    folder = f"blobs/generations/{generation.id}"
    assert bench.files() == [f"{folder}/output.mp4", f"{folder}/report.json"]
    assert str(bench.settings.data_dir) not in (path.parent / "report.json").read_text()
    kinds = [event.type for event in bench.events(generation)]
    assert kinds[:2] == ["generation.created", "generation.processing"]
    assert kinds[-1] == "generation.completed"


def test_a_prompt_that_a_model_does_not_take_is_said_in_the_report(
    bench: Bench, clip: Path, voice: Path
) -> None:
    """As the command line says it; the job is done without."""
    assets = {"video_asset_id": bench.asset(clip, "video"), "audio_asset_id": bench.asset(voice, "audio")}
    generation = bench.order(model="lipsync-2", prompt="happy", model_mode="head", **assets)
    bench.queue.run()
    assert bench.now(generation).status == "completed"
    notes = load_report(bench, bench.account, generation.id)["notes"]
    assert notes[-1] == (
        "prompt happy and mode head were left out: lipsync-2 does not take them; choose react-1, which does"
    )


def test_a_generation_by_urls_as_webm(bench: Bench, clip: Path, voice: Path) -> None:
    """Inputs are brought from where they are; the output is of the format that was asked for."""
    bodies = {"/clip": clip.read_bytes(), "/voice": voice.read_bytes()}
    with http_server(lambda handler: reply(handler, 200, bodies[handler.path])) as url:
        generation = bench.order(video_url=f"{url}/clip", audio_url=f"{url}/voice", output_format="webm")
        bench.queue.run()
    done = bench.now(generation)
    assert done.error is None
    assert done.output_key is not None
    assert done.output_key.endswith(".webm")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"PK\x03\x04" + bytes(100), "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"#EXTM3U\nhttp://10.0.0.1/secret.ts\n", "a playlist"),
        (b"Dear diary", "text"),
        (b"\0\0\0\x20ftypisom" + bytes(50), "cut short"),
    ],
)
def test_what_is_no_video_fails_with_words_for_its_sender(
    bench: Bench, voice: Path, body: bytes, found: str
) -> None:
    """Which input, what it seems to be, no path of the server; nothing is left on disk."""
    with http_server(lambda handler: reply(handler, 200, body)) as url:
        generation = bench.order(video_url=f"{url}/x.mp4", audio_asset_id=bench.asset(voice, "audio"))
        bench.queue.run()
    failed = bench.now(generation)
    assert (failed.status, failed.error_code) == ("failed", "generation_input_video_invalid")
    assert failed.error is not None
    assert failed.error.startswith("video: ")
    assert found in failed.error
    assert str(bench.settings.data_dir) not in failed.error
    assert failed.cost == 0
    assert bench.files() == []


def test_a_still_of_a_face_speaks(bench: Bench, voice: Path, tmp_path: Path) -> None:
    """With the model that takes stills; its cost is that of the voice's length."""
    picture = bench.asset(write_picture(tmp_path / "x.png", portrait()), "video")
    generation = bench.order(
        model="sync-3", video_asset_id=picture, audio_asset_id=bench.asset(voice, "audio"), seed=4
    )
    bench.queue.run()
    done = bench.now(generation)
    assert (done.status, done.error) == ("completed", None)
    assert done.duration_seconds == pytest.approx(float(probe(voice).duration), abs=0.04)


@pytest.mark.parametrize(
    ("model", "image", "code", "said"),
    [
        ("lipsync-2", portrait(), "generation_unsupported_model", "expected a video for lipsync-2"),
        ("sync-3", shades(320, 240), "generation_input_video_invalid", "expected a face, found none"),
    ],
)
def test_a_still_that_will_not_do_fails_and_names_the_video(
    bench: Bench, voice: Path, model: str, image: np.ndarray, code: str, said: str
) -> None:
    """By URL nobody knows what it is before it is fetched."""
    with http_server(lambda handler: reply(handler, 200, encoded(image, "jpg"))) as url:
        generation = bench.order(
            model=model, video_url=f"{url}/x.mp4", audio_asset_id=bench.asset(voice, "audio")
        )
        bench.queue.run()
    failed = bench.now(generation)
    assert (failed.status, failed.error_code) == ("failed", code)
    assert failed.error is not None
    assert failed.error.startswith(f"video: {said}")
    assert str(bench.settings.data_dir) not in failed.error


def test_a_silent_video_as_voice_is_blamed_on_the_audio(bench: Bench, clip: Path) -> None:
    """The other input is fine."""
    generation = bench.order(video_asset_id=bench.asset(clip, "video"), audio_asset_id=_as_audio(bench, clip))
    bench.queue.run()
    failed = bench.now(generation)
    assert failed.error_code == "generation_input_audio_invalid"
    assert failed.error is not None
    assert failed.error.startswith("audio: ")


@pytest.mark.parametrize(
    ("status", "code"), [(404, "generation_input_audio_inaccessible"), (200, "file_size_exceeds_plan_limit")]
)
def test_an_input_that_cannot_be_had_fails_the_generation(
    bench: Bench, clip: Path, status: int, code: str
) -> None:
    """Not there, or larger than the limit."""
    huge = str(bench.settings.fetch.max_bytes + 1)
    with http_server(lambda handler: reply(handler, status, Content_Length=huge)) as url:
        generation = bench.order(video_asset_id=bench.asset(clip, "video"), audio_url=url)
        bench.queue.run()
    failed = bench.now(generation)
    assert failed.error_code == code
    assert failed.error is not None
    assert failed.error.startswith("audio_url: ")
    assert bench.files() == []


def test_a_server_that_is_busy_is_asked_again(
    bench: Bench, clip: Path, voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it counts as not there."""
    monkeypatch.setattr(inputs, "_PAUSES", (0.0, 0.0))
    answers = [503, 503, 200]
    with http_server(lambda handler: reply(handler, answers.pop(0), voice.read_bytes())) as url:
        generation = bench.order(video_asset_id=bench.asset(clip, "video"), audio_url=url)
        bench.queue.run()
    assert bench.now(generation).status == "completed"


def test_an_asset_that_was_deleted_before_the_work_began(bench: Bench, clip: Path, voice: Path) -> None:
    """It says which."""
    video = bench.asset(clip, "video")
    generation = bench.order(video_asset_id=video, audio_asset_id=bench.asset(voice, "audio"))
    with bench.database.begin() as connection:
        Assets(connection).delete(bench.account.id, video)
    bench.queue.run()
    failed = bench.now(generation)
    assert failed.error_code == "asset_not_found"
    assert failed.error is not None
    assert video in failed.error


def test_a_result_longer_than_the_plan_allows_is_refused_before_the_work(
    bench: Bench, clip: Path, voice: Path
) -> None:
    """In words that say how long it would be."""
    plan = bench.settings.plans["default"].model_copy(update={"max_seconds": 0.5})
    bench.settings.plans["default"] = plan
    generation = _order(bench, clip, voice)
    bench.queue.run()
    failed = bench.now(generation)
    assert failed.error_code == "generation_input_duration_greater_than_max_duration"
    assert failed.error is not None
    assert "at most 0.5 s" in failed.error


@pytest.mark.parametrize("command", ["prepare", "render", "join"])
def test_a_generation_that_is_cancelled_stops_and_leaves_nothing(
    bench: Bench, clip: Path, voice: Path, command: str
) -> None:
    """Whatever was being done; it stays cancelled."""
    generation = _order(bench, clip, voice)

    def cancel(request: Message) -> None:
        if request["command"] == command:
            cancel_generation(bench, bench.account, generation.id)

    bench.pool.before = cancel
    bench.queue.run()
    ended = bench.now(generation)
    assert (ended.status, ended.error_code, ended.output_key) == ("failed", "cancelled", None)
    assert bench.files() == []
    kinds = [event.type for event in bench.events(generation)]
    assert kinds.count("generation.cancelled") == 1
    assert "generation.completed" not in kinds


def test_every_step_may_be_done_twice(bench: Bench, clip: Path, voice: Path) -> None:
    """After a crash nobody knows whether the last one was done to its end."""
    generation = _order(bench, clip, voice)
    for _ in range(2):
        bench.work.fetch(generation.id)
        bench.work.render(generation.id, bench.work.prepare(generation.id))
    for _ in range(2):
        bench.work.finish(generation.id)
    bench.work.fail(generation.id, "too late", "x")
    bench.work.abandon(generation.id)
    kinds = [event.type for event in bench.events(generation)]
    assert bench.now(generation).status == "completed"
    assert kinds.count("generation.processing") == kinds.count("generation.completed") == 1
    assert len(bench.files()) == 2


@pytest.mark.parametrize("step", ["prepare", "render", "finish"])
def test_a_job_goes_on_where_its_folder_is_missing(bench: Bench, clip: Path, voice: Path, step: str) -> None:
    """On another machine: what the steps before left there is made again."""
    generation = _order(bench, clip, voice)
    bench.work.fetch(generation.id)
    if step != "prepare":
        bench.work.prepare(generation.id)
    if step == "finish":
        bench.work.render(generation.id, 1)
    bench.work._workplace.remove(generation.id)
    if step == "prepare":
        assert bench.work.prepare(generation.id) == 1
    if step != "finish":
        bench.work.render(generation.id, 1)
    bench.work.finish(generation.id)
    assert bench.now(generation).status == "completed"


def test_a_plan_of_another_version_is_made_again(bench: Bench, clip: Path, voice: Path) -> None:
    """The server was updated in the middle of a job."""
    generation = _order(bench, clip, voice)
    bench.work.fetch(generation.id)
    bench.work.prepare(generation.id)
    (bench.settings.data_dir / "work" / generation.id / "plan.bin").write_bytes(b"of old")
    compute._close()
    bench.work.render(generation.id, 1)
    bench.work.finish(generation.id)
    assert bench.now(generation).status == "completed"


@pytest.mark.parametrize("step", ["render", "finish"])
def test_what_another_version_made_of_a_job_is_made_again(
    bench: Bench, clip: Path, voice: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Its plan can be read, and lacks what this version looks for; its chunks need not fit together."""
    generation = _order(bench, clip, voice)
    bench.work.fetch(generation.id)
    bench.work.prepare(generation.id)
    if step == "finish":
        bench.work.render(generation.id, 1)
    folder = bench.settings.data_dir / "work" / generation.id
    made = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    compute._close()
    monkeypatch.setattr("lipwright.app.workplace.code_version", lambda: "another")
    bench.pool.requests.clear()
    if step == "render":
        bench.work.render(generation.id, 1)
        assert folder.joinpath("video").stat().st_mtime_ns == made["video"]
        assert folder.joinpath("plan.bin").stat().st_mtime_ns > made["plan.bin"]
    bench.work.finish(generation.id)
    assert [request["command"] for request in bench.pool.requests] == ["prepare", "render", "join"]
    assert bench.now(generation).status == "completed"


def test_orders_by_url_are_handed_in_to_be_downloaded_first(bench: Bench, clip: Path, voice: Path) -> None:
    """Others compute meanwhile."""
    by_url = bench.order(video_url="https://a/v", audio_url="https://a/a")
    by_asset = _order(bench, clip, voice)
    assert bench.queue.generations == [by_url.id, by_asset.id]
    assert bench.queue.remote == [by_url.id]


def test_a_kill_of_the_same_version_costs_no_plan(bench: Bench, clip: Path, voice: Path) -> None:
    """Only the step that was at work is done again."""
    generation = _order(bench, clip, voice)
    bench.work.fetch(generation.id)
    bench.work.prepare(generation.id)
    bench.work.prepare(generation.id)
    assert [request["command"] for request in bench.pool.requests] == ["prepare"]


def test_only_the_rendering_of_a_chunk_is_counted(bench: Bench, clip: Path, voice: Path) -> None:
    """Neither waiting for a place, nor a chunk that was found to be done: they would hide how fast it is."""
    generation = _order(bench, clip, voice)
    bench.work.fetch(generation.id)
    n_chunks = bench.work.prepare(generation.id)
    for _ in range(2):
        bench.work.render(generation.id, n_chunks)
    assert bench.telemetry.registry.get_sample_value("lipwright_chunks_total") == n_chunks
    records = [json.loads(path.read_bytes()) for path in bench.settings.data_dir.glob("work/*/0*.json")]
    spent = sum(record["seconds"] for record in records)
    value = bench.telemetry.registry.get_sample_value
    assert value("lipwright_chunk_seconds_total") == pytest.approx(spent, abs=0.2)
    assert value("lipwright_stage_seconds_sum", {"stage": "render"}) == value("lipwright_chunk_seconds_total")
    assert value("lipwright_wait_seconds_sum", {"stage": "prepare"}) == 0.5


def test_a_job_that_has_ended_is_not_worked_on(bench: Bench, clip: Path, voice: Path) -> None:
    """Nor one that was deleted."""
    generation = _order(bench, clip, voice)
    cancel_generation(bench, bench.account, generation.id)
    for step in (bench.work.fetch, bench.work.prepare, bench.work.finish):
        with pytest.raises(JobCancelledError):
            step(generation.id)
    with pytest.raises(JobCancelledError):
        bench.work.fetch("gen_nobody")
    assert bench.work.has_ended("gen_nobody")


@pytest.mark.parametrize(
    ("return_code", "code"),
    [(-9, "generation_infra_resource_exhausted"), (-11, "generation_pipeline_failed")],
)
def test_a_video_that_crashes_the_children_fails_in_the_end(
    bench: Bench, clip: Path, voice: Path, return_code: int, code: str
) -> None:
    """A killed one mostly took too much memory."""
    generation = _order(bench, clip, voice)

    def crash(request: Message) -> None:
        raise ChildCrashError("it ended", return_code)

    bench.pool.before = crash
    bench.queue.run()
    assert bench.now(generation).error_code == code
    assert bench.files() == []


def test_progress_is_written_at_most_once_a_second(bench: Bench, clip: Path, voice: Path) -> None:
    """However fast it goes: each is a transaction."""
    generation = _order(bench, clip, voice)
    bench.queue.run()
    told = [event.created_at for event in bench.events(generation) if event.type == "generation.progress"]
    assert all(later - sooner >= timedelta(seconds=0.9) for sooner, later in pairwise(told))


def test_batches_give_way_to_singles_and_are_announced_when_done(
    bench: Bench, clip: Path, voice: Path
) -> None:
    """Their chunks wait for a place behind those of single jobs; the last item completes the batch."""
    assets = {"video_asset_id": bench.asset(clip, "video"), "audio_asset_id": bench.asset(voice, "audio")}
    orders = [NewGeneration("lipsync-2", video_url=None, audio_url=None, **assets) for _ in range(2)]
    batch = create_batch(bench, bench.account, orders, None).batch
    bench.queue.run()
    assert set(bench.pool.priorities) == {BATCH}
    bench.pool.priorities.clear()
    bench.order(**assets)
    bench.queue.run()
    assert set(bench.pool.priorities) == {INTERACTIVE}
    done = get_batch(bench, bench.account, batch.id).batch
    assert (done.status, done.completed, done.failed) == ("completed", 2, 0)
    with bench.database.read() as connection:
        events = Events(connection).after(bench.account.id, batch_id=batch.id, limit=100)
    assert [event.type for event in events].count("batch.completed") == 1
    assert events[-1].type == "batch.completed"


def test_tidying_removes_the_folders_of_jobs_that_have_ended(bench: Bench, clip: Path, voice: Path) -> None:
    """A worker that was killed could not; those of others are left alone."""
    working, ended = _order(bench, clip, voice), _order(bench, clip, voice)
    bench.work.fetch(working.id)
    bench.work.fetch(ended.id)
    cancel_generation(bench, bench.account, ended.id)
    (bench.settings.data_dir / "work" / "gen_unknown").mkdir()
    bench.work.tidy()
    assert [path.name for path in (bench.settings.data_dir / "work").iterdir()] == [working.id]


def test_generations_that_ended_long_ago_are_forgotten_with_their_files(
    bench: Bench, clip: Path, voice: Path
) -> None:
    """As long as the settings say."""
    generation = _order(bench, clip, voice)
    bench.queue.run()
    bench.work.tidy()
    assert len(bench.files()) == 2
    long_ago = utc_now() - timedelta(days=bench.settings.retention_days + 1)
    with bench.database.begin() as connection:
        connection.execute(tables.generations.update().values(completed_at=long_ago))
    bench.work.tidy()
    assert bench.files() == []
    assert bench.work._journal.find(generation.id) is None


def _order(bench: Bench, clip: Path, voice: Path):
    return bench.order(video_asset_id=bench.asset(clip, "video"), audio_asset_id=bench.asset(voice, "audio"))


def _as_audio(bench: Bench, path: Path) -> str:
    return bench.asset(path, "audio")
