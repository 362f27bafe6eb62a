import cv2
import numpy as np

from lipwright.synthesis.fine_detail import detail_level, fetch_fine, restore_detail

REACH = 6.0


def _beard_and_skin() -> np.ndarray:
    """Rough on the left, smooth on the right."""
    image = np.random.default_rng(3).normal(128, 1, (64, 96, 3))
    image[:, :48] += np.random.default_rng(4).normal(0, 20, (64, 48, 3))
    return np.clip(cv2.GaussianBlur(image, (0, 0), 0.7), 0, 255).astype(np.uint8)


def _places(shift: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.arange(96, dtype=np.float32), np.arange(64, dtype=np.float32))
    return x + np.float32(shift), y + np.float32(shift)


def _level(image: np.ndarray) -> np.ndarray:
    return detail_level(image[..., 0].astype(np.float32), REACH)


def test_every_place_keeps_its_own_amount_of_detail() -> None:
    """Half a pixel of shift takes detail from the beard; it comes back there, and the skin stays smooth."""
    image = _beard_and_skin()
    plain = cv2.remap(image, *_places(0.5), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    fine = fetch_fine(image, *_places(0.5), REACH)
    wanted, lost, kept = _level(image), _level(plain), _level(fine)
    beard, skin = np.s_[6:26, 4:18], np.s_[6:26, 32:44]
    assert lost[beard].mean() < 0.85 * wanted[beard].mean()
    assert abs(kept[beard].mean() / wanted[beard].mean() - 1) < 0.05
    assert abs(kept[skin].mean() / wanted[skin].mean() - 1) < 0.15


def test_fetching_every_pixel_from_its_own_place_gives_the_image() -> None:
    """Nothing is missing, so nothing is added."""
    image = _beard_and_skin()
    np.testing.assert_array_equal(fetch_fine(image, *_places(0.0), REACH), image)


def test_a_lift_asks_for_more_than_was_filmed() -> None:
    """A donor that is softer than its like is brought up to them."""
    image = _beard_and_skin()
    lifted = fetch_fine(image, *_places(0.0), REACH, lift=1.2)
    ratio = _level(lifted)[6:26, 4:18].mean() / _level(image)[6:26, 4:18].mean()
    assert 1.12 < ratio < 1.25


def test_a_flat_image_stays_flat_and_chroma_is_left_alone() -> None:
    """Where there is no detail none can be added; only luma is sharpened."""
    flat = np.full((31, 17, 3), 90, np.uint8)
    everywhere = np.full((16, 9), 50.0, np.float32)
    np.testing.assert_array_equal(restore_detail(flat, everywhere, REACH), flat)
    image = _beard_and_skin()
    sharp = restore_detail(image, 2 * _level(image), REACH)
    np.testing.assert_array_equal(sharp[..., 1:], image[..., 1:])
    assert (sharp[..., 0] != image[..., 0]).any()
