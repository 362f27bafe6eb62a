import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.sharpness import measure_sharpness

UInt8Array = NDArray[np.uint8]


def texture(size: int = 256) -> UInt8Array:
    noise = np.random.default_rng(0).integers(0, 255, (size // 8, size // 8, 3), np.uint8)
    return cv2.resize(noise, (size, size), interpolation=cv2.INTER_NEAREST)


def test_blur_reads_less_sharp() -> None:
    sharp = texture()
    levels = [measure_sharpness(cv2.GaussianBlur(sharp, (0, 0), s), 160, (128, 128)) for s in (0.5, 2, 4)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] < levels[0] / 10


def test_the_size_of_the_face_in_the_crop_does_not_matter() -> None:
    """The same face, seen larger, reads the same within the error of resampling."""
    small = cv2.GaussianBlur(texture(), (0, 0), 3)
    large = cv2.resize(small, (512, 512), interpolation=cv2.INTER_LINEAR)
    one = measure_sharpness(small, 128, (128, 128))
    other = measure_sharpness(large, 256, (256, 256))
    assert other == pytest.approx(one, rel=0.25)


def test_a_plain_crop_is_not_sharp() -> None:
    assert measure_sharpness(np.full((256, 256, 3), 90, np.uint8), 160, (128, 128)) == 0
