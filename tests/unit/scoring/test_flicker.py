"""Trembling, on points whose motion is known."""

import math

import numpy as np
import pytest

from lipwright.scoring.flicker import lip_flicker, mean_flicker

FRAMES = np.arange(20)


def test_steady_motion_does_not_flicker() -> None:
    lips = np.repeat(0.3 * FRAMES[:, None, None], 40, axis=1) * np.array([1.0, 2.0])
    assert lip_flicker(lips.astype(np.float32), FRAMES) == pytest.approx(0.0, abs=1e-5)


def test_a_point_that_jumps_to_and_fro_counts_fully() -> None:
    """Half a millimetre to either side bends by two millimetres every frame."""
    lips = np.zeros((20, 40, 2), np.float32)
    lips[:, :, 1] = np.where(FRAMES % 2, 0.5, -0.5)[:, None]
    assert lip_flicker(lips, FRAMES) == pytest.approx(2.0)


def test_nothing_is_measured_across_lost_frames() -> None:
    lips = np.zeros((20, 40, 2), np.float32)
    lips[10:] = 5.0
    frames = np.where(FRAMES < 10, FRAMES, FRAMES + 3)
    assert lip_flicker(lips, frames) == 0.0


@pytest.mark.parametrize("n", [0, 2])
def test_fewer_than_three_frames_give_no_figure(n: int) -> None:
    assert math.isnan(lip_flicker(np.zeros((n, 40, 2), np.float32), FRAMES[:n]))


def test_mean_leaves_out_what_is_unknown() -> None:
    assert mean_flicker(np.array([np.nan, 1.0, 3.0], np.float32)) == 2.0
    assert math.isnan(mean_flicker(np.array([np.nan], np.float32)))
