"""Sharpness beside the footage it came from."""

import math

import cv2
import numpy as np
import pytest

from lipwright.scoring.sharpness import mouth_sharpness, sharpness_at_same_opening, sharpness_ratio


def test_blur_lowers_sharpness() -> None:
    sharp = np.random.default_rng(1).integers(0, 255, (40, 60), dtype=np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 1.0), np.uint8)
    assert mouth_sharpness(blurred) < 0.2 * mouth_sharpness(sharp)


def test_ratio_is_that_of_the_typical_frame() -> None:
    """Frames in which either was not seen do not count."""
    one = np.array([90.0, np.nan, 45.0, 80.0, 10.0], np.float32)
    other = np.array([100.0, 50.0, 50.0, 100.0, np.nan], np.float32)
    assert sharpness_ratio(one, other) == pytest.approx(0.9)


def test_nothing_in_common_gives_no_figure() -> None:
    assert math.isnan(sharpness_ratio(np.array([np.nan], np.float32), np.array([1.0], np.float32)))


def test_mouths_are_compared_with_mouths_as_open() -> None:
    """Open mouths are sharper than shut ones: the same mouths in another order have lost nothing."""
    gap = np.array([0, 0, 0, 10, 10, 10], np.float32)
    sharpness = np.where(gap > 5, 400, 100).astype(np.float32)
    assert sharpness_at_same_opening(sharpness[::-1], gap[::-1], sharpness, gap) == pytest.approx(1.0)
    assert sharpness_at_same_opening(0.5 * sharpness, gap, sharpness, gap) == pytest.approx(0.5)
    assert np.isnan(sharpness_at_same_opening(sharpness, gap + 50, sharpness, gap))
