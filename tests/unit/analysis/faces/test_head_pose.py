from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lipwright.analysis.faces.head_pose import apply_poses, fit_poses, misfit, remove_poses, yaw_and_pitch
from lipwright.analysis.faces.landmarks import INNER_LIP, JAW_LINE, MEAN_FACE, N_VERTICES, RIGID
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.geometry import Similarity

FloatArray = NDArray[np.floating[Any]]

TO_PICTURE = np.diag([1.0, -1.0, -1.0])


def head(
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    scale: float = 2.0,
    x: float = 320.0,
    y: float = 180.0,
) -> Similarity:
    """A pose with the nose turned to the right of the picture by yaw and up by pitch, degrees."""
    turn = Rotation.from_euler("ZYX", [roll, yaw, -pitch], degrees=True).as_matrix()
    return Similarity(TO_PICTURE @ turn, scale, np.array([x, y, 0.0]))


def in_picture(poses: list[Similarity], shapes: list[FloatArray]) -> FloatArray:
    return np.array([p.apply(s.astype(np.float64)) for p, s in zip(poses, shapes)], np.float32)


angles = st.floats(-40, 40)


@settings(max_examples=30, deadline=None)
@given(yaw=angles, pitch=angles, roll=angles, scale=st.floats(0.3, 8), x=st.floats(-500, 3000))
def test_where_the_head_is_and_how_it_is_turned_does_not_change_the_mouth(
    yaw: float, pitch: float, roll: float, scale: float, x: float
) -> None:
    """Pose removal undoes any similarity: canonical shapes and measures stay what they were."""
    poses = [head(), head(yaw, pitch, roll, scale, x)]
    landmarks = in_picture(poses, [MEAN_FACE, MEAN_FACE])
    canonical = remove_poses(landmarks, fit_poses(landmarks))
    # 0.01 mm: float32 pixels of a face 50 pixels high, 3000 pixels from the origin
    np.testing.assert_allclose(canonical[1], canonical[0], atol=0.01)
    measures = measure_mouth(canonical)
    np.testing.assert_allclose(measures[1], measures[0], atol=0.01)


def test_speech_does_not_move_the_head() -> None:
    """Lips and jaw have no say in the pose: an open mouth leaves it exactly as it was."""
    talking = MEAN_FACE.copy()
    talking[JAW_LINE, 1] -= 12.0
    talking[INNER_LIP[10:], 1] -= 10.0
    poses = [head(10, 5), head(10, 5)]
    still, moved = fit_poses(in_picture(poses, [MEAN_FACE, talking]))
    np.testing.assert_allclose(still.rotation, moved.rotation, atol=1e-6)
    assert still.scale == pytest.approx(moved.scale, rel=1e-6)


def test_canonical_points_go_back_to_where_they_came_from() -> None:
    poses = [head(20, -10, 5), head(22, -9, 5)]
    landmarks = in_picture(poses, [MEAN_FACE, MEAN_FACE])
    fitted = fit_poses(landmarks)
    again = apply_poses(remove_poses(landmarks, fitted), fitted)
    np.testing.assert_allclose(again, landmarks, atol=1e-3)


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (30, 0), (-30, 0), (0, 20), (0, -20), (25, -15)])
def test_yaw_is_positive_to_the_right_and_pitch_is_positive_up(yaw: float, pitch: float) -> None:
    found_yaw, found_pitch = yaw_and_pitch(head(yaw, pitch).rotation[np.newaxis])
    assert found_yaw[0] == pytest.approx(yaw, abs=0.01)
    assert found_pitch[0] == pytest.approx(pitch, abs=0.01)


def test_one_person_keeps_one_size_whatever_their_proportions() -> None:
    """The second fit is to the person's own shape: long foreheads do not sway with every frame."""
    own = MEAN_FACE.copy()
    own[RIGID[:9], 1] *= 1.15
    poses = [head(yaw) for yaw in np.linspace(-30, 30, 11)]
    canonical = remove_poses(in_picture(poses, [own] * 11), fit_poses(in_picture(poses, [own] * 11)))
    assert np.ptp(canonical, axis=0).max() < 0.02


def test_a_face_fits_and_a_flat_or_shuffled_one_does_not() -> None:
    face = in_picture([head(25, 10)], [MEAN_FACE])[0]
    assert misfit(face) < 0.1
    shuffled = face[np.random.default_rng(0).permutation(N_VERTICES)]
    assert misfit(shuffled) > 20


def test_no_frames_have_no_poses() -> None:
    assert len(fit_poses(np.zeros((0, N_VERTICES, 3), np.float32))) == 0
