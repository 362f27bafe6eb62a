"""Files without a row: what a kill between the two leaves is deleted, and nothing else ever."""

import os
from pathlib import Path

import pytest

from lipwright.app.orphans import Orphans
from lipwright.store.generations import Generations
from tests.clock import Watch
from tests.unit.app.conftest import Bench

DAY = 86_400.0
PERIOD = 6 * 3600.0


@pytest.fixture
def seconds() -> list[float]:
    """A clock that the test sets."""
    return [0.0]


@pytest.fixture
def orphans(bench: Bench, seconds: list[float]) -> Orphans:
    return Orphans(bench, lambda: seconds[0])


def put(bench: Bench, watch: Watch, key: str, age: float) -> str:
    bench.blobs.put_bytes(key, b"x")
    path = bench.blobs.local_path(key)
    assert path is not None
    moment = watch.seconds() - age
    os.utime(path, (moment, moment))
    return key


def look_twice(orphans: Orphans, seconds: list[float]) -> int:
    first = orphans.look()
    seconds[0] += PERIOD
    return first + orphans.look()


def test_a_file_without_a_row_goes_at_the_second_look(
    bench: Bench, watch: Watch, orphans: Orphans, seconds: list[float]
) -> None:
    """Not at the first, and not between the looks."""
    put(bench, watch, "assets/ast_lost", DAY + 1)
    put(bench, watch, "generations/gen_lost/output.mp4", DAY + 1)
    assert orphans.look() == 0
    seconds[0] += PERIOD - 1
    assert orphans.look() == 0
    seconds[0] += 1
    assert orphans.look() == 2
    assert bench.blobs.keys("assets") == bench.blobs.keys("generations") == []


def test_a_file_whose_row_may_still_come_stays(
    bench: Bench, watch: Watch, orphans: Orphans, seconds: list[float]
) -> None:
    """Its upload or its job is being finished."""
    put(bench, watch, "assets/ast_new", DAY - 1)
    assert look_twice(orphans, seconds) == 0


def test_files_with_a_row_stay_however_old_they_are(
    bench: Bench, watch: Watch, orphans: Orphans, seconds: list[float], clip: Path
) -> None:
    """Assets, results, reports, and what a job at work has put there."""
    asset_id = bench.asset(clip, "video")
    put(bench, watch, f"assets/{asset_id}", 99 * DAY)
    done, working = bench.order(), bench.order()
    result, report = f"generations/{done.id}/output.mp4", f"generations/{done.id}/report.json"
    with bench.database.begin() as connection:
        generations = Generations(connection)
        for generation in (done, working):
            generations.set_processing(generation.id)
        generations.complete(
            done.id,
            output_key=result,
            report_key=report,
            duration_seconds=1.0,
            cost=0,  # type: ignore[arg-type]
        )
    for key in (result, report, f"generations/{working.id}/output.mp4"):
        put(bench, watch, key, 99 * DAY)
    assert look_twice(orphans, seconds) == 0
    assert len(bench.blobs.keys("generations")) == 3
    assert bench.blobs.keys("assets") == [f"assets/{asset_id}"]


def test_what_a_failed_job_had_put_there_goes(
    bench: Bench, watch: Watch, orphans: Orphans, seconds: list[float]
) -> None:
    """Its row names no result."""
    failed = bench.order()
    with bench.database.begin() as connection:
        Generations(connection).fail(failed.id, error="cancelled", error_code="cancelled")
    put(bench, watch, f"generations/{failed.id}/output.mp4", DAY + 1)
    assert look_twice(orphans, seconds) == 1


def test_a_clock_that_is_set_forward_deletes_nothing_new(
    bench: Bench, watch: Watch, orphans: Orphans, seconds: list[float]
) -> None:
    """A file looks a day old at one look; by the next its row is there."""
    put(bench, watch, "assets/ast_new", 0)
    watch.forward(2 * DAY)
    assert orphans.look() == 0


def test_many_orphans_are_another_databases(
    bench: Bench, watch: Watch, orphans: Orphans, seconds: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    """A server that was started on the wrong database must not empty the store of files."""
    for number in range(21):
        put(bench, watch, f"assets/ast_{number}", DAY + 1)
    assert look_twice(orphans, seconds) == 0
    assert len(bench.blobs.keys("assets")) == 21
    assert "database_url and blobs_url" in caplog.text
