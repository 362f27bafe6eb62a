import numpy as np
import pytest

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_color, lip_mask
from tests.tracks import PIXELS_PER_MM, opened_face

SHAPE = (120, 160)


def _points(gap_mm: float) -> np.ndarray:
    face = opened_face(gap_mm)[mesh.ROWS, :2] * (PIXELS_PER_MM, -PIXELS_PER_MM)
    return (face - face[: mesh.N_RING].mean(axis=0) + (80, 60)).astype(np.float32)


def _crop(points: np.ndarray, lips: int, skin: int) -> np.ndarray:
    crop = np.full((*SHAPE, 3), skin, np.uint8)
    crop[lip_mask(points, SHAPE) > 0] = lips
    return crop


@pytest.mark.parametrize("gap_mm", [0.5, 10.0])
@pytest.mark.parametrize("light", [0, 40])
def test_lips_are_told_from_skin_in_any_light_and_opening(gap_mm: float, light: int) -> None:
    """Twenty levels darker than the skin is twenty levels darker, by lamp or by day; teeth do not count."""
    points = _points(gap_mm)
    found = lip_color(_crop(points, 100 + light, 120 + light), points)
    np.testing.assert_allclose(found, -20, atol=3)


def test_the_mask_leaves_the_inside_of_the_mouth_out() -> None:
    """Between parted lips there are teeth, which must keep their white."""
    mask = lip_mask(_points(12.0), SHAPE)
    inner = _points(12.0)[mesh.INNER].mean(axis=0).astype(int)
    assert mask[inner[1], inner[0]] == 0
    assert mask.any()


def test_what_is_not_seen_has_no_colour() -> None:
    """Points outside the crop give zeros, not NaN."""
    assert not lip_color(np.zeros((*SHAPE, 3), np.uint8), _points(5.0) + 500).any()
