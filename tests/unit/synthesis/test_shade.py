import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_mask
from lipwright.synthesis.shade import BESIDE, LIPS, N_PLACES, SKIN, shade_field, shade_of, shade_shifts
from tests.tracks import PIXELS_PER_MM, opened_face

SHAPE = (200, 240)
BOX = Box(0, 0, 240, 200)


def _points(gap_mm: float) -> np.ndarray:
    face = opened_face(gap_mm)[mesh.ROWS, :2] * (PIXELS_PER_MM, -PIXELS_PER_MM)
    return (face - face[: mesh.N_RING].mean(axis=0) + (120, 90)).astype(np.float32)


def _crop(points: np.ndarray, lips: float, skin: float, slope: float = 0.0) -> np.ndarray:
    """Lips and skin of one colour each, in a light that rises to the right by so many levels per pixel."""
    crop = np.full((*SHAPE, 3), skin, np.float32)
    crop[lip_mask(points, SHAPE) > 0] = lips
    return (crop + slope * (np.arange(SHAPE[1]) - 120)[None, :, None]).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("gap_mm", [0.5, 10.0])
def test_lips_and_skin_are_seen_apart(gap_mm: float) -> None:
    """Neither takes much of the other's colour, nor of what is between the lips."""
    points = _points(gap_mm)
    shade = shade_of(_crop(points, 90, 150), points)
    middle = np.r_[3:8, 13:18]
    np.testing.assert_allclose(shade[LIPS][middle], 90, atol=8)
    np.testing.assert_allclose(shade[SKIN], 150, atol=8)


def test_another_light_is_not_another_shading() -> None:
    """The same mouth by a brighter lamp that stands to one side: nothing is to be changed."""
    points = _points(4.0)
    own, other = (shade_of(_crop(points, *look), points) for look in ((80, 120, 0.0), (95, 135, 0.1)))
    assert np.abs(shade_shifts(own, other[None])).max() < 5.0
    assert np.abs(other - own).max() > 12.0


def test_paler_lips_are_told_from_more_light() -> None:
    """Only the lips differ: they are what is changed, and by how much they differ."""
    points = _points(4.0)
    own, other = (shade_of(_crop(points, lips, 150), points) for lips in (90, 105))
    shift = shade_shifts(own, other[None])[0]
    middle = np.r_[3:8, 13:18]
    np.testing.assert_allclose(shift[LIPS][middle], 15, atol=3)
    assert np.abs(shift[SKIN]).max() < 4.0


def test_a_fold_is_not_taken_for_the_light() -> None:
    """A shadow under the lip of one mouth must not darken the rest of the other."""
    own = np.full((N_PLACES, 3), 120, np.float32)
    other = own.copy()
    other[BESIDE][3:8] -= 60
    shift = shade_shifts(own, other[None])[0]
    np.testing.assert_allclose(shift[BESIDE][3:8], -60, atol=8)
    assert np.abs(np.delete(shift[SKIN], np.arange(3, 8), axis=0)).max() < 4.0


def test_lips_are_shaded_and_teeth_and_far_skin_are_left() -> None:
    """The field is whole on the lips, nothing between them, and ends before the layer does."""
    points = _points(12.0)
    field = shade_field(np.full((N_PLACES, 3), 10, np.float32), points, BOX)
    body = lip_mask(points, SHAPE) > 0
    assert np.median(field[body]) == pytest.approx(10, abs=0.5)
    inside = points[mesh.INNER].mean(axis=0).astype(int)
    assert not field[inside[1], inside[0]].any()
    assert not field[:10].any()
    assert np.abs(np.diff(field[:, 120, 0])[: int(points[mesh.INNER, 1].min()) - 3]).max() < 3.0
