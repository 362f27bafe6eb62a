import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.shots import ShotDetector, typical_change
from lipwright.media.picture import Picture

UInt8Array = NDArray[np.uint8]


def scene(seed: int, width: int = 320, height: int = 180) -> UInt8Array:
    """Luma of a random scene of soft blobs, uint8."""
    noise = np.random.default_rng(seed).normal(size=(height // 20, width // 20)).astype(np.float32)
    soft = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(120 + 50 * soft, 16, 235).astype(np.uint8)


def starts(lumas: list[UInt8Array]) -> list[int]:
    detector = ShotDetector()
    gray = np.full((90, 160), 128, np.uint8)
    return [i for i, luma in enumerate(lumas) if detector.push(Picture(luma, gray, gray))]


def test_the_first_frame_starts_a_shot() -> None:
    assert starts([scene(0)]) == [0]


def test_a_cut_starts_a_shot_on_the_frame_after_it() -> None:
    assert starts([scene(0)] * 5 + [scene(1)] * 5 + [scene(2)] * 3) == [0, 5, 10]


def test_a_flash_is_no_cut() -> None:
    flash = np.clip(scene(0).astype(int) + 60, 0, 255).astype(np.uint8)
    assert starts([scene(0)] * 4 + [flash] + [scene(0)] * 4) == [0]


def test_a_fade_is_no_cut() -> None:
    faded = [(scene(0) * gain).astype(np.uint8) for gain in np.linspace(1, 0.1, 12)]
    assert starts(faded) == [0]


def test_graphics_that_pop_up_are_no_cut() -> None:
    with_graphics = scene(0)
    with_graphics[90:, :140] = 235
    assert starts([scene(0)] * 4 + [with_graphics] * 4) == [0]


def test_a_whip_pan_is_no_cut() -> None:
    """Fast motion builds up; a cut comes out of nothing."""
    wide = scene(3, width=800)
    panned = [wide[:, x : x + 320] for x in (0, 2, 8, 20, 42, 74, 116, 168, 230, 292, 344)]
    assert starts(panned) == [0]


@pytest.mark.parametrize("level", [16, 128])
def test_noise_in_a_plain_picture_is_no_change(level: int) -> None:
    rng = np.random.default_rng(0)
    one, other = (level + rng.normal(0, 0.2, (36, 48)).astype(np.float32) for _ in range(2))
    assert typical_change(one, other) < 0.2
