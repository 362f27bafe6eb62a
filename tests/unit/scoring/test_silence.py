"""Lips at rest while nobody speaks."""

import math

import numpy as np

from lipwright.scoring.silence import silence_figures, silent_frames

ALL = np.ones(8, np.bool_)


def test_known_shares_are_found() -> None:
    """Closed is below 1 mm, still is a change below 0.5 mm from the frame before."""
    gap = np.array([0.2, 0.3, 0.2, 0.9, 0.8, 3.0, 3.1, 0.2], np.float32)
    figures = silence_figures(gap, ALL)
    assert figures.n_frames == 8
    assert figures.closed_share == 6 / 8
    assert figures.still_share == 5 / 8  # not the jumps to 0.9, to 3.0 and back to 0.2
    assert figures.rest_share == 4 / 8


def test_frames_without_a_mouth_do_not_count() -> None:
    gap = np.array([0.2, np.nan, 0.3, 0.2, 0.2, 0.2, 0.2, 5.0], np.float32)
    figures = silence_figures(gap, np.arange(8) < 7)
    assert figures.n_frames == 6
    assert figures.rest_share == 1.0


def test_mouths_that_cannot_be_read_are_counted_apart() -> None:
    """They are no mouths that are open: what a mesh says of them is a guess."""
    gap = np.array([0.2, 0.2, np.nan, np.nan, 0.2, 0.2, 0.2, 5.0], np.float32)
    figures = silence_figures(gap, np.arange(8) < 7, is_unread=np.isnan(gap) | (np.arange(8) == 7))
    assert (figures.n_frames, figures.n_unread, figures.rest_share) == (5, 2, 1.0)


def test_no_silence_gives_no_figure() -> None:
    assert math.isnan(silence_figures(np.zeros(8, np.float32), ~ALL).rest_share)
    assert math.isnan(silence_figures(np.zeros(0, np.float32), np.zeros(0, np.bool_)).rest_share)


def test_lips_have_time_to_close_and_to_open() -> None:
    """Within 0.2 s of speech a frame is not silent; before and after the sound it is."""
    activity = np.zeros(300, np.float32)
    activity[100:200] = 1.0
    seconds = np.array([0.5, 0.85, 0.95, 1.5, 2.05, 2.25, 2.9, 7.0])
    assert silent_frames(activity, seconds).tolist() == [True, False, False, False, False, True, True, True]


def test_without_sound_all_is_silent() -> None:
    assert silent_frames(np.zeros(0, np.float32), np.arange(3) / 25.0).all()
