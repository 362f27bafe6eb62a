"""Folders that go with their run, whatever ends it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lipwright import scratch_folder as module
from lipwright.errors import OutputError
from lipwright.scratch_folder import scratch_folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are kept."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def killed_run(place: Path) -> Path:
    """What a run leaves that is killed at its work."""
    program = """
import os, signal
from lipwright.scratch_folder import scratch_folder
with scratch_folder() as folder:
    (folder / "parts").mkdir()
    (folder / "parts" / "00000.mp4").write_bytes(b"x")
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(place)},
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL
    return Path(ended.stdout.strip())


def test_it_goes_with_all_that_is_in_it(place: Path) -> None:
    with scratch_folder() as folder:
        (folder / "part").write_bytes(b"x")
        assert folder.parent == place
    assert list(place.iterdir()) == []


def test_what_a_killed_run_left_goes_at_the_next_start(place: Path) -> None:
    """The kernel has let go of its lock."""
    left = killed_run(place)
    assert (left / "parts" / "00000.mp4").exists()
    with scratch_folder() as folder:
        assert list(place.iterdir()) == [folder]


def test_living_runs_keep_theirs(place: Path) -> None:
    """However many there are, of this process or another."""
    with scratch_folder() as first, scratch_folder() as second:
        (first / "part").write_bytes(b"x")
        killed_run(place)  # sweeps too
        with scratch_folder() as third:
            assert sorted(place.iterdir()) == sorted([first, second, third])
            assert (first / "part").exists()


def test_what_is_no_folder_of_a_run_is_left_alone(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without a lock of its own nobody knows whose it is; a link may lead anywhere."""
    others = tmp_path_factory.mktemp("others")
    for folder in (place / "lipwright-mine", others):
        folder.mkdir(exist_ok=True)
        (folder / "precious").write_bytes(b"x")
    (others / "lock").touch()
    (place / "lipwright-link").symlink_to(others)
    (place / "lipwright-file").touch()
    (place / "other-dir").mkdir()
    (place / "other-dir" / "lock").touch()
    before = sorted(place.iterdir())
    with scratch_folder():
        pass
    assert sorted(place.iterdir()) == before
    assert (others / "precious").exists()


def test_folders_of_other_users_are_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even by root, who could."""
    left = killed_run(place)
    monkeypatch.setattr(module.os, "getuid", lambda: left.stat().st_uid + 1)
    with scratch_folder():
        pass
    assert left.exists()


def test_no_place_for_temporary_files_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """TMPDIR may have gone since the program looked for it."""
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/gone")
    with pytest.raises(OutputError, match="TMPDIR"), scratch_folder():
        pass
