"""What is kept no longer, by a clock that the test sets."""

import os
from datetime import timedelta
from pathlib import Path

from lipwright.app.assets import upload_folder
from lipwright.app.retention import forget_expired
from lipwright.store.events import Events
from lipwright.store.idempotency import IdempotencyKeys
from lipwright.store.records import Generation
from tests.clock import Watch
from tests.unit.app.conftest import Bench


def complete(bench: Bench, generation: Generation) -> None:
    for name in ("output.mp4", "report.json"):
        bench.blobs.put_bytes(f"generations/{generation.id}/{name}", b"x")
    bench.work._journal.complete(
        generation.id,
        output_key=f"generations/{generation.id}/output.mp4",
        report_key=f"generations/{generation.id}/report.json",
        seconds=1.0,
        cost=0,  # type: ignore[arg-type]
    )


def is_there(bench: Bench, generation: Generation) -> bool:
    return bench.work._journal.find(generation.id) is not None


def test_generation_goes_with_its_files_when_its_time_is_over(bench: Bench, watch: Watch) -> None:
    """Not a moment earlier; one that has not ended stays however old it is."""
    done, waiting = bench.order(video_url="https://a/v", audio_url="https://a/a"), bench.order()
    complete(bench, done)
    watch.forward(timedelta(days=bench.settings.retention_days) - timedelta(seconds=1))
    assert forget_expired(bench) == 0
    assert is_there(bench, done)
    watch.forward(timedelta(seconds=2))
    assert forget_expired(bench) == 1
    assert not is_there(bench, done)
    assert is_there(bench, waiting)
    assert bench.blobs.keys("generations") == []
    assert bench.events(done) == []


def test_events_and_keys_of_requests_go_too(bench: Bench, watch: Watch) -> None:
    """Each after its own time."""
    generation = bench.order()
    with bench.database.begin() as connection:
        keys = IdempotencyKeys(connection)
        assert keys.claim(bench.account.id, "key", "body", generation.id) is None
    watch.forward(timedelta(hours=bench.settings.idempotency_hours, seconds=1))
    forget_expired(bench)
    with bench.database.begin() as connection:
        assert IdempotencyKeys(connection).claim(bench.account.id, "key", "another", "gen_2") is None
        assert Events(connection).after(bench.account.id) != []
    watch.forward(timedelta(days=bench.settings.retention_days))
    forget_expired(bench)
    assert bench.events(generation) == []


def test_half_uploads_of_a_killed_server_go_after_a_day(bench: Bench, watch: Watch) -> None:
    """One that is still written to is not touched."""
    folder = upload_folder(bench)
    folder.mkdir(parents=True)
    old, new = folder / "old.part", folder / "new.fetched"
    for path, age in ((old, 86_401), (new, 86_399)):
        path.write_bytes(b"half")
        _age(path, watch, age)
    forget_expired(bench)
    assert [path.name for path in folder.iterdir()] == ["new.fetched"]


def _age(path: Path, watch: Watch, seconds: float) -> None:
    moment = watch.now.timestamp() - seconds
    os.utime(path, (moment, moment))
