import cv2
import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines.base import MouthOrder, MouthPlan, Scene
from lipwright.engines.lipsync_2 import Lipsync2
from lipwright.engines.lipsync_2_pro import Lipsync2Pro
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

N_FRAMES = 24
GAPS = 6 + 5 * np.sin(np.arange(N_FRAMES) * 0.9)


def _picture(frame: int) -> Picture:
    """Grain that is the scene's own and light that trembles from frame to frame."""
    light = 110 + 3 * (-1) ** frame
    luma = light + np.random.default_rng(frame).normal(0, 8, (320, 320))
    luma = cv2.GaussianBlur(luma, (0, 0), 0.7 if frame % 5 else 2.0)  # every fifth frame is out of focus
    chroma = np.full((160, 160), 128, np.uint8)
    return Picture(luma.clip(0, 255).astype(np.uint8), chroma, chroma.copy())


@pytest.fixture(scope="module")
def scene() -> Scene:
    track = make_track(GAPS)
    bank = Lipsync2Pro().new_bank()
    for row in range(N_FRAMES):
        bank.keep(_picture(row), FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 320, 320)))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    return Scene(FaceAnalysis(N_FRAMES, [0], {0: track}), bank, {0: geometry})


@pytest.fixture(scope="module")
def plan(scene: Scene) -> MouthPlan:
    frames = np.arange(N_FRAMES)
    wanted = np.roll(scene.analysis.tracks[0].measures, 5, axis=0)
    return Lipsync2Pro().plan(scene, MouthOrder(0, frames, frames, wanted, np.ones(N_FRAMES, np.float32)))


def _drawn(scene: Scene, plan: MouthPlan, row: int) -> Picture:
    picture = _picture(row)
    assert Lipsync2Pro().draw(picture, scene, plan, row) is not None
    return picture


def test_the_own_donor_keeps_its_share_and_shares_sum_to_one(plan: MouthPlan) -> None:
    """The frames around lend five eighths of the shading at most."""
    np.testing.assert_allclose(plan.weights.sum(axis=1), 1.0)
    assert (plan.weights[:, 0] >= 6 / 16).all()
    assert (plan.weights > 0).sum(axis=1).max() >= 3


def test_no_donor_is_warped_twice(plan: MouthPlan) -> None:
    """A donor that is held over several frames stands in each row once."""
    for donors, weights in zip(plan.donors, plan.weights, strict=True):
        used = donors[weights > 0]
        assert len(np.unique(used)) == len(used)


def test_shading_is_shared_with_the_frames_around(plan: MouthPlan) -> None:
    """What evens the frames out is the plan: a row names the donors of the rows beside it."""
    for row in range(2, N_FRAMES - 2):
        used = set(plan.donors[row][plan.weights[row] > 0].tolist())
        assert used == {int(plan.donors[other, 0]) for other in range(row - 2, row + 3)}


def test_a_frame_drawn_alone_equals_the_same_frame_drawn_in_its_turn(scene: Scene, plan: MouthPlan) -> None:
    """Chunks may be drawn in any order by any process."""
    in_turn = [_drawn(scene, plan, row) for row in range(N_FRAMES)]
    alone = _drawn(scene, plan, 17)
    np.testing.assert_array_equal(alone.luma, in_turn[17].luma)


def test_soft_donors_are_brought_to_the_sharpness_of_their_like(plan: MouthPlan) -> None:
    """Never below their own, and never beyond what is plausible."""
    assert plan.lifts is not None
    assert (plan.lifts >= 1.0).all()
    assert (plan.lifts <= 1.4).all()


def test_it_draws_something_else_than_lipsync_2(scene: Scene, plan: MouthPlan) -> None:
    """Another model, not another name."""
    picture, other = _picture(6), _picture(6)
    Lipsync2Pro().draw(picture, scene, plan, 6)
    Lipsync2().draw(other, scene, Lipsync2().plan(scene, plan.order), 6)
    assert (picture.luma != other.luma).sum() > 500
    assert Lipsync2Pro.info.face_resolution > Lipsync2.info.face_resolution
