import numpy as np
import pytest

from lipwright.synthesis.eye import Eye
from lipwright.synthesis.lid import lash_color, lid_skin
from lipwright.synthesis.lid_rim import LidRim, lid_rim

WIDTH = 100
TOP = 60
"""Row of the upper lid, from corner to corner."""


def _eye() -> Eye:
    sides = np.linspace(0, WIDTH, 9, dtype=np.float32)
    upper, lower = np.stack([sides, 0 * sides], axis=1), np.stack([sides, 0 * sides + 25], axis=1)
    return Eye(np.array([20, TOP], np.float32), np.array([1, 0], np.float32), float(WIDTH), upper, lower)


def _picture(**light: int) -> np.ndarray:
    """Bands over an eye: lashes 6 pixels high, 5 of the lid's skin, a fold of 4, the skin under the brow."""
    luma = np.full((140, 140), light.get("brow", 200), np.uint8)
    luma[TOP - 15 : TOP - 11] = light.get("fold", 90)
    luma[TOP - 11 : TOP - 6] = light.get("lid", 150)
    luma[TOP - 6 : TOP] = light.get("lashes", 40)
    luma[TOP : TOP + 25] = 230
    luma[TOP + 25 :] = 150
    return luma


def test_rim_ends_below_the_fold_of_the_lid() -> None:
    """The fold stays where it is: with the lashes it would come down as a second lid."""
    rim = lid_rim(_picture(), _eye())
    assert 0.06 <= rim.height <= 0.08
    assert 0.07 <= rim.height + rim.band <= 0.115


def test_lid_has_the_colour_of_its_own_skin_and_not_of_that_under_the_brow() -> None:
    luma = _picture()
    ycc = np.dstack([luma, np.full_like(luma, 120), np.full_like(luma, 140)])
    side = np.array([[50.0]], np.float32)
    skin = lid_skin(ycc, _eye(), side, np.array([[2.0]], np.float32), lid_rim(luma, _eye()))
    assert abs(float(skin[0, 0, 0]) - 150) < 15


@pytest.mark.parametrize("strange", [40, 250])
def test_a_lid_is_lit_along_its_length_as_the_skin_below_the_eye_is(strange: int) -> None:
    """Lashes over one end of it, or the sun on the brow bone there, do not make it dark or bright."""
    luma = _picture(fold=150, lid=150, brow=150)
    luma[: TOP - 6, :60] = strange
    ycc = np.dstack([luma, np.full_like(luma, 120), np.full_like(luma, 140)])
    side = np.array([[20.0, 80.0]], np.float32)
    skin = lid_skin(ycc, _eye(), side, np.full_like(side, 2.0), LidRim(0.06, 0.06))
    assert abs(float(skin[0, 0, 0]) - float(skin[0, 1, 0])) < 0.5 * abs(strange - 150)


@pytest.mark.parametrize("above", [150, 60])
def test_a_lid_is_nearly_as_light_as_the_skin_below_the_eye(above: int) -> None:
    """What lies over an open eye may be the shade of a brow or of lashes: a shut lid comes out of it."""
    luma = _picture(fold=above, lid=above, brow=above)
    ycc = np.dstack([luma, np.full_like(luma, 120), np.full_like(luma, 140)])
    below = float(luma[-1, luma.shape[1] // 2])
    skin = lid_skin(
        ycc, _eye(), np.array([[50.0]], np.float32), np.array([[2.0]], np.float32), LidRim(0.06, 0.06)
    )
    assert 0.8 * below < float(skin[0, 0, 0]) < 1.2 * below


def test_a_lid_that_was_in_the_shade_has_the_tint_of_skin() -> None:
    """Grey shade over an eye is no grey skin."""
    luma = _picture(fold=75, lid=75, brow=75)
    ycc = np.dstack([luma, np.full_like(luma, 128), np.full_like(luma, 128)])
    ycc[TOP + 25 :, :, 1:] = 110, 152
    place = np.array([[50.0]], np.float32), np.array([[2.0]], np.float32)
    _, blue, red = lid_skin(ycc, _eye(), *place, LidRim(0.06, 0.06))[0, 0]
    assert blue < 119
    assert red > 140


@pytest.mark.parametrize("brow", [120, 250])
def test_lashes_before_the_lid_belong_to_the_rim(brow: int) -> None:
    """Between lashes the skin is light, and above them it is not rough; they come down whole."""
    luma = _picture(brow=brow, fold=int(0.6 * brow), lid=brow)
    for column in range(4):
        luma[TOP - 11 : TOP - 6, column::6] = int(0.8 * brow)
    rim = lid_rim(luma, _eye())
    assert rim.height >= 0.14


def test_lid_without_a_fold_has_a_rim_as_high_as_it_is_dark() -> None:
    rim = lid_rim(_picture(fold=200, lid=200, lashes=90), _eye())
    assert rim.height == pytest.approx(0.06, abs=0.015)
    assert rim.band == pytest.approx(0.06)


def test_even_picture_has_the_least_rim() -> None:
    rim = lid_rim(np.full((140, 140), 128, np.uint8), _eye())
    assert rim == LidRim(pytest.approx(0.06), pytest.approx(0.06))  # type: ignore[arg-type]


@pytest.mark.parametrize(("lashes", "most"), [(30, 45), (190, 80)])
def test_lashes_are_dark_whatever_lies_at_the_landmarks(lashes: int, most: int) -> None:
    """A painting without any, or landmarks in the white of the eye: lids still meet in a dark line."""
    luma = _picture(lashes=lashes)
    ycc = np.dstack([luma, np.full_like(luma, 120), np.full_like(luma, 140)])
    color = lash_color(ycc, _eye(), LidRim(0.06, 0.04))
    assert color[0] <= most
    assert 118 <= color[1] <= 122
    assert 138 <= color[2] <= 142
