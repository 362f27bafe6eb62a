"""The options that say who speaks."""

import json
from pathlib import Path

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.errors import FaceChoiceError
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


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("coordinates: expected a point", "--face-at: expected a point"),
        ("frame_number: expected a frame", "--face-at: expected a frame"),
        ("bounding_boxes: expected one entry", "--boxes: expected one entry"),
        ("bounding_boxes[3]: expected left", "--boxes[3]: expected left"),
        ("segments[1].coordinates: expected a point", "segments[1].face_at: expected a point"),
        ("segments[1].bounding_boxes[3]: expected left", "segments[1].boxes[3]: expected left"),
        ("expected coordinates: none", "expected coordinates: none"),
    ],
)
def test_errors_name_the_option_not_the_field_of_the_api(
    run: Run, lipsync: FakeLipsync, raised: str, said: str
) -> None:
    """Also where only the video shows what is wrong; a file of segments has names of its own."""
    lipsync.error = FaceChoiceError(raised)
    outcome = run("sync", "a.mp4", "b.wav")
    assert (outcome.code, outcome.err) == (13, f"error: {said}\n")


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--face-at", "-1,2,3", "--face-at: expected a frame"),
        ("--face-at", "1,nan,3", "--face-at: expected x and y"),
        ("--segment", "0,1@-1,2,3", "--segment 0,1@-1,2,3: expected a frame"),
    ],
)
def test_a_point_that_no_video_has_is_refused_by_its_option(
    run: Run, lipsync: FakeLipsync, option: str, text: str, said: str
) -> None:
    outcome = run("sync", "a.mp4", "b.wav", option, text)
    assert (outcome.code, said in outcome.err) == (13, True), outcome.err
    assert lipsync.calls == []
