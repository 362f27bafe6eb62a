"""How well a mouth follows a voice, on curves whose lag is known."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.scoring.sync import correlation, sync_figures

STEPS = np.arange(1200) / 100.0
"""Twelve seconds of sound."""
FRAMES = np.arange(250) / 25.0
"""Ten seconds of video."""


def wanted() -> NDArray[np.float32]:
    """Something like speech: 2 to 5 movements a second."""
    rng = np.random.default_rng(3)
    tones = [
        np.sin(2 * np.pi * (hertz * STEPS + phase))
        for hertz, phase in zip(rng.uniform(2, 5, 8), rng.random(8))
    ]
    return np.asarray(np.sum(tones, axis=0), dtype=np.float32)


def mouth(late_seconds: float = 0.0) -> NDArray[np.float32]:
    """A mouth that does what is wanted, so much later."""
    return np.interp(FRAMES - late_seconds, STEPS, wanted()).astype(np.float32)


@pytest.mark.parametrize("sound_late", [-0.3, -0.04, 0.0, 0.08, 0.5])
def test_known_offset_is_found(sound_late: float) -> None:
    """Positive means that the sound is late: the mouth moved before it."""
    figures = sync_figures(mouth(-sound_late), FRAMES, wanted(), STEPS)
    assert figures.av_offset == pytest.approx(sound_late, abs=0.011)
    assert figures.best_r > 0.99


def test_a_few_frames_at_the_end_of_a_short_clip_say_nothing_of_its_lag() -> None:
    """A second of sound moved by half a second is 12 frames, which fit one of many places by chance."""
    for start in range(0, 200, 5):
        shown = slice(start, start + 25)
        rough = mouth()[shown] + np.random.default_rng(start).normal(size=25).astype(np.float32)
        heard = slice(start * 4, start * 4 + 100)
        figures = sync_figures(rough, FRAMES[shown], wanted()[heard], STEPS[heard])
        assert abs(figures.av_offset) < 0.05, start


def test_scale_and_level_of_the_mouth_do_not_matter() -> None:
    figures = sync_figures(3 + 2 * mouth(), FRAMES, wanted(), STEPS)
    assert figures.r > 0.99
    assert figures.in_step_share == 1.0


def test_a_mouth_that_stops_following_is_seen_in_the_windows() -> None:
    """Half of the video in step, half of it speaking other words."""
    moved = mouth()
    moved[125:] = moved[125:][::-1]
    figures = sync_figures(moved, FRAMES, wanted(), STEPS)
    assert min(figures.window_r[:3]) > 0.95
    assert 0.3 < figures.in_step_share < 0.9


def test_frames_without_a_mouth_are_left_out() -> None:
    lost = mouth()
    lost[40:90] = np.nan
    assert sync_figures(lost, FRAMES, wanted(), STEPS).r > 0.99


@pytest.mark.parametrize("n_frames", [0, 1, 7])
def test_too_little_gives_no_figure(n_frames: int) -> None:
    figures = sync_figures(mouth()[:n_frames], FRAMES[:n_frames], wanted(), STEPS)
    assert math.isnan(figures.r)
    assert math.isnan(figures.best_r)
    assert math.isnan(figures.av_offset)
    assert math.isnan(figures.in_step_share)


def test_no_sound_gives_no_figure() -> None:
    figures = sync_figures(mouth(), FRAMES, np.zeros(0, np.float32), np.zeros(0))
    assert math.isnan(figures.r)


def test_what_does_not_move_correlates_with_nothing() -> None:
    assert math.isnan(correlation(np.ones(20, np.float32), np.arange(20, dtype=np.float32)))
