import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.open_shape import open_shape
from lipwright.synthesis.parted_warp import Parting, parted_displacement
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import PIXELS_PER_MM, make_track
from tests.unit.synthesis.stills import opened

BOX, MOUTH = Box(-30, 60, 350, 340), Box(100, 150, 220, 240)


@pytest.fixture(scope="module")
def parted():
    """Shut lips opened by ten millimetres: the shape, and pixels down to where each pixel is fetched."""
    geometry = measure_geometry(make_track(np.array([0.0])), 25.0)
    shape = open_shape(geometry, 0, opened(geometry.track.measures[0], 10.0))
    source, target = mesh.with_anchors(shape.own), mesh.with_anchors(shape.own)
    target[: mesh.N_POINTS] = shape.wanted
    middle = shape.wanted[mesh.INNER][[5, 15], 1].mean()
    rows = np.arange(MOUTH.top, MOUTH.bottom)[:, None]
    above = np.repeat((rows < middle).astype(np.float32), MOUTH.width, axis=1)
    _, down = parted_displacement(
        source, target, geometry.mouth_mesh.triangles, BOX, Parting(MOUTH, above), PIXELS_PER_MM
    )
    return shape, down


def _at(down: np.ndarray, point: np.ndarray) -> float:
    return float(down[round(float(point[1])) - BOX.top, round(float(point[0])) - BOX.left])


def test_lips_part_and_do_not_stretch(parted) -> None:
    """Each lip comes whole from where it was: the upper from below, the lower from above."""
    shape, down = parted
    for place, sign in ((15, 1), (5, -1)):
        inner, outer = mesh.INNER.start + place, place
        for share in (0.15, 0.5):
            spot = shape.wanted[inner] + share * (shape.wanted[outer] - shape.wanted[inner])
            moved = shape.own[inner] + share * (shape.own[outer] - shape.own[inner]) - spot
            assert np.sign(moved[1]) == sign
            assert _at(down, spot) == pytest.approx(float(moved[1]), abs=1.5)


def test_what_is_far_from_the_mouth_stands_still(parted) -> None:
    """The nose above, the ground outside the anchors."""
    shape, down = parted
    assert abs(_at(down, shape.own[mesh.places((1,))[0]])) < 0.05
    assert np.abs(down[:, :2]).max() == 0.0
    assert np.abs(down[-2:]).max() == 0.0


@pytest.mark.parametrize("raised", [0.0, 0.5, 1.0, 1.5])
def test_lips_that_shut_bring_nothing_of_what_was_between_them(raised: float) -> None:
    """Just above the line on which they meet lies the edge of the upper lip, on any row of the picture."""
    geometry = measure_geometry(make_track(np.array([12.0])), 25.0)
    shape = open_shape(geometry, 0, opened(geometry.track.measures[0], 0.0))
    for points in (shape.own, shape.wanted):
        points[:, 1] -= raised
    source, target = mesh.with_anchors(shape.own), mesh.with_anchors(shape.own)
    target[: mesh.N_POINTS] = shape.wanted
    columns, line = np.arange(MOUTH.left, MOUTH.right), shape.wanted[mesh.INNER][:11]
    rows = np.arange(MOUTH.top, MOUTH.bottom)
    above = rows[:, None] < np.interp(columns, line[:, 0], line[:, 1])
    _, down = parted_displacement(
        source,
        target,
        geometry.mouth_mesh.triangles,
        BOX,
        Parting(MOUTH, above.astype(np.float32)),
        PIXELS_PER_MM,
    )
    moved = shape.own[mesh.INNER] - shape.wanted[mesh.INNER]
    for place in range(12, 19):
        x, y = shape.wanted[mesh.INNER][place]
        assert _at(down, np.array([x, np.ceil(y) - 1])) == pytest.approx(float(moved[place, 1]), abs=1.0)
