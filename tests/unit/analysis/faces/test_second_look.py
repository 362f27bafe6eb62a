"""Further looks at a face, in the mirror and with the crop turned."""

from collections.abc import Iterator

import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import INNER_LIP, MEASURE_OUTER_CORNERS, MIRROR, N_VERTICES
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.mesh import FaceMesh, FaceRegion, region_around
from lipwright.analysis.faces.second_look import SecondLooks, look_again, look_closely
from lipwright.analysis.faces.tracking import Sighting, look
from tests.unit.analysis.faces.drawn_face import as_picture, draw_face, plain_canvas


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


def _sighting(mesh: FaceMesh, height: float, opening: float = 0.0, shift: float = 0.0) -> Sighting:
    picture = as_picture(draw_face(plain_canvas(400, 400), (200 + shift, 190 + shift), height, opening))
    rough = mesh.fit(picture, FaceRegion(200, 200, 1.5 * height, 0.0))
    sighting = look(mesh, picture, region_around(rough.points))
    assert sighting is not None
    return sighting


def test_every_point_has_its_counterpart() -> None:
    """The corners of the mouth face each other; what lies in the middle of the face is its own."""
    assert (MIRROR[MIRROR] == np.arange(N_VERTICES)).all()
    assert MIRROR[MEASURE_OUTER_CORNERS].tolist() == MEASURE_OUTER_CORNERS[::-1].tolist()
    assert MIRROR[INNER_LIP[5]] == INNER_LIP[5]


@pytest.mark.parametrize("opening", [0.0, 0.15])
def test_the_mirror_shows_the_same_face(mesh: FaceMesh, opening: float) -> None:
    """A face off the middle of its picture is found in its place, left on the left."""
    once = _sighting(mesh, 220, opening, shift=24)
    twice = look_again(mesh, once)
    assert np.linalg.norm((twice.landmarks - once.landmarks)[:, :2], axis=1).max() < 0.04 * 220
    assert twice.looks is not None
    assert twice.looks.agree
    assert twice.looks.lips_apart < 3


def test_two_looks_are_steadier_than_one(mesh: FaceMesh) -> None:
    """A small face at 16 places within a pixel: its lips go to and fro less."""
    shifts = np.linspace(0.0, 1.0, 16)
    once = [_sighting(mesh, 60, 0.08, shift) for shift in shifts]
    twice = [look_again(mesh, sighting) for sighting in once]
    assert _tremble(twice, shifts) < 0.9 * _tremble(once, shifts)


def _tremble(sightings: list[Sighting], shifts: np.ndarray) -> float:
    points = np.stack([sighting.landmarks[INNER_LIP, :2] for sighting in sightings])
    still = points - shifts[:, None, None]
    return float((still - still.mean(axis=0)).std())


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ((0.1, 0.6), True),
        ((-0.4, 0.9), True),  # shut either way
        ((0.2, 1.4), False),  # shut or ajar
        ((8.0, 11.0), True),  # wide open either way
        ((0.3, 17.0), False),
        ((4.0, 11.0), False),
        ((0.1, 0.6, 0.3, 0.4), True),
        ((0.1, 0.3, 0.2, 1.9), False),  # two of four would not have told
        ((0.1, 0.2, 0.3, 0.0, 1.2, -0.1), True),  # one of six may stray a little
        ((0.1, 0.2, 9.0, 0.0, 0.3, 0.1), False),
        ((8.0, 11.0, 9.0, 12.0, 7.0, 10.0), True),
        ((18.0, 20.0, 19.0, 5.0, 21.0, 2.0), False),  # the first two agreed by chance
    ],
)
def test_looks_agree_to_what_tells_mouths_apart(gaps: tuple[float, ...], expected: bool) -> None:
    assert Looks(gaps, 1.0).agree is expected
    assert Looks(gaps[::-1], 1.0).agree is expected


def test_faces_seen_well_keep_the_points_of_one_look(mesh: FaceMesh) -> None:
    """They are probed now and then; small ones always get the mean of two looks."""
    looks = SecondLooks(mesh, small_below=128)
    large, small = _sighting(mesh, 220), _sighting(mesh, 90)
    seen = [looks.surer(1, large) for _ in range(10)]
    assert all(sighting.landmarks is large.landmarks for sighting in seen)
    assert 1 <= sum(sighting.looks is not None for sighting in seen) <= 3
    assert all(looks.surer(2, small).looks is not None for _ in range(10))


def test_faces_that_are_misread_are_looked_at_closely_for_a_while() -> None:
    """The first looks contradict each other: the next frames get six looks too, and are not only probed."""
    mesh = FaceMesh()
    sighting = _sighting(mesh, 220, 0.15)
    seen_again = mesh.fit_again
    shut = seen_again(_sighting(mesh, 220, 0.0).fit, mirrored=True)
    mesh.fit_again = lambda _, **held: shut if held.get("mirrored") else seen_again(sighting.fit)  # type: ignore[method-assign]
    looks = SecondLooks(mesh, small_below=128)
    assert [_n_looks(looks.surer(1, sighting)) for _ in range(10)] == [6] * 10
    mesh.close()


def test_a_crop_that_is_turned_shows_the_same_face(mesh: FaceMesh) -> None:
    """Each of the six looks finds the face in its place."""
    once = _sighting(mesh, 220, 0.15, shift=24)
    closely = look_closely(mesh, once)
    assert np.linalg.norm((closely.landmarks - once.landmarks)[:, :2], axis=1).max() < 0.04 * 220
    assert closely.looks is not None
    assert len(closely.looks.gaps) == 6
    assert closely.looks.gap == pytest.approx(float(np.mean(closely.looks.gaps)))
    assert closely.looks.first_two.gaps == closely.looks.gaps[:2]
    assert closely.looks.agree


def _n_looks(sighting: Sighting) -> int:
    return 1 if sighting.looks is None else len(sighting.looks.gaps)
