from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.landmarks import (
    BROW_VERTICES,
    BROWS,
    LEFT_EYE,
    N_VERTICES,
    OUTER_LIP,
    RIGHT_EYE,
)
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.analysis.faces.tracking import TrackingOptions
from lipwright.measures import Measure
from tests.unit.analysis.faces.drawn_face import LEAST_OPENING, as_picture, draw_face, plain_canvas

FloatArray = NDArray[np.floating[Any]]
UInt8Array = NDArray[np.uint8]

ROOM = plain_canvas(480, 270)


def wall(seed: int) -> UInt8Array:
    """A room that looks like no other, so that going from one to the next is a cut."""
    noise = np.random.default_rng(seed).integers(60, 190, (6, 8, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (480, 270), interpolation=cv2.INTER_CUBIC), np.uint8)


def analyze(
    images: list[UInt8Array], options: FaceOptions | None = None
) -> tuple[FaceAnalysis, list[list[FaceObservation]]]:
    with FaceAnalyzer(options or FaceOptions()) as analyzer:
        observations = [analyzer.push(as_picture(image)) for image in images]
        return analyzer.finish(), observations


@pytest.fixture(scope="module")
def openings() -> FloatArray:
    """Height of the drawn mouth's opening by frame, as a share of the face: shut, then talking."""
    return np.concatenate([np.zeros(8), 0.06 - 0.06 * np.cos(np.arange(24) / 2.0)])


@pytest.fixture(scope="module")
def talking(openings: FloatArray) -> tuple[FaceAnalysis, list[list[FaceObservation]]]:
    return analyze([draw_face(ROOM, (200 + 2 * i, 135), 160, o) for i, o in enumerate(openings)])


def test_one_person_in_one_shot_is_one_track_without_gaps(
    talking: tuple[FaceAnalysis, list[list[FaceObservation]]],
) -> None:
    analysis, _ = talking
    (track,) = analysis.tracks.values()
    assert analysis.shot_starts == [0]
    assert (track.start, track.stop) == (0, analysis.n_frames)
    assert track.is_tracked.all()


def test_the_measured_gap_is_the_drawn_one(
    talking: tuple[FaceAnalysis, list[list[FaceObservation]]], openings: FloatArray
) -> None:
    """Ground truth in pixels: within 2.5 on a face of 160, and moving together."""
    (track,) = talking[0].tracks.values()
    gap_pixels = track.measures[:, Measure.GAP] * track.scales
    drawn = np.maximum(openings, LEAST_OPENING) * 160
    assert np.abs(gap_pixels - drawn).max() < 2.5
    assert np.corrcoef(gap_pixels, openings)[0, 1] > 0.98


def test_landmarks_are_canonical_points_under_the_pose(
    talking: tuple[FaceAnalysis, list[list[FaceObservation]]],
) -> None:
    (track,) = talking[0].tracks.values()
    for frame_index in (0, 15, 31):
        put_back = track.pose(frame_index).apply(track.canonical[frame_index])
        np.testing.assert_allclose(put_back, track.landmarks[frame_index], atol=0.01)


def test_a_streaming_pass_is_told_at_once_and_close_to_the_final_answer(
    talking: tuple[FaceAnalysis, list[list[FaceObservation]]],
) -> None:
    analysis, observations = talking
    (number,) = analysis.tracks
    track = analysis.tracks[number]
    for frame_index, seen in enumerate(observations):
        (one,) = seen
        assert (one.frame_index, one.track_id) == (frame_index, number)
        difference = one.landmarks[:, :2] - track.landmarks[frame_index, :, :2]
        assert np.abs(difference).max() < 3
        assert one.face_box.left <= one.landmarks[:, 0].min() <= one.face_box.right


def test_the_same_video_gives_the_same_answer(openings: FloatArray) -> None:
    images = [draw_face(ROOM, (240, 135), 160, o) for o in openings[4:14]]
    (one,), (other,) = (analyze(images)[0].tracks.values() for _ in range(2))
    np.testing.assert_array_equal(one.landmarks, other.landmarks)


def test_a_track_ends_at_a_cut_and_a_new_one_begins() -> None:
    images = [draw_face(wall(1), (150, 135), 150)] * 8 + [draw_face(wall(2), (330, 135), 150)] * 8
    analysis, _ = analyze(images)
    assert analysis.shot_starts == [0, 8]
    assert [(track.start, track.stop) for track in analysis.tracks.values()] == [(0, 8), (8, 16)]


def test_somebody_who_leaves_and_returns_to_their_place_is_one_track_with_a_gap() -> None:
    face = draw_face(ROOM, (240, 135), 150)
    (track,) = analyze([face] * 8 + [ROOM] * 6 + [face] * 12)[0].tracks.values()
    assert track.is_tracked[:8].all()
    assert not track.is_tracked[8:14].any()
    assert track.is_tracked[-8:].all()
    assert np.isnan(track.landmarks[8:14]).all()
    assert np.isnan(track.measures[8:14]).all()
    assert np.isfinite(track.landmarks[track.is_tracked]).all()


def test_one_lost_frame_is_filled_in() -> None:
    face = draw_face(ROOM, (240, 135), 150)
    # searched again every frame, so that the face is back at once
    options = FaceOptions(tracking=TrackingOptions(search_interval=1))
    (track,) = analyze([face] * 8 + [ROOM] + [face] * 8, options)[0].tracks.values()
    assert track.is_tracked.all()
    assert np.isfinite(track.landmarks).all()


def test_two_people_are_two_tracks() -> None:
    both = draw_face(draw_face(ROOM, (120, 135), 130), (360, 135), 130)
    analysis, _ = analyze([both] * 12)
    assert len(analysis.tracks) == 2
    centers = sorted(float(track.landmarks[..., 0].mean()) for track in analysis.tracks.values())
    assert centers == pytest.approx([120, 360], abs=12)


@pytest.mark.parametrize(
    ("turns", "chin"),
    [(0, (0, 1)), (1, (1, 0)), (2, (0, -1)), (3, (-1, 0))],  # where it points, in the picture
)
def test_a_face_is_seen_the_right_way_up_however_the_picture_is_held(
    turns: int, chin: tuple[int, int]
) -> None:
    """Else a mouth is drawn over its eyes."""
    upright = draw_face(plain_canvas(640, 360), (320, 180), 180, 0.1)
    held = np.ascontiguousarray(np.rot90(upright, turns))
    analysis, _ = analyze([held] * 8)
    (track,) = analysis.tracks.values()
    from_eyes = track.landmarks[4][OUTER_LIP].mean(axis=0) - track.landmarks[4][LEFT_EYE].mean(axis=0)
    assert from_eyes[:2] @ chin > 40


def test_a_newcomer_is_noticed() -> None:
    alone = draw_face(ROOM, (120, 135), 130)
    both = draw_face(alone, (360, 135), 130)
    analysis, _ = analyze([alone] * 6 + [both] * 18)
    assert sorted(track.stop for track in analysis.tracks.values()) == [24, 24]


def test_a_small_face_beside_a_larger_one_is_found_again_in_its_place() -> None:
    large = draw_face(plain_canvas(960, 540), (200, 250), 100)
    both = draw_face(large, (760, 300), 34)
    analysis, _ = analyze([both] * 8 + [large] * 8 + [both] * 14)
    small = min(analysis.tracks.values(), key=lambda track: float(np.nanmean(track.scales)))
    assert small.is_tracked[:8].all()
    assert not small.is_tracked[8:16].any()
    assert small.is_tracked[-8:].all()


def test_a_glimpse_is_dropped() -> None:
    face = draw_face(ROOM, (240, 135), 150)
    analysis, observations = analyze([ROOM] * 3 + [face] * 4 + [ROOM] * 3)
    assert analysis.tracks == {}
    assert sum(len(seen) for seen in observations) > 0


def test_a_still_picture_has_a_track_of_one_frame() -> None:
    (track,) = analyze([draw_face(ROOM, (240, 135), 150)])[0].tracks.values()
    assert track.is_tracked.tolist() == [True]
    assert np.isfinite(track.canonical).all()


@pytest.mark.parametrize("n", [0, 1, 10])
def test_a_video_without_a_face_has_shots_but_no_tracks(n: int) -> None:
    analysis, observations = analyze([ROOM] * n)
    assert analysis.n_frames == n
    assert analysis.shot_starts == [0][:n]
    assert analysis.tracks == {}
    assert observations == [[]] * n


def test_a_picture_smaller_than_a_face_is_no_problem() -> None:
    analysis, _ = analyze([plain_canvas(16, 8)] * 2)
    assert analysis.tracks == {}


def test_tracks_know_the_rate_of_their_video() -> None:
    """What changes over in them takes its time by it."""
    face = draw_face(ROOM, (240, 135), 150)
    (track,) = analyze([face] * 8, FaceOptions(frames_per_second=50.0))[0].tracks.values()
    assert track.frames_per_second == 50.0


def test_brows_are_kept_for_who_asks_for_them() -> None:
    """Above the eyes, in the picture and without head pose; nobody else pays for them."""
    images = [draw_face(ROOM, (200 + 2 * i, 135), 160, 0.02) for i in range(8)]
    (plain,) = analyze(images)[0].tracks.values()
    (track,) = analyze(images, FaceOptions(with_brows=True))[0].tracks.values()
    assert not plain.has_brows
    assert track.has_brows
    assert track.landmarks[:, BROWS].shape == track.canonical[:, BROWS].shape == (8, len(BROW_VERTICES), 3)
    eyes = np.concatenate([LEFT_EYE, RIGHT_EYE])
    brow, eye = (track.landmarks[:, part, 1].mean(axis=1) for part in (BROWS, eyes))
    assert (brow < eye - 5).all()
    brow, eye = (track.canonical[:, part, 1].mean(axis=1) for part in (BROWS, eyes))
    assert (brow > eye + 5).all()
    np.testing.assert_array_equal(track.landmarks[:, :N_VERTICES], plain.landmarks[:])
