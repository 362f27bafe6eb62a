"""The options that say who speaks."""

import json
from pathlib import Path

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from tests.unit.cli.fakes import FakeLipsync, Run


def test_a_point_is_a_frame_and_two_pixels(run: Run, lipsync: FakeLipsync, tmp_path: Path) -> None:
    assert run("sync", tmp_path / "a.mp4", "b.wav", "--face-at", "12,640,360.5").code == 0
    wanted = FaceChoice(frame_number=12, coordinates=(640, 360.5))
    assert lipsync.calls[0]["face_choice"] == wanted


def test_the_voice_can_follow_the_speaker(run: Run, lipsync: FakeLipsync, tmp_path: Path) -> None:
    run("sync", tmp_path / "a.mp4", "b.wav", "--synergize")
    assert lipsync.calls[0]["face_choice"] == FaceChoice(auto_detect=True)


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_boxes_come_from_a_file(run: Run, lipsync: FakeLipsync, tmp_path: Path, is_wrapped: bool) -> None:
    """The bare list, or the object that the vendor's file of boxes holds."""
    boxes = [[1, 2, 30, 40], None]
    path = tmp_path / "boxes.json"
    path.write_text(json.dumps({"bounding_boxes": boxes} if is_wrapped else boxes), encoding="utf-8")
    run("sync", tmp_path / "a.mp4", "b.wav", "--boxes", path)
    assert lipsync.calls[0]["face_choice"] == FaceChoice(bounding_boxes=((1, 2, 30, 40), None))


@pytest.mark.parametrize("text", ["", "12", "1,2", "a,b,c", "1,2,3,4", "1.5,2,3"])
def test_a_point_that_is_none_is_refused(run: Run, lipsync: FakeLipsync, text: str) -> None:
    outcome = run("sync", "a.mp4", "b.wav", "--face-at", text)
    assert outcome.code == 2
    assert "--face-at" in outcome.err
    assert lipsync.calls == []


@pytest.mark.parametrize(
    ("content", "code"), [("[[1, 2, 3]]", 2), ("{}", 2), ('[["a", 1, 2, 3]]', 2), ("[", 3), (None, 3)]
)
def test_boxes_that_are_none_are_refused(run: Run, tmp_path: Path, content: str | None, code: int) -> None:
    path = tmp_path / "boxes.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    outcome = run("sync", "a.mp4", "b.wav", "--boxes", path)
    assert (outcome.code, "--boxes" in outcome.err) == (code, True)


def test_two_choices_are_refused(run: Run) -> None:
    outcome = run("sync", "a.mp4", "b.wav", "--synergize", "--face-at", "0,1,1")
    assert outcome.code == 2
    assert "--synergize" in outcome.err
