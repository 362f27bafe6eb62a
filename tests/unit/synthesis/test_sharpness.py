import cv2
import numpy as np
import pytest

from lipwright.synthesis.sharpness import (
    laplacian_variance,
    restore_grain,
    restore_sharpness,
    restore_sharpness_where,
    texture_where,
    variance_where,
)


def _noise() -> np.ndarray:
    image = np.random.default_rng(3).normal(128, 20, (60, 80, 3))
    return np.clip(cv2.GaussianBlur(image, (0, 0), 0.7), 0, 255).astype(np.uint8)


def test_sharpness_lost_by_half_a_pixel_of_shift_is_restored() -> None:
    """Resampling between pixels blurs; afterwards the Laplacian variance is that of the original."""
    image = _noise()
    x, y = np.meshgrid(np.arange(80, dtype=np.float32), np.arange(60, dtype=np.float32))
    soft = cv2.remap(image, x + 0.5, y + 0.5, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    wanted = laplacian_variance(image[..., 0])
    assert laplacian_variance(soft[..., 0]) < 0.8 * wanted
    assert abs(laplacian_variance(restore_sharpness(soft, wanted)[..., 0]) / wanted - 1) < 0.05


def test_a_part_may_be_wanted_sharper_than_the_whole() -> None:
    """Lips of their own figure beside teeth that have enough: only the lips gain."""
    image = _noise()
    soft = cv2.GaussianBlur(image, (0, 0), 0.6)
    part = np.zeros((60, 80), np.uint8)
    part[:, :40] = 255
    sharp = restore_sharpness(soft, 0.0, part, variance_where(image[..., 0], part))
    assert variance_where(sharp[..., 0], part) > 1.3 * variance_where(soft[..., 0], part)
    np.testing.assert_array_equal(sharp[:, 45:], soft[:, 45:])


def test_a_part_is_made_sharp_and_the_rest_left() -> None:
    """Judged on the left half alone; a pixel or two past its edge nothing changes."""
    image = _noise()
    soft = cv2.GaussianBlur(image, (0, 0), 0.6)
    where = np.zeros((60, 80), np.uint8)
    where[:, :40] = 255
    wanted = variance_where(image[..., 0], where)
    sharp = restore_sharpness_where(soft, wanted, where)
    before, after = (variance_where(each[..., 0], where) / wanted for each in (soft, sharp))
    assert before < 0.6
    assert after > 1.3 * before
    np.testing.assert_array_equal(sharp[:, 44:], soft[:, 44:])
    assert restore_sharpness_where(soft, wanted, np.zeros_like(where)) is soft


def test_what_is_sharp_enough_is_left_alone() -> None:
    """No detail is ever taken away, and chroma is never touched."""
    image = _noise()
    assert restore_sharpness(image, 0.5 * laplacian_variance(image[..., 0])) is image
    sharp = restore_sharpness(image, 1.5 * laplacian_variance(image[..., 0]))
    np.testing.assert_array_equal(sharp[..., 1:], image[..., 1:])


def test_nothing_has_no_sharpness() -> None:
    """An empty image and a flat one give 0, and a flat one stays flat."""
    assert laplacian_variance(np.zeros((0, 0), np.uint8)) == 0
    flat = np.full((20, 20, 3), 9, np.uint8)
    np.testing.assert_array_equal(restore_sharpness(flat, 100.0), flat)


def test_grain_comes_back_where_the_picture_was_moved_and_only_there() -> None:
    """The left half was resampled, the right half was not: the right half stays as it is."""
    image = _noise()
    x, y = np.meshgrid(np.arange(80, dtype=np.float32), np.arange(60, dtype=np.float32))
    shift = np.where(x < 40, np.float32(0.5), np.float32(0))
    soft = cv2.remap(image, x + shift, y + shift, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    restored = restore_grain(soft, image, (x < 40).astype(np.float32))
    np.testing.assert_array_equal(restored[:, 40:], soft[:, 40:])
    before, after, wanted = (laplacian_variance(part[5:55, 5:35, 0]) for part in (soft, restored, image))
    assert before < after
    assert abs(after / wanted - 1) < abs(before / wanted - 1)


def test_texture_of_smooth_skin_is_told_from_smoother() -> None:
    """Laplacians of whole levels are mostly 0, 1 and 2; a fold across the skin is no texture."""
    rng = np.random.default_rng(3)
    where = np.ones((80, 80), np.bool_)
    faint, fainter = (
        np.round(100 + rng.normal(0, sigma, (80, 80))).astype(np.uint8) for sigma in (0.5, 0.42)
    )
    assert texture_where(faint, where) > 1.05 * texture_where(fainter, where)
    folded = faint.copy()
    folded[40] = 30
    assert texture_where(folded, where) == pytest.approx(texture_where(faint, where), rel=0.15)
    assert laplacian_variance(folded) > 10 * laplacian_variance(faint)
    assert texture_where(faint, ~where) == 0.0
