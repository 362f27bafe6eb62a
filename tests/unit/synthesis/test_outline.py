"""The sides of a jaw, and what they may do."""

import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.measures import Measure
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.outline import hold_outline, outline_shares
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

SCALE = 2.0
FACE = MEAN_FACE[mesh.ROWS].astype(np.float32)
BELOW_EARS = mesh.places((58, 288))
CHIN = mesh.places((148, 152, 377))
LIPS = slice(0, 3 * mesh.N_RING)


def _tilted(angle: float, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A face in the picture, its head tilted; and which way its side is."""
    cos, sin = np.cos(angle), np.sin(angle)
    axes = np.array([[cos, sin], [sin, -cos]], np.float32)  # columns: right and up of the head in the picture
    return (SCALE * shape[:, :2] @ axes.T).astype(np.float32), axes[:, 0]


@pytest.mark.parametrize("angle", [0.0, 0.4, -0.4])
def test_a_jaw_that_opens_swells_nowhere_below_the_ears(angle: float) -> None:
    """Of a face wanted a tenth larger the sides go less than a quarter as far, the chin all the way."""
    own, side = _tilted(angle, FACE)
    points, _ = _tilted(angle, FACE * np.float32(1.1))
    wanted = points.copy()
    swollen = (points - own)[BELOW_EARS] @ side
    hold_outline(points, own, outline_shares(FACE), side)
    left = (points - own)[BELOW_EARS] @ side
    assert np.abs(swollen).min() > 8
    assert np.abs(left).max() < 0.25 * np.abs(swollen).min()
    np.testing.assert_allclose(points[CHIN], wanted[CHIN], atol=0.5)
    np.testing.assert_array_equal(points[LIPS], wanted[LIPS])


def test_skin_that_slides_along_the_side_goes_on_doing_so() -> None:
    """Only what crosses the outline is taken: beside it lies the background."""
    own, side = _tilted(0.2, FACE)
    along = own[BELOW_EARS] - own[mesh.places((172, 397))]
    points = own.copy()
    points[BELOW_EARS] += 0.1 * along
    hold_outline(points, own, outline_shares(FACE), side)
    np.testing.assert_allclose((points - own)[BELOW_EARS], 0.1 * along, atol=0.25)


def test_a_mouth_is_placed_without_widening_the_jaw() -> None:
    """A chin that shall be a centimetre lower goes there; the skin below the ears stays beside them."""
    track = make_track(np.tile(np.linspace(0, 12, 20), 3))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    wanted = track.measures[0].copy()
    wanted[Measure.JAW] += 10
    own = geometry.own_points(0)
    moved = (geometry.place(0, wanted) - own) / track.scales[0]
    outwards = moved[BELOW_EARS, 0] * np.sign(own[BELOW_EARS, 0] - own[mesh.places((152,)), 0])
    assert outwards.max() < 0.2
    assert moved[CHIN, 1].min() > 7
