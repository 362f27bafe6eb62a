import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.analysis.faces.occlusion import sample_look
from lipwright.analysis.faces.record import TrackRecord, build_track
from lipwright.scratch import ScratchFile

LOOK = sample_look(np.full((256, 256, 3), 120, np.uint8), MEAN_FACE[:, :2] + 128)
UPRIGHT = np.array([1.0, -1.0, -1.0], np.float32)


def record(frames: list[int], sharpness: float = 50.0) -> TrackRecord:
    """The average face, three pixels per millimetre, walking a pixel per frame."""
    made = TrackRecord.stored_in(ScratchFile())
    made.frames, made.sharpness = list(frames), [sharpness] * len(frames)
    made.lips_apart = [np.nan] * len(frames)
    made.is_cut_off = [False] * len(frames)
    for frame in frames:
        made.looks.append(LOOK)
        made.landmarks.append(3 * MEAN_FACE * UPRIGHT + np.array([300 + frame, 200, 0], np.float32))
    return made


def test_a_face_out_of_focus_behind_the_scene_is_not_worth_keeping() -> None:
    assert record(list(range(10)), sharpness=50).is_worth_keeping(6)
    assert not record(list(range(10)), sharpness=1).is_worth_keeping(6)


def test_a_glimpse_is_not_worth_keeping() -> None:
    assert not record([0, 1, 2]).is_worth_keeping(6)


@pytest.mark.parametrize("reach", [0, 2])
def test_steady_motion_is_kept_to_the_pixel(reach: int) -> None:
    track = build_track(record(list(range(5, 25))), reach, ScratchFile())
    assert (track.start, track.stop) == (5, 25)
    np.testing.assert_allclose(track.scales, 3, rtol=1e-5)
    np.testing.assert_allclose(track.translations[:, 0], 305 + np.arange(20), atol=0.01)
    np.testing.assert_allclose(track.canonical, np.broadcast_to(MEAN_FACE, track.canonical.shape), atol=0.02)


def test_one_missing_frame_is_interpolated_and_a_longer_gap_stays_unknown() -> None:
    track = build_track(record([0, 1, 2, 4, 5, 6, 10, 11, 12]), 2, ScratchFile())
    assert track.is_tracked.tolist() == [True] * 7 + [False] * 3 + [True] * 3
    assert track.translations[3, 0] == pytest.approx(303, abs=0.01)
    for values in (
        track.landmarks,
        track.canonical,
        track.scales,
        track.yaw,
        track.sharpness,
        track.occlusion,
    ):
        assert np.isfinite(values[track.is_tracked]).all()
        assert np.isnan(values[~track.is_tracked]).all()


def test_what_further_looks_say_is_kept_of_the_frames_that_had_them() -> None:
    """Between two looks at every second frame it is their mean; of a single look nothing is known."""
    made = record([0, 2, 4, 5])
    made.lips_apart = [1.0, 3.0, np.nan, 2.0]
    track = build_track(made, 0, ScratchFile())
    np.testing.assert_allclose(track.lips_apart, [1, 2, 3, np.nan, np.nan, 2])


def test_a_mouth_that_the_edge_of_the_picture_cuts_off_counts_as_hidden() -> None:
    """Not one that is in a single look: it is misread there."""
    made = record(list(range(20)))
    made.is_cut_off = [number == 4 or number >= 10 for number in range(20)]
    occlusion = build_track(made, 0, ScratchFile()).occlusion
    assert (occlusion[10:] == 1).all()
    assert (occlusion[:10] < 0.5).all()


def test_a_single_frame_is_a_track() -> None:
    """A still picture is a video of one frame."""
    track = build_track(record([7]), 2, ScratchFile())
    assert (track.start, track.stop) == (7, 8)
    assert np.isfinite(track.measures).all()
