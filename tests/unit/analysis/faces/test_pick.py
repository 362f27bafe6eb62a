"""Faces that a client points at."""

from dataclasses import replace

import numpy as np
import pytest

from lipwright.analysis.faces.pick import face_boxes, pick_at, pick_in
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.errors import FaceChoiceError
from tests.tracks import CENTER, make_track

LEFT, RIGHT = (CENTER[0], CENTER[1]), (CENTER[0] + 400, CENTER[1])


def moved(track: FaceTrack, right: float) -> FaceTrack:
    return replace(track, translations=track.translations + np.array([right, 0, 0], np.float32))


def two_faces() -> FaceAnalysis:
    """One face for 30 frames, another 400 pixels to the right of it from frame 10 on."""
    right = moved(make_track(np.zeros(20), start=10), 400)
    return FaceAnalysis(30, [0], {0: make_track(np.zeros(30)), 1: right})


def box_round(middle: tuple[float, float], half: float = 100) -> tuple[float, float, float, float]:
    return middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half


def test_the_box_of_a_face_holds_its_outline_and_is_unknown_where_it_is_lost() -> None:
    track = make_track(np.zeros(2))
    track.rotations[1] = track.scales[1] = track.translations[1] = np.nan
    left, top, right, bottom = face_boxes(track)[0]
    assert left < CENTER[0] < right
    assert top < CENTER[1] < bottom
    assert 1.1 < (bottom - top) / (right - left) < 1.6
    assert np.isnan(face_boxes(track)[1]).all()


@pytest.mark.parametrize(("point", "number"), [(LEFT, 0), (RIGHT, 1)])
def test_a_point_chooses_the_face_under_it(point: tuple[float, float], number: int) -> None:
    assert pick_at(two_faces(), 12, point) == number


def test_of_faces_one_behind_the_other_the_nearer_middle_is_meant() -> None:
    near = FaceAnalysis(5, [0], {0: make_track(np.zeros(5)), 1: moved(make_track(np.zeros(5)), 60)})
    assert pick_at(near, 0, (CENTER[0] + 45, CENTER[1])) == 1


def test_a_point_beside_every_face_is_told_where_they_are() -> None:
    with pytest.raises(FaceChoiceError, match=r"coordinates: .* faces are at \(\d+, \d+\), \(5\d\d, \d+\)$"):
        pick_at(two_faces(), 12, (2, 2))


def test_a_frame_without_a_face_is_named() -> None:
    with pytest.raises(FaceChoiceError, match=r"frame 29.*no face is seen in that frame"):
        pick_at(FaceAnalysis(30, [0], {0: make_track(np.zeros(5))}), 29, LEFT)


def test_boxes_choose_frame_by_frame_and_null_chooses_nobody() -> None:
    boxes = (*[box_round(LEFT)] * 15, *[box_round(RIGHT)] * 10, *[None] * 5)
    first, second = pick_in(two_faces(), boxes)
    assert first.speaks.tolist() == [True] * 15 + [False] * 15
    assert second.speaks.tolist() == [False] * 5 + [True] * 10 + [False] * 5


def test_boxes_without_any_face_are_refused() -> None:
    with pytest.raises(FaceChoiceError, match="bounding_boxes: expected a face in at least one"):
        pick_in(two_faces(), (box_round((1000, 1000)),) * 30)
