"""Several voices on the command line."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.render.segment import Segment
from tests.unit.cli.fakes import FakeLipsync, Run

AT = FaceChoice(frame_number=12, coordinates=(640, 360.5))


def asked(run: Run, lipsync: FakeLipsync, *arguments: object) -> dict[str, Any]:
    outcome = run("sync", "a.mp4", *arguments)
    assert outcome.code == 0, outcome.err
    return lipsync.calls[0]


@pytest.mark.parametrize(
    ("text", "segment"),
    [
        ("1,2.5", Segment(1, 2.5)),
        ("1,2.5,x.wav", Segment(1, 2.5, "x.wav")),
        ("1,2.5@12,640,360.5", Segment(1, 2.5, face_choice=AT)),
        ("1,2.5,x@12,640,360.5", Segment(1, 2.5, "x", face_choice=AT)),
        ("1,2.5,a, b.wav", Segment(1, 2.5, "a, b.wav")),
        ("1,2.5,me@home.wav", Segment(1, 2.5, "me@home.wav")),
    ],
)
def test_a_segment_is_a_span_a_voice_and_a_face(
    run: Run, lipsync: FakeLipsync, text: str, segment: Segment
) -> None:
    """Voice and face may be left out; names of files hold commas and at signs."""
    assert asked(run, lipsync, "b.wav", "--segment", text)["segments"] == (segment,)


def test_segments_may_be_repeated_and_need_no_voice_besides(run: Run, lipsync: FakeLipsync) -> None:
    call = asked(run, lipsync, "--segment", "0,1,x.wav", "--segment", "1,2,y.wav")
    assert call["audio"] is None
    assert [segment.audio for segment in call["segments"]] == ["x.wav", "y.wav"]


TOML = """
[[segments]]
start = 1
end = 2.5
audio = "voices/x.wav"
audio_start = 0.5
audio_end = 2
face_at = [12, 640, 360.5]
sync_mode = "loop"

[[segments]]
start = 3
end = 4
boxes = "boxes.json"
"""


@pytest.mark.parametrize("is_toml", [True, False])
def test_a_file_says_the_same(run: Run, lipsync: FakeLipsync, tmp_path: Path, is_toml: bool) -> None:
    """Files that it names are looked for beside it."""
    path = tmp_path / ("cast.toml" if is_toml else "cast.json")
    path.write_text(TOML if is_toml else json.dumps(tomllib.loads(TOML)["segments"]), encoding="utf-8")
    (tmp_path / "boxes.json").write_text("[[1, 2, 30, 40], null]", encoding="utf-8")
    first, second = asked(run, lipsync, "b.wav", "--segments", path)["segments"]
    assert first == Segment(1, 2.5, tmp_path / "voices/x.wav", 0.5, 2, AT, "loop")
    assert second == Segment(3, 4, face_choice=FaceChoice(bounding_boxes=((1, 2, 30, 40), None)))


@pytest.mark.parametrize(
    ("row", "said", "code"),
    [
        ("[]", "expected a list of segments", 2),
        ("{}", "expected a list of segments", 2),
        ("{", "broken at line 1, column 2", 3),
        ("[3]", "segments[0]: expected a table", 14),
        ('[{"start": 0}]', "segments[0].end: expected seconds", 14),
        ('[{"start": 0, "end": 1}, {"start": 2, "end": 1}]', "segments[1].end: expected a time after", 14),
        ('[{"start": 0, "end": 1, "voice": "x"}]', "segments[0].voice: expected one of", 14),
        ('[{"start": 0, "end": 1, "audio": 5}]', "segments[0].audio: expected the name", 14),
        ('[{"start": "0", "end": 1}]', "segments[0].start: expected seconds", 14),
        ('[{"start": 0, "end": 1, "face_at": [1, 2]}]', "segments[0]: --face-at", 2),
        ('[{"start": 0, "end": 1, "face_at": [-1, 2, 3]}]', "segments[0].face_at: expected a frame", 13),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(
    run: Run, lipsync: FakeLipsync, tmp_path: Path, row: str, said: str, code: int
) -> None:
    path = tmp_path / "cast.json"
    path.write_text(row, encoding="utf-8")
    outcome = run("sync", "a.mp4", "b.wav", "--segments", path)
    assert outcome.code == code
    assert said in outcome.err
    assert lipsync.calls == []


@pytest.mark.parametrize("text", ["", "1", "a,b", "2,1", "0,1,x@1,-2,a"])
def test_a_segment_that_is_none_is_refused(run: Run, lipsync: FakeLipsync, text: str) -> None:
    outcome = run("sync", "a.mp4", "b.wav", "--segment", text)
    assert outcome.code in (2, 14)
    assert "--segment" in outcome.err
    assert lipsync.calls == []


def test_without_a_voice_there_is_nothing_to_say(run: Run, lipsync: FakeLipsync) -> None:
    outcome = run("sync", "a.mp4")
    assert outcome.code == 2
    assert "AUDIO: expected the new voice" in outcome.err
