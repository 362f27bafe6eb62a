"""Trembling, on points whose motion is known."""

import math

import numpy as np
import pytest

from lipwright.scoring.flicker import flicker_at_same_motion, lip_flicker, mean_flicker

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


def _speech(n: int, seed: int, pace: float, widest: float = 6.0) -> tuple[np.ndarray, np.ndarray]:
    """Lips that open and close at a pace that changes, and their gap; a mesh trembles by 0.05 mm."""
    rng = np.random.default_rng(seed)
    turns = np.cumsum(pace * (0.2 + 0.8 * rng.random(n)))
    gap = 0.5 * widest * (1 - np.cos(turns)) * np.repeat(rng.random(n // 20 + 1), 20)[:n]
    lips = np.zeros((n, 40, 2))
    lips[:, 20:, 1] = -gap[:, None]
    return (lips + rng.normal(0, 0.05, lips.shape)).astype(np.float32), gap.astype(np.float32)


def test_lively_speech_is_not_trembling() -> None:
    """Lips that open further and turn round more often bend more: the plain figure blames them for it."""
    calm, calm_gap = _speech(400, 1, 0.5)
    lively, lively_gap = _speech(400, 2, 0.7, widest=10.0)
    every = np.arange(400)
    assert lip_flicker(lively, every) > 1.6 * lip_flicker(calm, every)
    assert flicker_at_same_motion(lively, lively_gap, calm, calm_gap) < 1.5


def test_trembling_shows_whatever_is_said() -> None:
    """The same speech with half a millimetre to and fro."""
    lips, gap = _speech(400, 1, 0.5)
    to_and_fro = np.where(np.arange(400) % 2, 0.5, -0.5).astype(np.float32)
    shaken = lips.copy()
    shaken[:, 20:, 1] -= to_and_fro[:, None]
    assert flicker_at_same_motion(lips, gap, lips, gap) == pytest.approx(1.0, abs=0.1)
    assert flicker_at_same_motion(shaken, gap + to_and_fro, lips, gap) > 1.7


def test_lips_that_were_hardly_seen_give_no_figure() -> None:
    lips, gap = _speech(10, 1, 0.5)
    assert math.isnan(flicker_at_same_motion(lips, gap, lips[:4], gap[:4]))
    assert math.isnan(flicker_at_same_motion(lips[:0], gap[:0], lips[:0], gap[:0]))
