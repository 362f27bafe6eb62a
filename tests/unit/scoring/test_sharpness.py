"""Sharpness beside the footage it came from."""

import math

import cv2
import numpy as np
import pytest

from lipwright.scoring.sharpness import mouth_sharpness, sharpness_ratio


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
