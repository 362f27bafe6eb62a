"""Results that are measured after they are published, for their reports."""

from pathlib import Path

import pytest

from lipwright.app import measuring
from lipwright.app.generations import delete_generation
from lipwright.app.reports import load_report, report_html
from lipwright.jobs.children import CallOptions, ChildCrashError, Message
from lipwright.jobs.slots import INTERACTIVE, LEISURE
from lipwright.store.assets import Assets
from lipwright.store.records import Generation
from tests.unit.app.conftest import Bench

WORDS = "it is measured as soon as nothing else waits; ask again later"


def _order(bench: Bench, clip: Path, voice: Path, **changes: object) -> Generation:
    assets = {"video_asset_id": bench.asset(clip, "video"), "audio_asset_id": bench.asset(voice, "audio")}
    return bench.order(**{**assets, "measure_report": True, **changes})


def _finish(bench: Bench, generation: Generation) -> None:
    """Does the job, and not what comes after it."""
    bench.queue.generations.remove(generation.id)
    bench.queue._run_generation(bench.work, generation.id)


def _report(bench: Bench, generation: Generation) -> dict:
    return load_report(bench, bench.account, generation.id)


def test_the_report_is_completed_after_the_job(bench: Bench, clip: Path, voice: Path) -> None:
    """First the job is done, for everyone to see; then, when nothing else waits, its result is measured."""
    generation = _order(bench, clip, voice)
    _finish(bench, generation)
    assert bench.now(generation).status == "completed"
    assert bench.events(generation)[-1].type == "generation.completed"
    early = _report(bench, generation)
    assert early["measured"] == {"status": "pending", "why": WORDS}
    assert WORDS in report_html(early)
    assert f"work/{generation.id}/video" in bench.files()
    bench.queue.run()
    late = _report(bench, generation)
    assert late["measured"] == {"status": "done", "why": None}
    assert any(gap is not None for gap in late["curves"][0]["rendered_gap_mm"])
    names = {figure["name"] for figure in late["figures"]} - {figure["name"] for figure in early["figures"]}
    assert {"follows the voice", "mouth sharpness", "lip flicker", "closures hit"} <= names
    assert "measured on the result" in report_html(late)
    folder = f"blobs/generations/{generation.id}"
    assert bench.files() == [f"{folder}/measured.json", f"{folder}/output.mp4"]
    assert (
        str(bench.settings.data_dir) not in Path(bench.settings.data_dir, folder, "measured.json").read_text()
    )
    assert bench.events(generation)[-1].type == "generation.completed"
    assert bench.pool.priorities == [INTERACTIVE] * (len(bench.pool.priorities) - 1) + [LEISURE]


@pytest.mark.parametrize(
    ("setting", "asked", "status"),
    [
        ("all", None, "pending"),
        ("all", False, "off"),
        ("asked", None, "off"),
        ("asked", True, "pending"),
        ("none", True, "off"),
    ],
)
def test_the_setting_and_the_request_decide(
    bench: Bench, setting: str, asked: bool | None, status: str
) -> None:
    """And the report says why there is nothing measured."""
    bench.settings = bench.settings.model_copy(update={"measure_results": setting})
    generation = bench.order(measure_report=asked)
    is_wanted = measuring.is_to_be_measured(bench.settings, generation)
    assert is_wanted == (status == "pending")
    bench.blobs.put_bytes("generations/x/report.json", b"{}")
    bench.work._journal.complete(
        generation.id,
        output_key="generations/x/output.mp4",
        report_key="generations/x/report.json",
        seconds=1.0,
        cost=0,  # type: ignore[arg-type]
        is_to_be_measured=is_wanted,
    )
    said = _report(bench, generation)["measured"]
    assert said["status"] == status
    assert said["why"]
    assert bench.queue.measures == ([generation.id] if is_wanted else [])


def test_what_is_pending_is_dropped_when_the_setting_changes(bench: Bench, clip: Path, voice: Path) -> None:
    """An operator who turns it off wants the processor back now."""
    generation = _order(bench, clip, voice)
    _finish(bench, generation)
    bench.settings = bench.settings.model_copy(update={"measure_results": "none"})
    bench.queue.run()
    said = _report(bench, generation)["measured"]
    assert (said["status"], said["why"]) == (
        "failed",
        "the server was set not to measure it before it came to it",
    )
    assert "measure" not in [request["command"] for request in bench.pool.requests]


def test_a_measuring_that_crashes_leaves_the_report_as_it_was(bench: Bench, clip: Path, voice: Path) -> None:
    """It says so; the result is not touched."""
    generation = _order(bench, clip, voice)

    def crash(request: Message) -> None:
        if request["command"] == "measure":
            raise ChildCrashError("it ended", -9)

    bench.pool.before = crash
    bench.queue.run()
    assert bench.now(generation).status == "completed"
    said = _report(bench, generation)
    assert said["measured"] == {"status": "failed", "why": "measuring it crashed, several times"}
    assert "could not be measured: measuring it crashed" in report_html(said)
    folder = f"blobs/generations/{generation.id}"
    assert bench.files() == [f"{folder}/output.mp4", f"{folder}/report.json"]


def test_measuring_may_be_done_twice_and_elsewhere(bench: Bench, clip: Path, voice: Path) -> None:
    """On a machine without the folder, and after a kill at its end: each figure is there once."""
    generation = _order(bench, clip, voice)
    _finish(bench, generation)
    bench.work._workplace.remove(generation.id)
    job = bench.work._workplace.job(bench.now(generation), "default")
    bench.work._measuring._bring(bench.now(generation), job)
    bench.pool.call(job.request("measure"), CallOptions(LEISURE))
    bench.blobs.put_file(f"generations/{generation.id}/measured.json", Path(job.folder, "measured.json"))
    bench.queue.run()
    names = [figure["name"] for figure in _report(bench, generation)["figures"]]
    assert len(names) == len(set(names)) > 5
    bench.work.tidy()
    assert len(bench.files()) == 2


def test_without_the_source_only_what_needs_it_is_unknown(
    bench: Bench, clip: Path, voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was too full to keep it, and its asset was deleted meanwhile."""
    monkeypatch.setattr(measuring, "has_plenty", lambda settings: False)
    generation = _order(bench, clip, voice)
    _finish(bench, generation)
    assert [name for name in bench.files() if name.startswith("work")] == []
    with bench.database.begin() as connection:
        Assets(connection).delete(bench.account.id, generation.params["video_asset_id"])
    bench.queue.run()
    found = _report(bench, generation)
    assert found["measured"]["status"] == "done"
    values = {figure["name"]: figure["value"] for figure in found["figures"]}
    assert (values["mouth sharpness"], values["closures hit"] is None) == (None, False)
    assert any("could not be had any more" in note for note in found["notes"])


def test_a_generation_is_deleted_before_it_is_measured(bench: Bench, clip: Path, voice: Path) -> None:
    """Everything goes with it, and nothing is done any more."""
    generation = _order(bench, clip, voice)
    _finish(bench, generation)
    bench.work.tidy()
    assert f"work/{generation.id}/video" in bench.files()
    delete_generation(bench, bench.account, generation.id)
    bench.queue.run()
    assert "measure" not in [request["command"] for request in bench.pool.requests]
    bench.work.tidy()
    assert bench.files() == []


def test_a_generation_is_deleted_while_it_is_measured(bench: Bench, clip: Path, voice: Path) -> None:
    """What was measured for nobody is removed again."""
    generation = _order(bench, clip, voice)

    def delete(request: Message) -> None:
        if request["command"] == "measure":
            delete_generation(bench, bench.account, generation.id)

    bench.pool.before = delete
    bench.queue.run()
    bench.work.tidy()
    assert bench.files() == []
