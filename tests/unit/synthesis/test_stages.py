import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceObservation
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.scratch import ScratchFile
from lipwright.synthesis.stages import Stages
from tests.tracks import make_track

TRACK = make_track(np.zeros(1))


def _picture() -> Picture:
    rng = np.random.default_rng(3)
    luma, blue, red = (rng.integers(0, 255, (size, size), np.uint8) for size in (320, 160, 160))
    return Picture(luma, blue, red)


def _kept(n_frames: int, most: int = 10, start: int = 0) -> Stages:
    stages, picture, scratch = Stages(most), _picture(), ScratchFile()
    for frame in range(start, start + n_frames):
        stages.keep(picture, FaceObservation(frame, 4, TRACK.landmarks[0], Box(0, 0, 320, 320)), scratch)
    return stages


def test_a_few_frames_are_kept_however_long_the_track() -> None:
    """Never more than asked for, never less than half of it once there are enough, and spread over all."""
    for n_frames in (100, 500, 3000):
        frames = [stage.frame_index for stage in _kept(n_frames).of(4)]
        assert 5 <= len(frames) <= 10
        assert frames[-1] - frames[0] > 0.7 * n_frames
        assert len(set(np.diff(frames))) == 1


def test_a_short_track_keeps_its_first_frame() -> None:
    """Wherever it begins."""
    assert [stage.frame_index for stage in _kept(3, start=13).of(4)] == [13]


def test_a_stage_shows_the_face_with_its_points() -> None:
    """Picture, origin and points agree with the frame."""
    (stage,) = _kept(1).of(4)
    nose = np.round(stage.landmarks[0, :2]).astype(int)
    place = np.round(nose + stage.origin).astype(int)
    assert stage.picture().luma[nose[1], nose[0]] == _picture().luma[place[1], place[0]]
    moved = stage.landmarks[:, :2] + stage.origin
    np.testing.assert_allclose(moved, TRACK.landmarks[0, :, :2], atol=1e-3)


@pytest.mark.parametrize("shift", [0.0, -120.0])
def test_a_stage_can_be_put_where_the_frame_has_it(shift: float) -> None:
    """Also a face that is cut by the edge of the picture: what the picture shows lies where it was."""
    points = TRACK.landmarks[0].copy()
    points[:, :2] += shift
    stages = Stages(10)
    stages.keep(_picture(), FaceObservation(0, 4, points, Box(0, 0, 320, 320)), ScratchFile())
    (stage,) = stages.of(4)
    whole, landmarks = stage.in_place()
    np.testing.assert_allclose(landmarks, points, atol=1e-3)
    left, top = (max(0, int(value)) for value in stage.origin)
    for shown, own, step in ((whole.luma, _picture().luma, 1), (whole.red, _picture().red, 2)):
        part = np.s_[
            top // step : min(*own.shape, *shown.shape), left // step : min(*own.shape, *shown.shape)
        ]
        np.testing.assert_array_equal(shown[part], own[part])


def test_none_are_kept_where_none_are_wanted() -> None:
    """Nor of a face that was never seen."""
    assert _kept(50, most=0).of(4) == []
    assert _kept(50).of(7) == []
