"""A run that was stopped is gone on with."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lipwright import OutputError, Progress, Report, UsageError, __version__, lipsync
from lipwright.app.generate import work_folder_of
from lipwright.engines import registry
from lipwright.render import pipeline
from lipwright.render.job import RenderJob
from lipwright.render.unfinished import Keep, unfinished_work
from tests.footage import Footage


class StopError(Exception):
    """Stands for Ctrl+C."""


class Watcher:
    """Stops a run after so many rendered frames, and counts what is done."""

    def __init__(self, most: int = 10**9) -> None:
        self.most, self.rendered, self.stages = most, list[int](), list[str]()

    def __call__(self, step: Progress) -> None:
        self.stages.append(step.stage)
        if step.stage == "render":
            self.rendered.append(step.done)
            if step.done > self.most:
                raise StopError


def run(slow: Footage, output: Path, watcher: Watcher, voice: Path | None = None, **options: Any) -> Report:
    chosen = slow.audio if voice is None else voice
    return lipsync(slow.video, chosen, output, model="lipsync-1.9", resume=True, progress=watcher, **options)


@pytest.fixture
def stopped(slow: Footage, tmp_path: Path) -> Path:
    """The output of a run that was stopped in its third chunk."""
    output = tmp_path / "out.mp4"
    with pytest.raises(StopError):
        run(slow, output, Watcher(100))
    assert not output.exists()
    return output


def test_finished_chunks_are_not_rendered_again(stopped: Path, slow: Footage) -> None:
    """Nor is the video looked at again; the result is the same to the byte, and nothing is left behind."""
    again = Watcher()
    report = run(slow, stopped, again)
    assert "analyse" not in again.stages
    assert again.rendered[:2] == [0, 84]
    assert again.rendered[-1] == report.n_frames == 125
    assert "its 2 finished chunks were taken over" in report.notes[0]
    whole = lipsync(slow.video, slow.audio, stopped.with_name("whole.mp4"), model="lipsync-1.9")
    assert stopped.read_bytes() == whole.output.read_bytes()
    assert report.frames_touched == whole.frames_touched
    assert sorted(path.name for path in stopped.parent.iterdir()) == ["out.mp4", "whole.mp4"]


def test_another_job_begins_anew_and_says_so(stopped: Path, slow: Footage, tmp_path: Path) -> None:
    """Other options, or a voice of other content under the same name."""
    changed = tmp_path / "voice.wav"
    changed.write_bytes(slow.audio.read_bytes()[:-2000])
    watcher = Watcher()
    report = run(slow, stopped, watcher, voice=changed, sync_mode="loop")
    assert "analyse" in watcher.stages
    assert report.notes[0].endswith("this differs: voices, sync mode")
    assert not work_folder_of(stopped).exists()


def test_inputs_under_other_names_are_the_same_job(stopped: Path, slow: Footage, tmp_path: Path) -> None:
    moved = tmp_path / "moved.wav"
    moved.write_bytes(slow.audio.read_bytes())
    assert "taken over" in run(slow, stopped, Watcher(), voice=moved).notes[0]


def test_a_run_that_fails_at_its_end_only_joins_again(
    slow: Footage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "join", full)
        with pytest.raises(OutputError):
            run(slow, tmp_path / "out.mp4", Watcher())
    watcher = Watcher()
    run(slow, tmp_path / "out.mp4", watcher)
    assert set(watcher.rendered) == {0, 125}


def test_two_runs_are_not_at_the_same_work(stopped: Path, slow: Footage) -> None:
    """Each would write over the other's chunks."""
    job = RenderJob(slow.video, slow.audio, stopped, registry.engine("lipsync-1.9"))
    keep = Keep(work_folder_of(stopped), __version__)
    with unfinished_work(keep, job), pytest.raises(UsageError, match="another run"):
        run(slow, stopped, Watcher())


def test_a_folder_that_holds_something_else_is_left_alone(slow: Footage, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    folder = work_folder_of(output)
    folder.mkdir()
    (folder / "thesis.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(UsageError, match="other files"):
        run(slow, output, Watcher())
    assert (folder / "thesis.txt").read_text(encoding="utf-8") == "precious"


def test_a_killed_command_is_gone_on_with(slow: Footage, tmp_path: Path) -> None:
    """kill -9 as soon as a chunk is finished; the same command again."""
    output = tmp_path / "out.mp4"
    command = [sys.executable, "-m", "lipwright.cli", "sync", str(slow.video), str(slow.audio)]
    command += ["-o", str(output), "--model", "lipsync-1.9", "--resume"]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (work_folder_of(output) / "00000.json").exists():
        assert first.poll() is None
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=60)
    assert not output.exists()
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    assert "an earlier run was gone on with" in said
    assert output.exists()
    assert not work_folder_of(output).exists()
