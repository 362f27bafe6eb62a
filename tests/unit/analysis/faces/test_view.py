import numpy as np
import pytest

from lipwright.analysis.faces.view import view
from lipwright.geometry import Box
from tests.unit.analysis.faces.drawn_face import as_picture, draw_face, plain_canvas

PICTURE = as_picture(draw_face(plain_canvas(640, 360), (320, 180), 240))


@pytest.mark.parametrize("size", [(320, 180), (160, 90), (102, 58), (700, 400)])
def test_the_whole_picture_looks_as_it_does_on_screen(size: tuple[int, int]) -> None:
    """Within three levels on average of the exact conversion: cv2's is one and a half brighter."""
    seen = view(PICTURE, Box(0, 0, 640, 360), *size)
    exact = PICTURE.rgb(*size)
    assert seen.shape == exact.shape
    assert np.abs(seen.astype(int) - exact).mean() < 3


def test_a_region_is_the_same_pixels_as_in_the_whole() -> None:
    whole = view(PICTURE, Box(0, 0, 640, 360), 640, 360)
    part = view(PICTURE, Box(200, 100, 400, 300), 200, 200)
    assert np.abs(part.astype(int) - whole[100:300, 200:400]).mean() < 0.5


def test_outside_the_picture_its_edge_repeats() -> None:
    seen = view(PICTURE, Box(-100, 0, 100, 200), 200, 200)
    assert np.ptp(seen[:, :100].astype(int), axis=1).max() <= 2


def test_a_box_that_misses_the_picture_is_gray() -> None:
    assert np.ptp(view(PICTURE, Box(700, 0, 800, 100), 64, 64)) == 0


@pytest.mark.parametrize("width", [256, 300, 510, 514, 600, 770, 1030])
def test_a_scaled_region_is_neither_stretched_nor_shifted(width: int) -> None:
    """A spot at two thirds of the region is at two thirds of the image, to a quarter of a pixel."""
    rgb = np.zeros((1040, 1040, 3), np.uint8)
    spot = 2 * round(width / 3)
    rgb[spot - 8 : spot + 8, spot - 8 : spot + 8] = 255
    seen = view(as_picture(rgb), Box(0, 0, width, width), 256, 256)[..., 0].astype(float)
    seen -= seen.min()
    x = (seen.sum(axis=0) * (np.arange(256) + 0.5)).sum() / seen.sum()
    assert x == pytest.approx(spot * 256 / width, abs=0.25)
