"""Four more looks at mouths that are hard to read."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.further_looks import FurtherLooks, is_hard_to_read, look_further
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.mesh import FaceMesh, FaceRegion, region_around
from lipwright.analysis.faces.second_look import look_again
from lipwright.analysis.faces.tracking import Sighting, look
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from tests.unit.analysis.faces.drawn_face import as_picture, draw_face, plain_canvas


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


def _drawn(height: float, opening: float = 0.1) -> Picture:
    return as_picture(draw_face(plain_canvas(400, 400), (200, 190), height, opening))


def _seen_twice(mesh: FaceMesh, picture: Picture, height: float) -> Sighting:
    rough = mesh.fit(picture, FaceRegion(200, 200, 1.5 * height, 0.0))
    sighting = look(mesh, picture, region_around(rough.points))
    assert sighting is not None
    return look_again(mesh, sighting)


@pytest.mark.parametrize("height", [60, 220])
def test_further_looks_see_the_same_mouth(mesh: FaceMesh, height: float) -> None:
    """Six gaps that agree on a drawn mouth; the points stay those of the first two looks."""
    picture = _drawn(height)
    twice = _seen_twice(mesh, picture, height)
    seen = look_further(mesh, picture, twice)
    assert seen.looks is not None
    assert twice.looks is not None
    assert seen.looks.gaps[:2] == twice.looks.gaps
    assert len(seen.looks.gaps) == 6
    assert seen.looks.agree
    assert seen.looks.gap == pytest.approx(float(np.mean(seen.looks.gaps)))
    assert seen.landmarks is twice.landmarks


def test_small_faces_and_looks_that_differ_are_hard_to_read(mesh: FaceMesh) -> None:
    large, small = Box(0, 0, 200, 220), Box(0, 0, 80, 90)
    assert not is_hard_to_read(large, Looks((0.1, 0.2), 1.0))
    assert is_hard_to_read(large, Looks((0.1, 0.5), 1.0))
    assert is_hard_to_read(small, Looks((0.1, 0.2), 1.0))


def test_a_face_whose_looks_contradict_each_other_is_doubted_for_a_while(mesh: FaceMesh) -> None:
    """25 frames get further looks though their two agree; other faces do not."""
    picture = _drawn(220)
    sighting = _seen_twice(mesh, picture, 220)
    sure, torn = (replace(sighting, looks=Looks(gaps, 1.0)) for gaps in ((20.0, 20.1), (0.0, 60.0)))
    looks = FurtherLooks(mesh)

    def n_looks(number: int, sighting: Sighting) -> int:
        seen = looks.surer(number, picture, sighting).looks
        return 0 if seen is None else len(seen.gaps)

    assert n_looks(1, replace(sighting, looks=None)) == 0
    assert [n_looks(1, sure), n_looks(1, torn), n_looks(1, sure), n_looks(2, sure)] == [2, 6, 6, 2]
    assert [n_looks(1, sure) for _ in range(30)].count(2) == 7


def test_only_measuring_looks_further() -> None:
    """An analysis for drawing takes the two looks that it needs for its points."""
    pictures = [_drawn(90) for _ in range(2)]
    for looks_further, expected in ((False, 2), (True, 6)):
        with FaceAnalyzer(FaceOptions(looks_further=looks_further)) as analyzer:
            seen = [face for picture in pictures for face in analyzer.push(picture)]
        assert [len(face.looks.gaps) for face in seen if face.looks is not None] == [expected] * 2
