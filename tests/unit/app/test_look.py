import signal
import sys
from pathlib import Path

import pytest

from lipwright.app import look
from lipwright.app.look import look_at
from lipwright.errors import MediaError
from lipwright.jobs.children import ChildOptions, ChildPool
from lipwright.jobs.slots import PrioritySlots
from tests.unit.api.media import PRETENDERS, sound, video


def test_picture_and_sound_are_told_apart(tmp_path: Path) -> None:
    found = []
    for content in (video(), sound(0.5)):
        path = tmp_path / "file"
        path.write_bytes(content)
        looked = look_at(path)
        found.append((looked.has_video, float(looked.duration)))
    assert found == [(True, 0.4), (False, 0.5)]


def test_what_is_no_media_is_refused_without_its_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(PRETENDERS["text"])
    with pytest.raises(MediaError, match="found text") as caught:
        look_at(path)
    assert str(tmp_path) not in str(caught.value)


def test_file_that_crashes_its_reader_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server that asked goes on, and so does the next look."""
    crash = f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})"
    options = ChildOptions((sys.executable, "-c", crash), attempts=1)
    pool = ChildPool(PrioritySlots(1), options)
    (tmp_path / "file").write_bytes(sound())
    with monkeypatch.context() as patched:
        patched.setattr(look, "_pool", lambda: pool)
        with pytest.raises(MediaError, match="crashed or took too long"):
            look_at(tmp_path / "file")
    pool.kill()
    assert not look_at(tmp_path / "file").has_video
