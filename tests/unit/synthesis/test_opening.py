import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.open_shape import open_shape
from lipwright.synthesis.opening import area, opening
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import PIXELS_PER_MM, make_track
from tests.unit.synthesis.stills import opened


@pytest.fixture(scope="module")
def geometry():
    return measure_geometry(make_track(np.array([0.0])), 25.0)


def test_the_area_of_a_ring_is_counted_in_parts_of_pixels() -> None:
    """A circle of radius 20 between the corners: its area within a hundredth, soft only at the edge."""
    angle = np.pi + np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ring = np.stack([40.3 + 20 * np.cos(angle), 30.6 - 20 * np.sin(angle)], axis=1).astype(np.float32)
    cover = area(ring, Box(10, 6, 72, 56))
    assert cover.sum() == pytest.approx(np.pi * 400, rel=0.02)
    assert ((cover > 0) & (cover < 1)).mean() < 0.12
    assert cover[30 - 6, 40 - 10] == 1.0


def test_the_opening_is_as_high_as_wanted(geometry) -> None:
    """Between the curves of the lips, in millimetres, whatever the scale."""
    shape = open_shape(geometry, 0, opened(geometry.track.measures[0], 9.0))
    low, high = shape.wanted[mesh.INNER].min(axis=0) - 6, shape.wanted[mesh.INNER].max(axis=0) + 6
    box = Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).even()
    view = opening(shape, box)
    middle = np.abs(view.side) < 0.35
    assert (view.upper - view.lower)[middle].mean() == pytest.approx(9.0, abs=1.5)
    inside = view.cover == 1
    assert (view.y[inside] <= view.upper[inside] + 0.5).all()
    assert (view.y[inside] >= view.lower[inside] - 0.5).all()
    assert np.abs(view.side[inside]).max() <= 1.0
    assert view.cover.sum() / PIXELS_PER_MM**2 == pytest.approx(
        (view.upper - view.lower)[0].max() * 34, rel=0.5
    )


def test_shut_lips_have_no_opening(geometry) -> None:
    """Not a pixel of the inside is seen."""
    shape = open_shape(geometry, 0, geometry.track.measures[0])
    assert opening(shape, Box(100, 120, 220, 260)).cover.max() < 1e-3
