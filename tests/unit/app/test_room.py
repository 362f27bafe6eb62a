"""Whether there is room."""

from pathlib import Path

import pytest

from lipwright.app.assets import roomy_upload_folder
from lipwright.app.batches import create_batch
from lipwright.app.room import lack_of_room, need_room
from lipwright.errors import NoRoomError
from lipwright.store.generations import Generations
from tests.unit.app.conftest import Bench

MORE_THAN_ANY_DISK = 2**60


@pytest.fixture
def full(bench: Bench) -> Bench:
    bench.settings = bench.settings.model_copy(update={"min_free_bytes": MORE_THAN_ANY_DISK})
    return bench


def test_room_is_room_and_a_folder_that_is_not_made_yet_has_that_of_its_disk(bench: Bench) -> None:
    missing = bench.settings.data_dir / "not" / "yet"
    need_room(bench.settings.model_copy(update={"data_dir": missing}))
    assert lack_of_room(bench.settings) is None


def test_what_is_said_names_sizes_and_no_place(full: Bench) -> None:
    lack = lack_of_room(full.settings)
    assert lack is not None
    assert "MiB" in lack
    assert str(full.settings.data_dir) not in lack


def test_nothing_is_accepted_on_a_full_disk(full: Bench) -> None:
    """Neither a job, nor a batch, nor a file; before anything is written."""
    with pytest.raises(NoRoomError):
        full.order(video_url="https://x.example/v", audio_url="https://x.example/a")
    with pytest.raises(NoRoomError):
        create_batch(full, full.account, [], None)
    with pytest.raises(NoRoomError):
        roomy_upload_folder(full)
    with full.database.read() as connection:
        assert Generations(connection).count_by_status() == {}


def test_no_work_is_begun_on_a_full_disk(bench: Bench, clip: Path, voice: Path) -> None:
    """The job waits as it is, and goes on when there is room."""
    made = bench.order(video_asset_id=bench.asset(clip, "video"), audio_asset_id=bench.asset(voice, "audio"))
    roomy = bench.settings
    bench.settings = roomy.model_copy(update={"min_free_bytes": MORE_THAN_ANY_DISK})
    with pytest.raises(NoRoomError):
        bench.work.fetch(made.id)
    assert bench.now(made).status == "pending"
    bench.settings = roomy
    bench.queue.run()
    assert bench.now(made).status == "completed"
