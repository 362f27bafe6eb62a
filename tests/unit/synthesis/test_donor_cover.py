"""Of a donor with something in front of its chin only the rest is used."""

import numpy as np
import pytest

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.donor_cover import free_share
from lipwright.synthesis.placement import FaceGeometry, measure_geometry
from lipwright.synthesis.target import Placement, Target, lay_out
from tests.tracks import PIXELS_PER_MM, make_track

CHIN = mesh.places((18, 83, 313, 200, 201, 421, 199))


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    found = measure_geometry(make_track(np.linspace(0, 12, 30)), 25.0)
    assert found is not None
    return found


@pytest.fixture
def target(geometry: FaceGeometry) -> Target:
    own = geometry.own_points(10)
    return lay_out(Placement(own, own, PIXELS_PER_MM), geometry.mouth_mesh)


def test_nothing_is_taken_from_hidden_places_and_all_of_the_lips(target: Target) -> None:
    is_hidden = np.zeros(mesh.N_POINTS, np.bool_)
    is_hidden[CHIN] = True
    share = free_share(target, is_hidden)
    box = target.lip_box
    x, y = np.round(target.points - [box.left, box.top]).astype(int).T
    assert share.shape == (box.height, box.width)
    assert 0 <= share.min() <= share.max() <= 1
    assert share[y[CHIN[0]], x[CHIN[0]]] < 0.01
    upper = np.arange(mesh.N_RING)[mesh.UPPER_HALF]
    assert share[y[upper], x[upper]].min() > 0.99


def test_without_a_hidden_point_all_is_free(target: Target) -> None:
    assert free_share(target, np.zeros(mesh.N_POINTS, np.bool_)).min() == pytest.approx(1.0)
