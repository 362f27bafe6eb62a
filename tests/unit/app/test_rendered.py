"""Whose mouth is whose in a finished video."""

from dataclasses import replace

import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.app.rendered import with_rendered
from lipwright.render.report import Curve
from lipwright.scoring.watch import MouthRecord, Watched
from tests.tracks import CENTER, make_track

RATE = 25.0
ASIDE = 200.0
"""Pixels to the right: most of a face's height there."""


def _track(gap: float, n_frames: int = 10, start: int = 0, aside: float = 0.0) -> FaceTrack:
    track = make_track(np.full(n_frames, gap), start=start)
    track.translations[:, 0] += aside
    return track


def _watched(*tracks: FaceTrack) -> Watched:
    numbered = dict(enumerate(tracks))
    return Watched(
        FaceAnalysis(20, [0], numbered), {number: MouthRecord() for number in numbered}, np.arange(20) / RATE
    )


def _curve(track_id: int, first: int, aside: float = 0.0, n_frames: int = 4) -> Curve:
    """Of a face that stands still."""
    seconds = [round((first + k) / RATE, 4) for k in range(n_frames)]
    values = [1.0] * n_frames
    place = (CENTER[0] + aside, CENTER[1])
    return Curve(track_id, seconds, values, list(values), values, places=[place] * n_frames)


def test_faces_are_found_again_by_their_places() -> None:
    """The numbers of the output's tracks are its own."""
    left, right = with_rendered(
        [_curve(7, 2), _curve(3, 4, ASIDE)], _watched(_track(9.0, aside=ASIDE + 5), _track(2.0, aside=-5))
    )
    assert left.rendered_gap_mm == pytest.approx([2.0] * 4, abs=0.01)
    assert right.rendered_gap_mm == pytest.approx([9.0] * 4, abs=0.01)


def test_somebody_else_is_not_taken_for_a_face_that_is_lost() -> None:
    (curve,) = with_rendered([_curve(0, 0)], _watched(_track(9.0, aside=ASIDE)))
    assert curve.rendered_gap_mm == [None] * 4


def test_a_face_that_the_output_shows_as_two_tracks_is_one() -> None:
    """It was lost in between, for frame 4."""
    (curve,) = with_rendered([_curve(0, 2, n_frames=6)], _watched(_track(2.0, 4), _track(5.0, 5, start=5)))
    shown = [None if gap is None else round(gap) for gap in curve.rendered_gap_mm]
    assert shown == [2, 2, None, 5, 5, 5]


def test_two_faces_that_follow_one_another_in_one_place_are_told_apart() -> None:
    """Two shots: the place is the same, the time is not."""
    curves = [_curve(0, 1), _curve(1, 12)]
    found = with_rendered(curves, _watched(_track(2.0, 10), _track(8.0, 10, start=10)))
    assert [round(one.rendered_gap_mm[0] or 0) for one in found] == [2, 8]


def test_a_face_without_a_place_is_not_measured() -> None:
    curve = replace(_curve(0, 0), places=[None] * 4)
    assert with_rendered([curve], _watched(_track(2.0)))[0].rendered_gap_mm == [None] * 4
