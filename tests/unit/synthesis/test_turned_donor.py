import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.turned_donor import turned_share
from tests.tracks import make_track

PIXELS_PER_MM = 2.0


@pytest.fixture(scope="module")
def mean() -> np.ndarray:
    """float32, shape (N_POINTS, 3): canonical millimetres."""
    geometry = measure_geometry(make_track(np.linspace(0, 12, 30)), 25.0)
    assert geometry is not None
    return geometry.model.mean


def _seen(mean: np.ndarray, scale: float = PIXELS_PER_MM, **degrees: float) -> np.ndarray:
    turn = Rotation.from_euler("yxz", [degrees.get(axis, 0.0) for axis in ("yaw", "pitch", "roll")], True)
    return np.asarray(scale * turn.apply(mean)[:, :2] * [1, -1] + [200, 150], np.float32)


def test_the_same_view_is_not_turned(mean: np.ndarray) -> None:
    """Size, place and a head that leans to the side are no other view."""
    own = _seen(mean)
    assert turned_share(own, own, PIXELS_PER_MM) == 0.0
    assert turned_share(_seen(mean, scale=3.1, roll=25.0) + 40, own, PIXELS_PER_MM) == 0.0


@pytest.mark.parametrize(("degrees", "share"), [(5.0, 0.0), (-5.0, 0.0), (25.0, 1.0), (-25.0, 1.0)])
def test_a_head_that_looks_elsewhere_is_turned(mean: np.ndarray, degrees: float, share: float) -> None:
    """A few degrees fit; five and twenty do not."""
    assert turned_share(_seen(mean, yaw=degrees), _seen(mean), PIXELS_PER_MM) == share


def test_the_share_grows_with_the_turn(mean: np.ndarray) -> None:
    """No step between two donors of almost the same view."""
    shares = [turned_share(_seen(mean, yaw=yaw), _seen(mean), PIXELS_PER_MM) for yaw in range(0, 31, 3)]
    assert (np.diff(shares) >= 0).all()
    assert np.diff(shares).max() < 0.5
