import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.action_units import EXPRESSIONS, UNITS, Prompt, units_of
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.face_map import FaceMap, measure_face_map, places
from lipwright.synthesis.folds import FOLDS, FoldedFace, shade_folds
from tests.tracks import make_track


@pytest.fixture(scope="module")
def face() -> FaceMap:
    found = measure_face_map(make_track(np.zeros(3), with_brows=True))
    assert found is not None
    return found


BOX = Box(0, 0, 480, 480)


def _picture(level: int = 150) -> Picture:
    chroma = np.full((240, 240), 128, np.uint8)
    return Picture(np.full((480, 480), level, np.uint8), chroma, chroma.copy())


def _stay(points: np.ndarray) -> np.ndarray:
    return points


def _shaded(face: FaceMap, units: dict[int, float], level: int = 150) -> tuple[Picture, Drawing | None]:
    picture = _picture(level)
    return picture, shade_folds(picture, FoldedFace(face, 1, _stay, BOX), units)


def _change(face: FaceMap, units: dict[int, float]) -> np.ndarray:
    return _shaded(face, units)[0].luma.astype(int) - 150


def _at(face: FaceMap, *numbers: int) -> tuple[int, int]:
    """Row and column of the middle of some points."""
    x, y = face.points[1, places(*numbers)].mean(axis=0)
    return round(y), round(x)


def test_a_lowered_brow_makes_a_furrow_between_the_brows(face: FaceMap) -> None:
    """Darker there than on the cheeks, which rest."""
    change = _change(face, {4: 1.0})
    row, column = _at(face, 107, 336)
    assert change[row - 4 : row + 8, column - 15 : column + 15].min() < -8
    assert not change[_at(face, 50)]


def test_a_raised_cheek_catches_light_over_a_dark_fold(face: FaceMap) -> None:
    """What tells a smile from a wide mouth."""
    change = _change(face, {6: 1.0, 12: 1.0})
    assert change.max() > 5
    assert change.min() < -12


def test_a_raised_chin_throws_a_shadow_under_the_lower_lip(face: FaceMap) -> None:
    """Below the lip and not on it; as deep to the left as to the right."""
    change = _change(face, {17: 1.0})
    lip, column = _at(face, 84, 314)
    chin, _ = _at(face, 32, 262)
    row = int(np.argmin(change[:, column]))
    assert change[row, column] < -8
    assert lip < row < chin + (chin - lip)
    assert change[:, :column].sum() == pytest.approx(change[:, column + 1 :].sum(), rel=0.1)


def test_lines_of_the_forehead_are_shallow_in_its_middle_and_have_a_ridge_below(face: FaceMap) -> None:
    """Over each brow is a belly of the muscle that raises it; the skin between two lines bulges."""
    change = _change(face, {2: 1.0})
    forehead = change[: _at(face, 107, 336)[0]]
    _, middle = _at(face, 168)
    _, brow = _at(face, 105)
    assert forehead[:, brow].min() < 1.2 * forehead[:, middle].min() < 0
    lines = np.flatnonzero(forehead[:, brow] == forehead[:, brow].min())
    assert forehead[lines[-1] :, brow].max() > 1


def test_folds_are_alike_on_both_sides(face: FaceMap) -> None:
    change = _change(face, units_of(Prompt.HAPPY))
    _, middle = _at(face, 168)
    left, right = change[:, :middle].sum(), change[:, middle:].sum()
    assert left == pytest.approx(right, rel=0.1)


def test_weaker_units_make_shallower_folds(face: FaceMap) -> None:
    full, half = (np.abs(_change(face, {12: share})).max() for share in (1.0, 0.5))
    assert 0.3 * full < half < 0.7 * full


def test_dark_skin_loses_the_same_share_of_its_light(face: FaceMap) -> None:
    """Folds have no colour of their own."""
    shares = [
        (level - int(_shaded(face, {12: 1.0}, level)[0].luma.min())) / (level - 16) for level in (60, 200)
    ]
    assert shares[0] == pytest.approx(shares[1], abs=0.03)


def test_outside_the_mask_every_sample_is_untouched(face: FaceMap) -> None:
    picture, drawing = _shaded(face, units_of(Prompt.DISGUSTED))
    assert drawing is not None
    covered = np.zeros(picture.luma.shape, np.bool_)
    box = drawing.box
    covered[box.top : box.bottom, box.left : box.right] = drawing.mask > 0
    assert (picture.luma[~covered] == 150).all()
    assert (picture.blue == 128).all()


def test_what_is_in_front_of_a_face_has_no_folds(face: FaceMap) -> None:
    """A microphone keeps its look."""
    picture = _picture()
    shade_folds(picture, FoldedFace(face, 1, _stay, BOX, np.zeros((240, 240), np.float32)), {12: 1.0})
    assert (picture.luma == 150).all()


def test_a_fold_is_as_deep_on_a_small_face_as_on_a_large_one(face: FaceMap) -> None:
    """As far as a line of a millimetre can be seen in it."""
    deepest = []
    for size in (0.6, 1.0):
        small = FaceMap(**{**vars(face), "points": face.points * size, "scales": face.scales * size})
        deepest.append(np.abs(_change(small, {4: 1.0})).max())
    assert deepest[0] == pytest.approx(deepest[1], rel=0.25)


def test_a_face_that_leaves_the_picture_has_the_folds_that_are_in_it(face: FaceMap) -> None:
    """And one that has left it has none."""
    for shift, is_seen in ((200.0, True), (2000.0, False)):
        picture = _picture()

        def follow(points: np.ndarray, by: float = shift) -> np.ndarray:
            return points + np.float32(by)

        drawing = shade_folds(picture, FoldedFace(face, 1, follow, BOX), units_of(Prompt.HAPPY))
        assert drawing is not None
        assert bool(drawing.mask.any()) == is_seen
        assert bool((picture.luma != 150).any()) == is_seen


def test_a_face_at_rest_has_no_folds(face: FaceMap) -> None:
    assert _shaded(face, {})[1] is None
    assert _shaded(face, {38: 1.0})[1] is None


def test_folds_belong_to_units_that_there_are() -> None:
    assert set(FOLDS) <= set(UNITS)
    expressive = [prompt for prompt in Prompt if prompt is not Prompt.NEUTRAL]
    assert all(set(EXPRESSIONS[prompt]) & set(FOLDS) for prompt in expressive)
