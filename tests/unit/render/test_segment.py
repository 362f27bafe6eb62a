"""What segments may say."""

import json
from fractions import Fraction
from typing import Any

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.errors import FaceChoiceError, SegmentError
from lipwright.media.frame_clock import FrameClock
from lipwright.media.picture import ColorTags
from lipwright.media.probe import VideoInfo
from lipwright.render.segment import MAX_SEGMENTS, Segment, check_segments
from lipwright.render.segment_fit import fit_segments, part_of_voice

LEFT = FaceChoice(frame_number=0, coordinates=(10, 10))
RIGHT = FaceChoice(frame_number=0, coordinates=(90, 10))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"start": -1, "end": 2}, "start: expected seconds"),
        ({"start": float("nan"), "end": 2}, "start: expected seconds"),
        ({"start": 0, "end": float("inf")}, "end: expected seconds"),
        ({"start": "0", "end": 1}, "start: expected seconds"),
        ({"start": 2, "end": 2}, "end: expected a time after start"),
        ({"start": 2, "end": 1}, "end: expected a time after start"),
        ({"start": 0, "end": 1, "audio_start": 3, "audio_end": 2}, "audio_end: expected a time after"),
        ({"start": 0, "end": 1, "audio_end": 0}, "audio_end: expected a time after"),
        ({"start": 0, "end": 1, "sync_mode": "stretch"}, "sync_mode: expected one of"),
    ],
)
def test_a_segment_that_makes_no_sense_names_its_field(values: dict[str, Any], said: str) -> None:
    with pytest.raises(SegmentError, match=said):
        Segment(**values)


def test_a_segment_survives_json() -> None:
    segment = Segment(0.1, 2, "a.wav", 0.5, 1.5, RIGHT, "loop")
    assert Segment.from_dict(json.loads(json.dumps(segment.to_dict()))) == segment


def test_seconds_are_the_decimals_they_are_written_as() -> None:
    assert Segment(0.1, 2.3).span == (Fraction(1, 10), Fraction(23, 10))


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        ([Segment(0, 2), Segment(1, 3)], r"segments\[1\]: .* segments\[0\]"),
        ([Segment(1, 3), Segment(0, 2)], r"segments\[1\]: .* segments\[0\]"),
        ([Segment(0, 2, face_choice=LEFT), Segment(1, 3)], r"segments\[1\]"),
        ([Segment(0, 2, face_choice=LEFT), Segment(1, 3, face_choice=LEFT)], r"segments\[1\]"),
        (
            [Segment(0, 2, face_choice=LEFT), Segment(1, 3, face_choice=RIGHT, sync_mode="loop")],
            r"segments\[1\]\.sync_mode: expected none",
        ),
        ([Segment(0, 1)] * (MAX_SEGMENTS + 1), "at most"),
    ],
)
def test_segments_of_one_face_at_a_time_are_refused(segments: list[Segment], said: str) -> None:
    with pytest.raises(SegmentError, match=said):
        check_segments(segments)


def test_segments_may_adjoin_or_be_of_two_faces() -> None:
    check_segments([Segment(1, 2), Segment(0, 1), Segment(2, 3)])
    check_segments([Segment(0, 2, face_choice=LEFT), Segment(1, 3, face_choice=RIGHT)])


CLOCK = FrameClock.constant(Fraction(25), 100)
VIDEO = VideoInfo(
    width=100,
    height=50,
    fps=CLOCK.fps,
    n_frames=100,
    duration=CLOCK.duration,
    start_seconds=Fraction(0),
    clock=CLOCK,
    rotation_degrees=0,
    sample_aspect=Fraction(1),
    codec="h264",
    pixel_format="yuv420p",
    color=ColorTags(),
)


@pytest.mark.parametrize(
    ("segment", "error", "said"),
    [
        (Segment(3, 4.2), SegmentError, r"segments\[0\]\.end: .*4\.000 s, the length of the video"),
        (Segment(0, 1, audio_end=3.2), SegmentError, r"segments\[0\]\.audio_end: .*the voice"),
        (Segment(0, 1, audio_start=3), SegmentError, r"segments\[0\]\.audio_start: expected 0\.04 s"),
        (
            Segment(0, 1, face_choice=FaceChoice(frame_number=100, coordinates=(1, 1))),
            FaceChoiceError,
            r"segments\[0\]\.frame_number",
        ),
    ],
)
def test_segments_beyond_their_files_are_refused(segment: Segment, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        fit_segments([segment], VIDEO, [Fraction(3)], Fraction(100))


def test_ends_may_be_rounded() -> None:
    """A video of 4 s whose owner reads 4.03; the voice ends where it ends."""
    segment = Segment(3, 4.03, audio_end=3.04)
    fit_segments([segment], VIDEO, [Fraction(3)], Fraction(100))
    assert part_of_voice(segment, Fraction(3)) == (0, 3)
