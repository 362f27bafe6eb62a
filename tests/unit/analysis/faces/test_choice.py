"""What a client may say about who speaks."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.errors import FaceChoiceError


@pytest.mark.parametrize(
    "choice",
    [
        FaceChoice(),
        FaceChoice(auto_detect=True),
        FaceChoice(frame_number=3, coordinates=(1.5, 2.0)),
        FaceChoice(bounding_boxes=((0.0, 0.0, 8.0, 9.0), None)),
    ],
)
def test_a_choice_survives_json(choice: FaceChoice) -> None:
    """It crosses to compute processes and into the database that way."""
    assert FaceChoice.from_dict(json.loads(json.dumps(asdict(choice)))) == choice


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"auto_detect": True, "frame_number": 0, "coordinates": (1, 1)}, "auto_detect"),
        ({"auto_detect": True, "bounding_boxes": (None,)}, "bounding_boxes"),
        ({"frame_number": 0}, "coordinates"),
        ({"coordinates": (1, 1)}, "frame_number"),
        ({"frame_number": -1, "coordinates": (1, 1)}, "frame_number"),
        ({"frame_number": 0, "coordinates": (1, 1, 1)}, "coordinates"),
        ({"frame_number": 0, "coordinates": (float("nan"), 1)}, "coordinates"),
        ({"bounding_boxes": (None, (5, 5, 5, 9))}, "bounding_boxes[1]"),  # no width
        ({"bounding_boxes": ((0, 9, 5, 5),)}, "bounding_boxes[0]"),  # upside down
        ({"bounding_boxes": ((0, 0, 5),)}, "bounding_boxes[0]"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_with_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(FaceChoiceError) as raised:
        FaceChoice(**values)
    assert field in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (
            FaceChoice(bounding_boxes=(None,) * 9),
            "bounding_boxes: expected one entry for each of the 10 frames",
        ),
        (FaceChoice(bounding_boxes=()), "found 0"),
        (FaceChoice(frame_number=10, coordinates=(1, 1)), "frame_number: expected a frame from 0 to 9"),
        (FaceChoice(frame_number=9, coordinates=(64, 1)), "coordinates: expected a point inside the picture"),
    ],
)
def test_a_choice_that_does_not_fit_the_video_says_what_would(choice: FaceChoice, said: str) -> None:
    with pytest.raises(FaceChoiceError) as raised:
        choice.check_video(10, 64, 48)
    assert said in str(raised.value)


def test_a_still_is_one_frame() -> None:
    """Nobody counts the frames of a picture."""
    for choice, said in (
        (
            FaceChoice(bounding_boxes=(None,) * 2),
            "bounding_boxes: expected one entry, as the picture is a still",
        ),
        (FaceChoice(frame_number=3, coordinates=(1, 1)), "frame_number: expected 0, the only frame, found 3"),
    ):
        with pytest.raises(FaceChoiceError, match=said):
            choice.check_video(1, 64, 48)


def test_a_choice_that_fits_passes() -> None:
    FaceChoice(frame_number=9, coordinates=(63, 47)).check_video(10, 64, 48)
    FaceChoice(bounding_boxes=(None,) * 10).check_video(10, 64, 48)
