import cv2
import numpy as np
import pytest

from lipwright.media.picture import Picture
from lipwright.synthesis.action_units import Part, Prompt, expression_field, units_of
from lipwright.synthesis.face_map import PARTS, POINTS, FaceMap, measure_face_map, places
from lipwright.synthesis.move_face import FaceMove, MovedFace, move_face
from tests.tracks import make_track

STILL = np.zeros(3, np.float32)


@pytest.fixture(scope="module")
def face() -> FaceMap:
    found = measure_face_map(make_track(np.zeros(3), with_brows=True))
    assert found is not None
    return found


def _picture(size: int = 480) -> Picture:
    rng = np.random.default_rng(2)
    luma = cv2.GaussianBlur(rng.normal(120, 30, (size, size)), (0, 0), 1.5)
    chroma = np.full((size // 2, size // 2), 128, np.uint8)
    return Picture(luma.clip(0, 255).astype(np.uint8), chroma, chroma.copy())


def _moved(
    face: FaceMap, picture: Picture, prompt: Prompt, amount: float, turn: np.ndarray = STILL
) -> tuple[Picture, MovedFace]:
    field = expression_field(units_of(prompt), face.shape, POINTS, PARTS, face.eye_distance)
    canvas = picture.copy()
    return canvas, move_face(canvas, face, 1, FaceMove(field, amount, turn.astype(np.float32)))


def _outside(moved: MovedFace, picture: Picture) -> np.ndarray:
    outside = np.ones(picture.luma.shape, np.bool_)
    box = moved.drawing.box
    outside[box.top : box.bottom, box.left : box.right] = moved.drawing.mask == 0
    return outside


@pytest.mark.parametrize("turn", [STILL, np.radians([3.0, -2.0, 2.0])])
def test_outside_the_mask_every_sample_is_untouched(face: FaceMap, turn: np.ndarray) -> None:
    picture = _picture()
    canvas, moved = _moved(face, picture, Prompt.HAPPY, 1.0, turn)
    outside = _outside(moved, picture)
    assert (canvas.luma == picture.luma)[outside].all()
    assert (canvas.luma != picture.luma).sum() > 1000


def test_a_mark_on_the_brow_goes_up_where_the_points_go(face: FaceMap) -> None:
    """Pixels and ``follow`` agree within a pixel."""
    brow = face.points[1, places(105)[0]]
    picture = _picture()
    picture.luma[:] = 100
    x, y = np.round(brow).astype(int)
    picture.luma[y - 1 : y + 2, x - 1 : x + 2] = 250
    canvas, moved = _moved(face, picture, Prompt.SURPRISED, 1.0)
    found = np.argwhere(canvas.luma > 170).mean(axis=0)[::-1]
    went = moved.follow(np.array([[x, y]], np.float32))[0]
    assert y - went[1] > 3
    np.testing.assert_allclose(found, went, atol=1.0)


def test_shut_eyes_are_not_pulled_open(face: FaceMap) -> None:
    """In a blink the lids stay as they are."""
    lids = face.points[1, places(159, 386)]
    open_eyes = _moved(face, _picture(), Prompt.SURPRISED, 1.0)[1].follow(lids)
    blink = FaceMap(**{**vars(face), "openness": np.zeros_like(face.openness)})
    shut_eyes = _moved(blink, _picture(), Prompt.SURPRISED, 1.0)[1].follow(lids)
    assert (lids[:, 1] - open_eyes[:, 1]).min() > 0.8
    assert np.abs(lids - shut_eyes).max() < 0.5 * np.abs(lids - open_eyes).max()


def test_the_head_nods_and_the_shoulders_stay(face: FaceMap) -> None:
    """Nose down by millimetres; what lies round the head does not move at all."""
    picture = _picture()
    canvas, moved = _moved(face, picture, Prompt.NEUTRAL, 0.0, np.radians([3.0, 0.0, 0.0]))
    nose = face.points[1, places(4)]
    assert moved.follow(nose)[0, 1] - nose[0, 1] > 3
    np.testing.assert_array_equal(canvas.luma[450:], picture.luma[450:])
    np.testing.assert_array_equal(canvas.luma[:, 420:], picture.luma[:, 420:])


def test_a_picture_that_cuts_the_head_keeps_its_edges(face: FaceMap) -> None:
    """Nothing is brought in from beyond the picture: its outermost samples stay, and none turns black."""
    picture = _picture(300)
    picture.luma[:] = np.maximum(picture.luma, 60)
    canvas, _ = _moved(face, picture, Prompt.NEUTRAL, 0.0, np.radians([3.0, 3.0, 3.0]))
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        np.testing.assert_array_equal(canvas.luma[edge], picture.luma[edge])
    assert canvas.luma.min() > 20


def test_no_sliver_throws_pixels_about(face: FaceMap) -> None:
    """On the far cheek of a turned face no pixel comes from further off than the field goes.

    A triangle that ends up with hardly any height between two points of the outline: a dot of the background
    stood on the ear.
    """
    field = expression_field(units_of(Prompt.HAPPY), face.shape, POINTS, PARTS, face.eye_distance)
    change = (float(face.scales[1]) * (field.skin + field.lids) @ face.rotations[1].T)[:, :2]
    is_outline = np.append(PARTS == Part.OUTLINE, np.ones(2 * len(face.halo), np.bool_))
    slivers = [triangle for triangle in face.triangles if is_outline[triangle].sum() == 2]
    points = face.points.copy()
    for triangle in slivers:
        (moving,), ends = triangle[~is_outline[triangle]], triangle[is_outline[triangle]]
        if ends.max() < len(PARTS):
            points[1, moving] = points[1, ends].mean(axis=0) - change[moving] + np.float32(0.01)
    crushed = FaceMap(**{**vars(face), "points": points})
    moved = _moved(crushed, _picture(), Prompt.HAPPY, 1.0)[1]
    furthest = np.abs(change).max(axis=0)
    assert np.abs(moved._across).max() <= furthest[0] + 1e-3
    assert np.abs(moved._down).max() <= furthest[1] + 1e-3


def test_no_amount_and_no_turn_change_nothing(face: FaceMap) -> None:
    picture = _picture()
    canvas, moved = _moved(face, picture, Prompt.HAPPY, 0.0)
    np.testing.assert_array_equal(canvas.luma, picture.luma)
    assert not moved.drawing.mask.any()


def test_a_track_without_brows_has_no_map() -> None:
    """Engines that move mouths alone do not keep them."""
    assert measure_face_map(make_track(np.zeros(3))) is None
