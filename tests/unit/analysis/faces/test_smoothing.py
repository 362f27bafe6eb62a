from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lipwright.analysis.faces.smoothing import (
    fill_single_gaps,
    runs,
    smooth,
    smooth_poses,
    smooth_shapes,
    steady_runs,
)
from lipwright.geometry import Similarities

FloatArray = NDArray[np.floating[Any]]


def as_points(curve: FloatArray) -> FloatArray:
    """Curves of one point whose y is the curve, shape (n, 1, 3)."""
    points = np.zeros((len(curve), 1, 3), np.float32)
    points[:, 0, 1] = curve
    return points


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 30])
def test_bent_motion_passes_unchanged_from_the_first_frame_to_the_last(n: int) -> None:
    """No lag and no shrinking: a parabola is its own smoothed version, ends included."""
    time = np.arange(n, dtype=np.float64)
    curve = 0.3 * time**2 - 2 * time + 5
    np.testing.assert_allclose(smooth(curve, 2), curve, atol=1e-9)


def test_smoothing_has_no_lag() -> None:
    """A symmetric bump stays symmetric about its own peak."""
    curve = np.exp(-0.5 * ((np.arange(41) - 20) / 4.0) ** 2)
    steady = smooth(curve, 2)
    assert steady.argmax() == 20
    np.testing.assert_allclose(steady, steady[::-1], atol=1e-12)


def test_trembling_is_reduced() -> None:
    noise = np.random.default_rng(1).normal(size=2000)
    assert smooth(noise, 2).std() < 0.75 * noise.std()


def test_lips_that_close_for_a_moment_still_close() -> None:
    """Two frames of closure in a trembling opening keep nine tenths of their depth."""
    rng = np.random.default_rng(2)
    curve = 8 + 0.05 * rng.normal(size=60)
    curve[30:32] = 0.0
    plain, kept = smooth(as_points(curve), 2)[:, 0, 1], smooth_shapes(as_points(curve), 2)[:, 0, 1]
    assert plain[30] > 1.0
    assert kept[30:32].max() < 0.8
    assert kept[:28].std() < curve[:28].std()


def test_shape_that_does_not_move_is_left_alone() -> None:
    still = as_points(np.full(20, 3.0))
    np.testing.assert_allclose(smooth_shapes(still, 2), still, atol=1e-6)


def test_poses_keep_a_steady_turn() -> None:
    angles = np.linspace(0, 40, 21)
    rotations = Rotation.from_euler("y", angles[:, None], degrees=True).as_matrix()
    poses = Similarities(rotations, np.full(21, 2.0), np.stack([angles, 0 * angles, 0 * angles], axis=1))
    steady = smooth_poses(poses, 2)
    np.testing.assert_allclose(steady.rotations, poses.rotations, atol=1e-6)
    np.testing.assert_allclose(steady.scales, poses.scales, atol=1e-9)
    np.testing.assert_allclose(steady.translations, poses.translations, atol=1e-9)


def moving_poses(x: FloatArray, scale: float = 2.0) -> Similarities:
    """Heads that look ahead and are at x."""
    places = np.stack([x, 0 * x, 0 * x], axis=1)
    return Similarities(np.tile(np.eye(3), (len(x), 1, 1)), np.full(len(x), scale), places)


def test_poses_keep_the_judder_of_converted_footage() -> None:
    """A head that stands still in every fifth frame, as after 20 to 25 frames a second, keeps its place."""
    steps = np.where(np.arange(40) % 5 == 0, 0.0, 8.0)
    poses = moving_poses(np.cumsum(steps))
    away = smooth_poses(poses, 2).translations[:, 0] - poses.translations[:, 0]
    assert np.abs(smooth(poses.translations, 2)[:, 0] - poses.translations[:, 0]).max() > 1.0
    assert np.abs(away).max() < 0.2


@pytest.mark.parametrize("scale", [0.2, 2.0])
def test_poses_lose_the_trembling_of_a_mesh(scale: float) -> None:
    """A tenth of a millimetre, or on a small face a tenth of a pixel, is no movement."""
    trembling = 0.1 * max(1.0, scale) * np.random.default_rng(3).normal(size=2000)
    steady = smooth_poses(moving_poses(trembling, scale), 2).translations[:, 0]
    assert np.diff(steady).std() < 0.75 * np.diff(trembling).std()


def test_a_quick_nod_moves_the_place_of_the_face_and_not_only_the_origin() -> None:
    """What is known best is where the middle of the fitted points is, and there the pose is right."""
    angles = np.where(np.arange(30) == 15, 8.0, 0.0)
    rotations = Rotation.from_euler("x", angles[:, None], degrees=True).as_matrix()
    poses = Similarities(rotations, np.full(30, 2.0), np.zeros((30, 3)))
    center = np.array([0.0, 20.0, -60.0])
    steady = smooth_poses(poses, 2, center)
    away = (steady.apply(center[None]) - poses.apply(center[None]))[:, 0, :2]
    assert np.abs(away).max() < 0.5


@pytest.mark.parametrize(
    ("tracked", "expected"),
    [
        ([], []),
        ([0, 0], []),
        ([1], [slice(0, 1)]),
        ([1, 1, 0, 1], [slice(0, 2), slice(3, 4)]),
        ([0, 1, 1], [slice(1, 3)]),
    ],
)
def test_runs_are_the_spans_between_gaps(tracked: list[int], expected: list[slice]) -> None:
    assert runs(np.array(tracked, bool)) == expected


def test_one_lost_frame_is_filled_and_two_are_not() -> None:
    curve = np.array([0, np.nan, 2, np.nan, np.nan, 5], np.float32)
    tracked = fill_single_gaps(curve, np.isfinite(curve))
    assert tracked.tolist() == [True, True, True, False, False, True]
    assert curve[1] == 1
    assert np.isnan(curve[3:5]).all()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_frames_have_no_gap_to_fill(n: int) -> None:
    tracked = np.ones(n, bool)
    assert fill_single_gaps(np.zeros(n, np.float32), tracked).tolist() == [True] * n


def _walking_face(xs: FloatArray | list[float]) -> FloatArray:
    face = np.array([[0, 0], [0, 100], [40, 50]], np.float32)
    points = np.zeros((len(xs), 3, 3), np.float32)
    points[..., :2] = face + np.array([[x, 0] for x in xs], np.float32)[:, np.newaxis]
    return points


def test_a_jump_cut_parts_a_run_and_fast_motion_does_not() -> None:
    jump = _walking_face([0, 1, 2, 3, 33, 34, 35, 36])
    fast = _walking_face(20.0 * np.arange(8))
    tracked = np.ones(8, bool)
    assert steady_runs(jump, tracked) == [slice(0, 4), slice(4, 8)]
    assert steady_runs(fast, tracked) == [slice(0, 8)]
