from collections.abc import Iterator

import numpy as np
import pytest

from lipwright.analysis.faces.detection import FaceDetector
from lipwright.analysis.faces.mesh import N_MESH_POINTS, FaceMesh, FaceRegion, region_around
from lipwright.media.picture import Picture
from tests.unit.analysis.faces.drawn_face import as_picture, draw_face, plain_canvas


@pytest.fixture(scope="module")
def detector() -> Iterator[FaceDetector]:
    detector = FaceDetector()
    yield detector
    detector.close()


@pytest.fixture(scope="module")
def mesh() -> Iterator[FaceMesh]:
    mesh = FaceMesh()
    yield mesh
    mesh.close()


@pytest.fixture(scope="module")
def picture() -> Picture:
    return as_picture(draw_face(plain_canvas(640, 360), (400, 180), 180))


def test_a_face_is_detected_where_it_is(detector: FaceDetector, picture: Picture) -> None:
    (found,) = detector.find(picture)
    assert found.region.center_x == pytest.approx(400, abs=20)
    assert found.region.center_y == pytest.approx(190, abs=30)
    assert found.region.roll == pytest.approx(0, abs=0.1)
    assert found.score > 0.5


def test_an_empty_room_has_no_face(detector: FaceDetector) -> None:
    room = as_picture(plain_canvas(640, 360))
    assert detector.find(room) == []
    assert detector.find_small(room) == []


def test_a_face_far_away_is_found_by_looking_closely(detector: FaceDetector) -> None:
    wide = as_picture(draw_face(plain_canvas(1920, 1080), (1500, 300), 44))
    assert detector.find(wide) == []
    (found,) = detector.find_small(wide)
    assert found.region.center_x == pytest.approx(1500, abs=15)


def test_the_mesh_says_whether_it_sees_a_face(mesh: FaceMesh, picture: Picture) -> None:
    on_face = mesh.fit(picture, FaceRegion(400, 185, 270, 0.0))
    on_wall = mesh.fit(picture, FaceRegion(120, 180, 200, 0.0))
    assert on_face.points.shape == (N_MESH_POINTS, 3)
    assert on_face.score > 0.9
    assert on_wall.score < 0.5


def test_a_second_opinion_tells_a_face_from_scribbles(
    detector: FaceDetector, mesh: FaceMesh, picture: Picture
) -> None:
    face = mesh.fit(picture, FaceRegion(400, 185, 270, 0.0))
    wall = mesh.fit(picture, FaceRegion(120, 180, 200, 0.0))
    assert detector.confirms(face.crop)
    assert not detector.confirms(wall.crop)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_it_is_seen_how_a_crop_is_to_be_turned_for_its_face_to_stand(
    detector: FaceDetector, mesh: FaceMesh, picture: Picture, turns: int
) -> None:
    upright = mesh.fit(picture, FaceRegion(400, 185, 270, 0.0)).crop
    crop = np.ascontiguousarray(np.rot90(upright, -turns))
    assert detector.quarter_turns(crop) == turns


def test_the_mesh_answers_the_same_whatever_came_before(mesh: FaceMesh, picture: Picture) -> None:
    """No memory between calls: one graph serves many faces, and results do not depend on the order."""
    region = FaceRegion(400, 185, 270, 0.0)
    first = mesh.fit(picture, region).points
    mesh.fit(picture, FaceRegion(120, 180, 200, 0.0))
    np.testing.assert_array_equal(mesh.fit(picture, region).points, first)


def test_a_face_that_hangs_over_the_edge_of_the_picture_can_be_fitted(mesh: FaceMesh) -> None:
    cut = as_picture(draw_face(plain_canvas(320, 240), (40, 120), 160))
    fit = mesh.fit(cut, FaceRegion(40, 122, 240, 0.0))
    assert fit.score > 0.5
    assert fit.points[:, 0].min() < 0


def test_the_next_region_is_one_and_a_half_faces_and_turns_with_the_eyes(
    mesh: FaceMesh, picture: Picture
) -> None:
    points = mesh.fit(picture, FaceRegion(400, 185, 270, 0.0)).points
    turn = np.radians(20)
    rotated = points.copy()
    rotated[:, 0] = np.cos(turn) * points[:, 0] - np.sin(turn) * points[:, 1]
    rotated[:, 1] = np.sin(turn) * points[:, 0] + np.cos(turn) * points[:, 1]
    region = region_around(points)
    assert region.size == pytest.approx(1.5 * np.ptp(points[:, :2], axis=0).max())
    assert region_around(rotated).roll - region.roll == pytest.approx(turn, abs=1e-3)


@pytest.mark.parametrize("roll", [0.0, 0.4, -1.2])
def test_the_box_of_a_region_holds_it_and_has_even_edges(roll: float) -> None:
    region = FaceRegion(101.3, 55.8, 97.0, roll)
    box = region.box()
    assert box == box.even()
    assert box.width == box.height
    corner = 97.0 / 2 * (abs(np.cos(roll)) + abs(np.sin(roll)))
    assert box.left <= 101.3 - corner
    assert box.right >= 101.3 + corner
