"""``lipwright sync``: arguments in, summary out."""

import json
import os
from pathlib import Path

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from tests.unit.cli.fakes import FakeLipsync, Run


def test_arguments_reach_the_use_case(run: Run, lipsync: FakeLipsync, tmp_path: Path) -> None:
    out = tmp_path / "out.webm"
    arguments = ["sync", "a.mp4", "b.wav", "-o", out, "--model", "lipsync-1.9", "--sync-mode", "loop"]
    arguments += ["--max-face-resolution", "200", "--output-format", "webm", "--seed", "5"]
    arguments += ["--no-idle-motion", "--prompt", "happy", "--mode", "head", "--workers", "3"]
    assert run(*arguments).code == 0
    (call,) = lipsync.calls
    del call["progress"]
    assert call == {
        "video": Path("a.mp4"),
        "audio": Path("b.wav"),
        "output": out,
        "model": "lipsync-1.9",
        "segments": (),
        "sync_mode": "loop",
        "output_format": "webm",
        "max_face_resolution": 200,
        "face_choice": FaceChoice(),
        "prompt": "happy",
        "model_mode": "head",
        "measure": False,
        "resume": False,
        "workers": 3,
        "seed": 5,
        "idle_motion": False,
    }


@pytest.mark.parametrize(
    ("chosen", "name"), [([], "talk.lipsync.mp4"), (["--output-format", "webm"], "talk.lipsync.webm")]
)
def test_without_output_the_result_lies_beside_the_video(
    run: Run, lipsync: FakeLipsync, tmp_path: Path, chosen: list[str], name: str
) -> None:
    run("sync", tmp_path / "talk.mp4", "b.wav", *chosen)
    assert lipsync.calls[0]["output"] == tmp_path / name


def test_summary_says_where_the_result_is_and_what_was_done(
    run: Run, lipsync: FakeLipsync, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    text = run("sync", "a.mp4", "b.wav", "-o", out).out
    assert text.splitlines()[0] == str(out)
    for part in (
        "640 x 480",
        "50 frames",
        "40 frames changed",
        "1 seen, 1 speaking",
        "lipsync-2",
        "too small",
    ):
        assert part in text


def test_json_is_all_there_is_on_stdout(run: Run, lipsync: FakeLipsync, tmp_path: Path) -> None:
    outcome = run("sync", "a.mp4", "b.wav", "-o", tmp_path / "out.mp4", "--json")
    assert json.loads(outcome.out)["frames_touched"] == 40
    assert outcome.err == ""


def test_quiet_says_nothing(run: Run, lipsync: FakeLipsync, tmp_path: Path) -> None:
    outcome = run("sync", "a.mp4", "b.wav", "-o", tmp_path / "out.mp4", "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_away_from_a_terminal_every_stage_is_one_plain_line(
    run: Run, lipsync: FakeLipsync, tmp_path: Path
) -> None:
    """Logs stay readable: no bars, no escape codes."""
    lines = run("sync", "a.mp4", "b.wav", "-o", tmp_path / "out.mp4").err.splitlines()
    assert len(lines) == 5
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize("suffix", ["html", "json"])
def test_report_is_written_in_the_form_its_name_says(
    run: Run, lipsync: FakeLipsync, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"report.{suffix}"
    assert run("sync", "a.mp4", "b.wav", "-o", tmp_path / "out.mp4", "--report", path).code == 0
    assert lipsync.calls[0]["measure"]
    text = path.read_text(encoding="utf-8")
    assert ("<html" in text) if suffix == "html" else (json.loads(text)["n_frames"] == 50)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("report.pdf", 2),  # a form there is none of
        ("missing/report.html", 5),  # a folder that does not exist
        ("folder.html", 5),  # a folder itself
        ("x" * 300 + ".html", 5),  # a name that no file can have
    ],
)
def test_impossible_report_is_refused_before_the_work(
    run: Run, lipsync: FakeLipsync, tmp_path: Path, name: str, code: int
) -> None:
    (tmp_path / "folder.html").mkdir()
    assert run("sync", "a.mp4", "b.wav", "--report", tmp_path / name).code == code
    assert lipsync.calls == []


@pytest.mark.parametrize("is_there", [False, True])
def test_a_read_only_place_for_the_report_is_said_before_the_work(
    run: Run, lipsync: FakeLipsync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    """A new report needs its folder, one that is replaced only its file. Root may write everywhere."""
    path = tmp_path / "report.html"
    if is_there:
        path.touch()
    place = path if is_there else tmp_path
    monkeypatch.setattr(os, "access", lambda asked, mode: (Path(asked), mode) != (place, os.W_OK))
    outcome = run("sync", "a.mp4", "b.wav", "--report", path)
    assert (outcome.code, "read-only" in outcome.err) == (5, True)
    assert lipsync.calls == []


def test_unfinished_work_is_kept_if_asked_for(run: Run, lipsync: FakeLipsync) -> None:
    run("sync", "a.mp4", "b.wav", "--resume")
    assert lipsync.calls[0]["resume"]
