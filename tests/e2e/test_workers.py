"""Chunks that several processes draw at once."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lipwright import MediaError, Progress, Report, UsageError, lipsync
from lipwright.app.generate import work_folder_of
from lipwright.errors import LostProcessError
from tests.footage import Footage

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")


class StopError(Exception):
    """Stands for what a listener raises."""


def run(slow: Footage, output: Path, **options: Any) -> Report:
    return lipsync(slow.video, slow.audio, output, model="lipsync-1.9", **options)


def drawing_children(pid: int) -> list[int]:
    """The processes that draw for a process, found by what they were started with."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # threads and processes end while we look
            for child in (thread / "children").read_text(encoding="ascii").split():
                if b"part_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return found


@pytest.fixture(scope="module")
def alone(slow: Footage, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The result of one process."""
    return run(slow, tmp_path_factory.mktemp("alone") / "out.mp4", workers=1)


@needs_proc
def test_the_result_is_that_of_one_process_to_the_byte(slow: Footage, alone: Report, tmp_path: Path) -> None:
    """The listener is told of every frame once, and nobody is left behind."""
    steps: list[Progress] = []
    several = run(slow, tmp_path / "out.mp4", workers=2, progress=steps.append)
    assert several.output.read_bytes() == alone.output.read_bytes()
    assert several.frames_touched == alone.frames_touched
    drawn = [step.done for step in steps if step.stage == "render"]
    assert drawn == sorted(drawn)
    assert (drawn[0], drawn[-1]) == (0, 125)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert drawing_children(os.getpid()) == []


@needs_proc
def test_a_stopped_run_ends_its_processes_and_is_gone_on_with(
    slow: Footage, alone: Report, tmp_path: Path
) -> None:
    """By another number of processes too."""
    output = tmp_path / "out.mp4"
    folder = work_folder_of(output)

    def stop(step: Progress) -> None:
        if step.stage == "render" and list(folder.glob("0*.json")):
            raise StopError

    with pytest.raises(StopError):
        run(slow, output, workers=2, resume=True, progress=stop)
    assert drawing_children(os.getpid()) == []
    assert not output.exists()
    report = run(slow, output, workers=3, resume=True)
    assert "finished chunks were taken over" in report.notes[0]
    assert output.read_bytes() == alone.output.read_bytes()
    assert not folder.exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_is_the_same_whoever_draws(slow: Footage, tmp_path: Path, workers: int) -> None:
    """Here the video goes while it is worked on."""
    video = tmp_path / "clip.mp4"
    video.write_bytes(slow.video.read_bytes())

    def lose(step: Progress) -> None:
        if step.stage == "render":
            video.unlink(missing_ok=True)

    with pytest.raises(MediaError, match="no such file"):
        run(Footage(video, slow.audio), tmp_path / "out.mp4", workers=workers, progress=lose)
    assert list(tmp_path.iterdir()) == []


@needs_proc
def test_a_process_that_is_killed_ends_the_run_with_a_word_on_memory(slow: Footage, tmp_path: Path) -> None:
    def kill(step: Progress) -> None:
        if step.stage == "render" and step.done:
            os.kill(drawing_children(os.getpid())[0], signal.SIGKILL)

    with pytest.raises(LostProcessError, match=r"ended with -9.*use fewer workers"):
        run(slow, tmp_path / "out.mp4", workers=2, progress=kill)
    assert drawing_children(os.getpid()) == []


@needs_proc
def test_a_command_whose_process_is_killed_says_so_in_a_line(slow: Footage, tmp_path: Path) -> None:
    """With an exit code of its own: it is no defect, and another try may do better."""
    command = [sys.executable, "-m", "lipwright", "sync", str(slow.video), str(slow.audio), "-q"]
    command += ["-o", str(tmp_path / "out.mp4"), "--model", "lipsync-1.9", "--workers", "2"]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment(tmp_path))
    while not (children := drawing_children(started.pid)):
        assert started.poll() is None
        time.sleep(0.02)
    os.kill(children[0], signal.SIGKILL)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 15
    (line,) = said.splitlines()
    assert line.startswith("error: expected chunk")
    assert "use fewer workers" in line
    assert list(tmp_path.iterdir()) == []


@needs_proc
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_command_that_is_stopped_leaves_nobody_and_nothing(
    slow: Footage, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    """Ctrl+C reaches every process of the terminal, the drawing ones too; all go soon, or this hangs."""
    command = [sys.executable, "-m", "lipwright.cli", "sync", str(slow.video), str(slow.audio)]
    command += ["-o", str(tmp_path / "out.mp4"), "--model", "lipsync-1.9", "--workers", "2", "-q"]
    started = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, env=_environment(tmp_path)
    )
    while not (children := drawing_children(started.pid)):
        assert started.poll() is None
        time.sleep(0.02)
    os.killpg(started.pid, how)
    for _ in range(4):  # somebody keeps pressing Ctrl+C
        time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode in {code, 130}  # a busy process hears both at once, and Ctrl+C first
    assert "Traceback" not in said
    while any(Path(f"/proc/{child}").exists() for child in children):  # the kernel ends the last of them
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


def _environment(scratch: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(scratch)}


def test_no_worker_at_all_is_refused(slow: Footage, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="workers of 1 or more, got 0"):
        run(slow, tmp_path / "out.mp4", workers=0)
