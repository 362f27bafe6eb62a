import numpy as np
import pytest

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.side_light import side_light
from tests.unit.synthesis.stills import Still, presenter_still

BLACK = 16.0


@pytest.fixture(scope="module")
def still() -> Still:
    return presenter_still(0.0)


def _mouth(still: Still) -> np.ndarray:
    return still.track.landmarks[0, mesh.ROWS, :2].astype(np.float32)


def _lit(still: Still, slope: float) -> np.ndarray:
    """The luma in a light that changes by this logarithm over half a mouth."""
    corners = _mouth(still)[mesh.INNER][[0, 10], 0]
    side = (np.arange(still.picture.width) - corners.mean()) / (0.5 * (corners[1] - corners[0]))
    light = np.exp(slope * np.clip(side, -2, 2) - abs(slope))
    luma = BLACK + (still.picture.luma.astype(np.float32) - BLACK) * light
    return np.round(luma).astype(np.uint8)


@pytest.mark.parametrize("slope", [-0.8, -0.3, 0.0, 0.3, 0.8])
def test_light_from_a_side_is_measured(still: Still, slope: float) -> None:
    """The presenter is lit nearly evenly, so that what was put on it is what is found."""
    assert side_light(_lit(still, slope), _mouth(still), BLACK) == pytest.approx(slope, abs=0.12)


def test_half_a_lip_in_another_color_is_no_light(still: Still) -> None:
    """The skin round it says otherwise."""
    luma, mouth = still.picture.luma.copy(), _mouth(still)
    left, top = mouth[mesh.OUTER].min(axis=0).astype(int)
    right, bottom = mouth[mesh.OUTER].max(axis=0).astype(int)
    luma[top:bottom, left : (left + right) // 2] //= 2
    assert abs(side_light(luma, mouth, BLACK)) < 0.12


def test_light_that_differs_beyond_measure_is_held(still: Still) -> None:
    """Half of the picture is black."""
    luma, mouth = still.picture.luma.copy(), _mouth(still)
    luma[:, : int(mouth[mesh.INNER][[0, 10], 0].mean())] = 16
    assert side_light(luma, mouth, BLACK) == 1.0


def test_mouth_of_a_few_pixels_tells_nothing(still: Still) -> None:
    """There is no half to look at."""
    small = _mouth(still) * np.float32(0.02)
    assert side_light(still.picture.luma, small, BLACK) == 0.0
