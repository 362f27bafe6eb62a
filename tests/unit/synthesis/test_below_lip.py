"""Skin and the lip above it."""

import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.measures import Measure
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.below_lip import push_below, usual_depths
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

SCALE = 2.0
FACE = MEAN_FACE[mesh.ROWS]
BELOW = mesh.places((18, 83, 313))
LIP = np.arange(mesh.N_RING)[mesh.LOWER_HALF]


def _turned(angle: float, lower: float) -> tuple[np.ndarray, np.ndarray]:
    """A face whose lower lip is so many mm too low, its head tilted in the picture; and which way is down."""
    shape = FACE[:, :2].astype(np.float32).copy()
    shape[LIP, 1] -= lower
    cos, sin = np.cos(angle), np.sin(angle)
    axes = np.array([[cos, sin], [sin, -cos]], np.float32)  # columns: right and up of the head in the picture
    return (SCALE * shape @ axes.T).astype(np.float32), -axes[:, 1]


@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_a_lip_that_juts_out_pushes_the_skin_before_it(angle: float) -> None:
    """Two fifths of the skin that is usually below it stay below it."""
    points, down = _turned(angle, lower=20.0)
    usual = SCALE * usual_depths(FACE)
    lips = points[: 3 * mesh.N_RING].copy()
    push_below(points, usual, down)
    edge = (points[LIP] @ down).max()
    assert (points[BELOW] @ down > edge).all()
    np.testing.assert_array_equal(points[: 3 * mesh.N_RING], lips)


def test_skin_below_a_lip_as_usual_is_left_where_it_is() -> None:
    """Nothing is pushed by a lip that is a little low."""
    points, down = _turned(0.2, lower=2.0)
    before = points.copy()
    push_below(points, SCALE * usual_depths(FACE), down)
    np.testing.assert_array_equal(points, before)


def test_a_mouth_is_never_placed_over_the_skin_below_it() -> None:
    """Lips that shall be very low on a face whose chin shall be high do not fold the mesh."""
    track = make_track(np.tile(np.linspace(0, 12, 20), 3))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    wanted = track.measures[0].copy()
    wanted[Measure.GAP] += 20
    wanted[Measure.LOWER] += 20
    placed = geometry.place(0, wanted)
    assert (placed[BELOW, 1] > placed[LIP, 1].max()).all()
