"""What stays in front of a mouth in its own frame, and what does not."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.occluder import in_front
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import PIXELS_PER_MM, make_track

BOX = Box(40, 80, 280, 300)
HAND_RIGHT = 128
"""The hand reaches in from the left as far as here, over the corner of the mouth; pixels."""
SKIN, LIP, TONGUE, HAND = (90, 120, 140), (95, 115, 165), (150, 118, 158), (160, 118, 155)
"""Y'CbCr."""


@pytest.fixture(scope="module")
def points() -> NDArray[np.float32]:
    """A wide-open mouth."""
    geometry = measure_geometry(make_track(np.array([16.0, 14.0, 15.0])), 25.0)
    assert geometry is not None
    return geometry.own_points(0)


def _filmed(points: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A face whose tongue looks like the hand beside it."""
    picture = np.full((320, 320, 3), SKIN, np.uint8)
    cv2.fillPoly(picture, [points[mesh.OUTER].astype(np.int32)], LIP)
    cv2.fillPoly(picture, [points[mesh.INNER].astype(np.int32)], TONGUE)
    picture[130:, :HAND_RIGHT] = HAND
    noise = np.random.default_rng(3).normal(0, 2, picture.shape)
    crop = (picture + noise).clip(0, 255).astype(np.uint8)
    return crop[BOX.top : BOX.bottom, BOX.left : BOX.right]


def _known(points_hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the points that are drawn, as ``in_front`` wants it."""
    on_face = np.zeros(int(max(mesh.ROWS.max(), MOUTH_POINTS.max())) + 1, np.bool_)
    on_face[mesh.ROWS] = points_hidden
    return on_face[MOUTH_POINTS]


def _cover(points: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The points under the hand; and some of the red of the lower lip, which is wet."""
    known = points[:, 0] < HAND_RIGHT
    known &= points[:, 1] > 130
    known[mesh.MIDDLE][4:7] = True
    return _known(known)


def test_a_hand_is_in_front_and_the_tongue_beside_it_is_not(points: NDArray[np.float32]) -> None:
    """What shows between the lips is as unusual as a hand, and may have its color: it moves all the same."""
    front = in_front(_filmed(points), points, _cover(points), BOX, PIXELS_PER_MM)
    inside = np.zeros(front.shape, np.uint8)
    cv2.fillPoly(inside, [(points[mesh.INNER] - [BOX.left, BOX.top]).astype(np.int32)], (1,))
    columns = np.arange(BOX.left, BOX.right)
    tongue = (inside > 0) & (columns > HAND_RIGHT + 4 * PIXELS_PER_MM)
    lower_lip = points[mesh.MIDDLE][5] - [BOX.left, BOX.top]
    hand = front[100:200, : HAND_RIGHT - BOX.left - 4]
    assert tongue.sum() > 300
    assert (front[tongue] == 0).mean() > 0.98
    assert front[int(lower_lip[1]), int(lower_lip[0])] == 0
    assert (hand == 255).mean() > 0.9


def test_nothing_is_in_front_of_a_mouth_whose_lips_are_merely_wet(points: NDArray[np.float32]) -> None:
    """Nothing gets before the red of the lips without crossing their edge."""
    cover = _cover(points) & False
    cover[np.isin(MOUTH_POINTS, mesh.ROWS[mesh.MIDDLE][4:7])] = True
    assert not in_front(_filmed(points), points, cover, BOX, PIXELS_PER_MM).any()


def test_the_hand_that_holds_a_microphone_is_in_front_with_it(points: NDArray[np.float32]) -> None:
    """It has the color of the face: told by lying beyond the microphone as seen from the mouth."""
    lip, chin = points[mesh.OUTER][:, 1].max(), points[mesh.places((152,))[0]]
    top, bottom = round(float(lip) + 6), round(float(chin[1]) - 4)
    filmed = _filmed(points)
    filmed[:, : HAND_RIGHT - BOX.left] = SKIN
    x, y = round(float(chin[0])) - BOX.left, top - BOX.top
    cv2.rectangle(filmed, (x - 14, y), (x + 14, bottom - BOX.top), (25, 128, 128), -1)
    hidden = (np.abs(points[:, 0] - chin[0]) < 14) & (points[:, 1] > top)
    front = in_front(filmed, points, _known(hidden), BOX, PIXELS_PER_MM)
    assert (front[y + 6 : bottom - BOX.top - 2, x - 8 : x + 8] == 255).all()
    assert (front[bottom - BOX.top : bottom - BOX.top + 10, x - 8 : x + 8] == 255).all()
    assert not front[: y - 10].any()


def test_points_on_the_edge_of_a_microphone_do_not_cut_it(points: NDArray[np.float32]) -> None:
    """They look like the face and lie beside those that do not: the colors tell where it ends."""
    lip, chin = points[mesh.OUTER][:, 1].max(), points[mesh.places((152,))[0]]
    x, top = round(float(chin[0])) - BOX.left, round(float(lip)) - 3 - BOX.top
    filmed = np.full((BOX.height, BOX.width, 3), SKIN, np.uint8)
    cv2.rectangle(filmed, (x - 24, top), (x + 24, BOX.height), (25, 128, 128), -1)
    hidden = (np.abs(points[:, 0] - chin[0]) < 24) & (points[:, 1] > lip + 8)
    front = in_front(filmed, points, _known(hidden), BOX, PIXELS_PER_MM)
    assert (front[top + 3 :, x - 21 : x + 21] == 255).mean() > 0.99
    assert not front[: top - 6].any()


@pytest.mark.parametrize(("color", "is_in_front"), [((60, 122, 137), False), ((60, 127, 129), True)])
def test_a_shadow_on_the_chin_is_nothing_in_front(
    points: NDArray[np.float32], color: tuple[int, int, int], is_in_front: bool
) -> None:
    """It keeps the color of skin; what is grey there is a thing, whatever hides where it comes from."""
    filmed = np.full((BOX.height, BOX.width, 3), SKIN, np.uint8)
    x, y = points[mesh.places((152,))[0]] - [BOX.left, BOX.top + 30]
    place, size = (round(float(x)), round(float(y))), (22, 10)
    cv2.ellipse(filmed, place, size, 0, 0, 360, color, -1)
    apart = (points - [BOX.left, BOX.top] - place) / size
    hidden = np.hypot(apart[:, 0], apart[:, 1]) < 1
    front = in_front(filmed, points, _known(hidden), BOX, PIXELS_PER_MM)
    assert bool(front[place[1], place[0]] == 255) == is_in_front
