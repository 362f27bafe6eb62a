import numpy as np
import pytest

from lipwright.synthesis.relight import relit

SHAPE = (80, 120)
SKIN, DARK, TEETH = 120, 36, 160
PIXELS_PER_MM = 2.0


def _mouth() -> tuple[np.ndarray, np.ndarray]:
    """A layer with a dark opening, teeth at its upper edge, and where its skin is."""
    layer = np.full((*SHAPE, 3), 128, np.uint8)
    layer[..., 0] = SKIN
    layer[30:50, 40:80, 0] = DARK
    layer[30:36, 40:80, 0] = TEETH
    skin = np.ones(SHAPE, np.float32)
    skin[25:55, 35:85] = 0
    return layer, skin


@pytest.mark.parametrize("change", [-24.0, 24.0])
def test_skin_takes_on_the_light_of_the_frame(change: float) -> None:
    """All of the difference, whatever is between the lips."""
    layer, skin = _mouth()
    lit = relit(layer, np.full((*SHAPE, 3), change, np.float32), skin, PIXELS_PER_MM)
    np.testing.assert_allclose(lit[skin > 0], layer[skin > 0] + change, atol=0.5)


@pytest.mark.parametrize("change", [-24.0, 24.0])
def test_the_dark_of_a_mouth_changes_as_its_light_does(change: float) -> None:
    """Light is a factor: what sends back a fifth of the light of skin changes by a fifth as much."""
    layer, skin = _mouth()
    lit = relit(layer, np.full((*SHAPE, 3), change, np.float32), skin, PIXELS_PER_MM)
    share = (DARK - 16) / (SKIN - 16)
    np.testing.assert_allclose(lit[45, 60, 0], DARK + share * change, atol=0.5)


def test_teeth_change_by_more_than_skin_but_not_without_limit() -> None:
    """They send more light back; a spot of gloss is not blown up."""
    layer, skin = _mouth()
    layer[32, 60, 0] = 250
    lit = relit(layer, np.full((*SHAPE, 3), -24.0, np.float32), skin, PIXELS_PER_MM)
    assert TEETH - 1.3 * 24 < lit[32, 50, 0] < TEETH - 24
    assert lit[32, 60, 0] == pytest.approx(250 - 1.25 * 24)


def test_skin_in_shade_takes_all_of_its_own_difference() -> None:
    """What counts is the skin about a spot: on the far side of a turned head all of it is darker."""
    layer, skin = _mouth()
    layer[..., 0] = np.linspace(60, 180, SHAPE[1])[None, :]
    lit = relit(layer, np.full((*SHAPE, 3), -16.0, np.float32), skin, PIXELS_PER_MM)
    assert lit[40, 8, 0] - layer[40, 8, 0] == pytest.approx(-16, abs=4)
    assert lit[40, 112, 0] - layer[40, 112, 0] == pytest.approx(-16, abs=4)


def test_a_layer_that_shows_no_skin_is_not_torn() -> None:
    """Then its own mean stands in."""
    layer, _ = _mouth()
    lit = relit(layer, np.full((*SHAPE, 3), 10.0, np.float32), np.zeros(SHAPE, np.float32), PIXELS_PER_MM)
    assert np.abs(lit - layer).max() <= 12.5
