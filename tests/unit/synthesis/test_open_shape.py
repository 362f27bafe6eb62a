import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from lipwright.measures import Measure
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.open_shape import open_shape
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import PIXELS_PER_MM, UPRIGHT, make_track
from tests.unit.synthesis.stills import opened

GAPS = np.array([0.0, 0.4, 6.0])


@pytest.fixture(scope="module")
def geometries():
    """Stills whose lips are shut, shut with landmarks that read a little more, and apart."""
    return [measure_geometry(make_track(np.array([gap])), 25.0) for gap in GAPS]


def _gap(points: np.ndarray) -> float:
    inner = points[mesh.INNER]
    heights = inner[mesh.LOWER_HALF, 1][::-1] - inner[mesh.UPPER_HALF, 1]
    return float(heights[2:7].mean()) / PIXELS_PER_MM


@pytest.mark.parametrize("still", [0, 1, 2])
@pytest.mark.parametrize("gap", [3.0, 8.0, 14.0])
def test_lips_part_by_the_wanted_gap(geometries, still: int, gap: float) -> None:
    """Within a fraction of a millimetre, from shut and from open mouths, and no pair of lips crosses."""
    geometry = geometries[still]
    shape = open_shape(geometry, 0, opened(geometry.track.measures[0], gap))
    assert _gap(shape.wanted) == pytest.approx(gap, abs=0.5)
    inner = shape.wanted[mesh.INNER]
    assert (inner[mesh.LOWER_HALF, 1][::-1] - inner[mesh.UPPER_HALF, 1] >= -1e-3).all()


@pytest.mark.parametrize("still", [0, 1, 2])
def test_any_mouth_can_be_shut(geometries, still: int) -> None:
    """The inner lips meet along the whole line."""
    geometry = geometries[still]
    shape = open_shape(geometry, 0, opened(geometry.track.measures[0], 0.0))
    inner = shape.wanted[mesh.INNER]
    np.testing.assert_allclose(inner[mesh.LOWER_HALF, 1][::-1], inner[mesh.UPPER_HALF, 1], atol=0.15)


def test_a_narrow_mouth_is_narrow(geometries) -> None:
    """Round vowels: the corners come in by what was asked."""
    geometry = geometries[0]
    wanted = opened(geometry.track.measures[0], 5.0)
    wanted[Measure.WIDTH] -= 8.0
    wanted[Measure.INNER_WIDTH] -= 7.0
    wide, narrow = (
        open_shape(geometry, 0, measures).wanted
        for measures in (opened(geometry.track.measures[0], 5.0), wanted)
    )
    change = (wide[10, 0] - wide[0, 0]) - (narrow[10, 0] - narrow[0, 0])
    assert 5.0 < change / PIXELS_PER_MM < 11.0


def test_the_plane_of_the_lips_is_measured_in_millimetres(geometries) -> None:
    """There and back; a millimetre to the right and up is one in the picture's scale."""
    plane = open_shape(geometries[0], 0, opened(geometries[0].track.measures[0], 4.0)).plane
    spots = np.array([[100.0, 120.0], [101.5, 118.5]], np.float32)
    np.testing.assert_allclose(plane.pixels(plane.plane(spots)), spots, atol=1e-3)
    step = plane.plane(spots)[1] - plane.plane(spots)[0]
    np.testing.assert_allclose(step, (1.0, 1.0), atol=1e-3)


def test_pressed_lips_hide_their_edges_but_not_their_corners(geometries) -> None:
    """A millimetre of the red is taken from further in, the less the further the lips are apart."""
    geometry = geometries[0]
    reaches = []
    for gap in (0.0, 0.5, 2.0):
        wanted = opened(geometry.track.measures[0], gap)
        plain, pressed = (open_shape(geometry, 0, wanted, press=press) for press in (0.0, 1.0))
        np.testing.assert_array_equal(pressed.wanted, plain.wanted)
        moved = np.linalg.norm(pressed.edge[mesh.INNER] - plain.own[mesh.INNER], axis=1) / PIXELS_PER_MM
        assert moved[0] == moved[10] == 0.0
        reaches.append(pressed.press)
    assert reaches == pytest.approx([1.0, 0.5, 0.0], abs=0.05)


@pytest.mark.parametrize("gap", [0.0, 0.15])
def test_a_grin_that_shuts_is_shut_from_end_to_end(gap: float) -> None:
    """On a head that looks up: depth is seen as height, and the ends were as wide open as the middle."""
    turn = Rotation.from_euler("x", 20, degrees=True).as_matrix().astype(np.float32)
    track = make_track(np.array([14.0]))
    track.rotations = (turn @ UPRIGHT)[None]
    track.landmarks = (PIXELS_PER_MM * track.canonical @ track.rotations[0].T + track.translations).astype(
        np.float32
    )
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    wanted = opened(geometry.track.measures[0], gap)
    wanted[[Measure.WIDTH, Measure.INNER_WIDTH]] -= 6.0
    shape = open_shape(geometry, 0, wanted)
    inner = shape.plane.plane(shape.wanted[mesh.INNER])
    heights = inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1]
    assert np.abs(heights).max() < 1.5 * gap + 0.02
