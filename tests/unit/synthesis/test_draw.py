import cv2
import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.synthesis import blend_mask
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.draw import Drawing, draw_mouth
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.sharpness import variance_where
from lipwright.synthesis.target import Placement
from tests.tracks import PIXELS_PER_MM, make_track

GAPS = np.linspace(0, 12, 30)


@pytest.fixture(scope="module")
def geometry():
    return measure_geometry(make_track(GAPS), 25.0)


def _picture() -> Picture:
    """Smooth shades with grain: something that shows where its pixels came from."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:320, 0:320]
    luma = 100 + 0.2 * x + 0.1 * y + rng.normal(0, 4, (320, 320))
    chroma = np.full((160, 160), 128, np.uint8)
    return Picture(luma.clip(0, 255).astype(np.uint8), chroma, chroma.copy())


def _donor(picture: Picture, points: np.ndarray) -> Donor:
    box = Box(60, 100, 260, 300)
    return Donor(picture.crop_ycc(box), points - np.array([60, 100], np.float32))


def _draw(geometry, frame: int, wanted_row: int, strength: float = 1.0) -> tuple[Picture, Picture, Drawing]:
    picture = _picture()
    drawn = picture.copy()
    own = geometry.own_points(frame)
    wanted = geometry.place(frame, geometry.track.measures[wanted_row])
    placement = Placement(own, wanted, PIXELS_PER_MM, strength)
    donor = _donor(picture, geometry.own_points(wanted_row))
    return picture, drawn, draw_mouth(drawn, placement, [(donor, 1.0)], geometry.mouth_mesh)


def _outside(drawing: Drawing, picture: Picture) -> np.ndarray:
    mask = np.zeros(picture.luma.shape, np.bool_)
    box = drawing.box
    inside = box.clipped(picture.width, picture.height)
    rows = slice(inside.top - box.top, inside.bottom - box.top)
    columns = slice(inside.left - box.left, inside.right - box.left)
    mask[inside.top : inside.bottom, inside.left : inside.right] = drawing.mask[rows, columns] > 0
    return ~mask


@pytest.mark.parametrize(("frame", "wanted_row"), [(0, 29), (29, 0), (10, 20)])
def test_outside_the_mask_every_sample_is_untouched(geometry, frame: int, wanted_row: int) -> None:
    """Luma and chroma, bit for bit; and the mask leaves most of the picture alone."""
    picture, drawn, drawing = _draw(geometry, frame, wanted_row)
    outside = _outside(drawing, picture)
    assert (drawn.luma[outside] == picture.luma[outside]).all()
    outside_chroma = outside.reshape(160, 2, 160, 2).any(axis=(1, 3))
    assert (drawn.blue[outside_chroma] == picture.blue[outside_chroma]).all()
    assert outside.mean() > 0.5
    assert (drawn.luma != picture.luma).any()


def test_no_strength_draws_nothing(geometry) -> None:
    """Strength 0 is the source frame."""
    picture, drawn, _ = _draw(geometry, 0, 29, strength=0.0)
    np.testing.assert_array_equal(drawn.luma, picture.luma)


def test_drawing_the_own_mouth_in_its_own_place_changes_nothing(geometry) -> None:
    """All the steps of the drawing together lose at most a rounding."""
    picture = _picture()
    drawn = picture.copy()
    points = geometry.own_points(15)
    placement = Placement(points, points, PIXELS_PER_MM)
    draw_mouth(drawn, placement, [(_donor(picture, points), 1.0)], geometry.mouth_mesh)
    assert np.abs(drawn.luma.astype(int) - picture.luma).max() <= 1


def test_opening_lowers_the_chin_but_not_the_neck(geometry) -> None:
    """A mark on the chin moves down with the jaw; one outside the anchors stays."""
    own = geometry.own_points(0)
    chin = own[mesh.places((152,))[0]]
    picture = _picture()
    picture.luma[int(chin[1]) - 1 : int(chin[1]) + 2, int(chin[0]) - 1 : int(chin[0]) + 2] = 255
    drawn = picture.copy()
    placement = Placement(own, geometry.place(0, geometry.track.measures[29]), PIXELS_PER_MM)
    draw_mouth(drawn, placement, [(_donor(picture, own), 1.0)], geometry.mouth_mesh)
    rows = np.argwhere(drawn.luma > 230)[:, 0]
    assert rows.mean() > chin[1] + 3
    bottom = int(mesh.with_anchors(own)[:, 1].max()) + 4
    np.testing.assert_array_equal(drawn.luma[bottom:], picture.luma[bottom:])


def test_placing_the_own_measures_stays_at_the_own_lips(geometry) -> None:
    """What the frame shows already is asked for: lips stay within a pixel."""
    placed = geometry.place(15, geometry.track.measures[15])
    assert np.abs(placed - geometry.own_points(15)).max() < 1.0


def test_a_face_cut_by_the_edge_of_the_picture_is_drawn_as_far_as_it_is_seen(geometry) -> None:
    """Points outside the picture are no error."""
    picture = _picture()
    own = geometry.own_points(0) + np.array([120, 90], np.float32)
    wanted = geometry.place(0, geometry.track.measures[29]) + np.array([120, 90], np.float32)
    donor = _donor(picture, geometry.own_points(0))
    draw_mouth(picture, Placement(own, wanted, PIXELS_PER_MM), [(donor, 1.0)], geometry.mouth_mesh)
    assert picture.luma.shape == (320, 320)


def _gap_of(points: np.ndarray) -> float:
    """Mean opening of placed lips, canonical mm; picture y runs down."""
    inner = points[mesh.INNER]
    pairs = inner[mesh.LOWER_HALF, 1][::-1] - inner[mesh.UPPER_HALF, 1]
    return float(pairs[2:7].mean()) / PIXELS_PER_MM


def _lips_of(geometry, *frames: int) -> np.ndarray:
    return geometry.shut_lips(np.array(frames), np.ones(len(frames), np.float32))


def test_shut_lips_keep_the_shape_of_the_lips_that_are_laid_there(geometry) -> None:
    """A shut mouth gets the donor's own lips, pressed on each other; an open one does not."""
    shut, ajar = geometry.track.measures[0], geometry.track.measures[29]
    pressed = geometry.place(15, shut, _lips_of(geometry, 1))
    assert -0.6 < _gap_of(pressed) < -0.2
    corners = [0, 10]
    np.testing.assert_allclose(pressed[corners], geometry.own_points(1)[corners], atol=0.05)
    np.testing.assert_array_equal(geometry.place(15, ajar, _lips_of(geometry, 1)), geometry.place(15, ajar))


def test_lips_about_to_shut_have_the_shape_of_shut_ones_and_the_opening_that_is_wanted(geometry) -> None:
    """Half way there their corners are half way there; how far they are apart stays what was asked for."""
    ajar, lips = geometry.track.measures[12], _lips_of(geometry, 1)
    lips[[0, 20, 40], 0] += 3.0  # pressed lips are narrow
    lips[[10, 30, 50], 0] -= 3.0
    apart, near, shut = (geometry.place(15, ajar, lips, nearness) for nearness in (0.0, 0.5, 1.0))
    assert _gap_of(near) == pytest.approx(_gap_of(apart), abs=0.02)
    corners = [0, 10]
    np.testing.assert_allclose(
        shut[corners, 0] - apart[corners, 0], np.array([3, -3]) * PIXELS_PER_MM, atol=0.2
    )
    np.testing.assert_allclose(near[corners], (apart[corners] + shut[corners]) / 2, atol=0.02)


def test_lips_open_without_a_jump(geometry) -> None:
    """From pressed to open the placed gap follows the wanted one steadily."""
    wanted = np.repeat(geometry.track.measures[:1], 21, axis=0)
    wanted[:, Measure.GAP] = np.linspace(0.0, 2.0, 21)
    gaps = [_gap_of(geometry.place(15, row, _lips_of(geometry, 1))) for row in wanted]
    steps = np.diff(gaps)
    assert (steps > 0).all()
    assert steps.max() < 0.25


def test_shut_lips_of_several_donors_are_their_mean(geometry) -> None:
    """Weighted: a donor of no weight has no say."""
    one, both = _lips_of(geometry, 0), _lips_of(geometry, 0, 29)
    weighted = geometry.shut_lips(np.array([0, 29]), np.array([1, 0], np.float32))
    np.testing.assert_allclose(weighted, one, atol=1e-4)
    assert np.abs(both - one).max() > 0.5


def test_texture_does_not_fade_where_two_skins_meet(geometry) -> None:
    """Halves of two skins are smoother than either; that belt round the mouth must be narrow.

    The donor is the same mouth with grain of its own; between 3 and 12 mm from the lips it gives way.
    """
    picture, other = _picture(), _picture()
    other.luma[:] = _regrained(other.luma)
    points = geometry.own_points(15)
    donor = _donor(other, points)
    draw_mouth(picture, Placement(points, points, PIXELS_PER_MM), [(donor, 1.0)], geometry.mouth_mesh)
    box = Box(60, 100, 260, 300)
    distance = blend_mask.lip_distance(points[mesh.OUTER], box, PIXELS_PER_MM)
    belt = np.where((distance > 3) & (distance < 12), 255, 0).astype(np.uint8)
    filmed, drawn = (variance_where(luma[100:300, 60:260], belt) for luma in (_picture().luma, picture.luma))
    assert drawn > 0.85 * filmed


def _regrained(luma: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[0:320, 0:320]
    return (100 + 0.2 * x + 0.1 * y + np.random.default_rng(6).normal(0, 4, luma.shape)).clip(0, 255)


def test_a_crossfade_is_as_sharp_as_its_main_mouth(geometry) -> None:
    """Two mouths that agree but for their grain lose it when they are mixed; it is given back."""
    other = _picture()
    other.luma[:] = _regrained(other.luma)
    points = geometry.own_points(15)
    donors = [(_donor(_picture(), points), 0.55), (_donor(other, points), 0.45)]
    drawn = _picture()
    draw_mouth(drawn, Placement(points, points, PIXELS_PER_MM), donors, geometry.mouth_mesh)
    lips = np.zeros(drawn.luma.shape, np.uint8)
    cv2.fillPoly(lips, [np.round(points[mesh.OUTER]).astype(np.int32)], (255,))
    assert variance_where(drawn.luma, lips) > 0.9 * variance_where(_picture().luma, lips)


def _sharpness_with_donor(geometry, donor_blur: float, scene_blur: float) -> float:
    """Of the lips drawn, beside those of the donor."""
    points = geometry.own_points(15)
    lips = np.zeros((320, 320), np.uint8)
    cv2.fillPoly(lips, [np.round(points[mesh.OUTER]).astype(np.int32)], (255,))
    other, drawn = _picture(), _picture()
    for picture, sigma in ((other, donor_blur), (drawn, scene_blur)):
        if sigma:
            picture.luma[:] = cv2.GaussianBlur(picture.luma, (0, 0), sigma)
    placement = Placement(points, points, PIXELS_PER_MM)
    draw_mouth(drawn, placement, [(_donor(other, points), 1.0)], geometry.mouth_mesh)
    return variance_where(drawn.luma, lips) / variance_where(other.luma, lips)


def test_a_donor_that_moved_is_sharpened_towards_the_frame(geometry) -> None:
    """Its skin is softer than the same skin in the frame, so its lips are too; a sharp one stays as it is."""
    assert _sharpness_with_donor(geometry, donor_blur=0.6, scene_blur=0.0) > 1.4
    assert _sharpness_with_donor(geometry, donor_blur=0.0, scene_blur=0.0) == pytest.approx(1.0, abs=0.1)
    assert _sharpness_with_donor(geometry, donor_blur=0.0, scene_blur=0.6) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("darker", "most"), [(255, 8.0), (35, 6.0)])  # the night, and writing on a wall
def test_what_is_behind_a_turned_face_is_not_laid_on_it(geometry, darker: int, most: float) -> None:
    """A donor whose own outline runs inside that of its mesh shows the background beside its lips."""
    own = geometry.own_points(20).copy()
    right = own[mesh.OUTER, 0].max()
    beyond = own[:, 0] > right
    own[beyond, 0] = right + 0.2 * (own[beyond, 0] - right)  # the far cheek, seen edge-on
    picture = _picture()
    shown = picture.copy()
    part = shown.luma[:, int(right + 2 * PIXELS_PER_MM) :]
    part[:] = np.maximum(part.astype(int) - darker, 0)
    drawn = picture.copy()
    placement = Placement(own, own, PIXELS_PER_MM)
    draw_mouth(drawn, placement, [(_donor(shown, own), 1.0)], geometry.mouth_mesh)
    middle = int(own[mesh.OUTER, 1].mean())
    beside = np.s_[middle - 4 : middle + 4, int(right + 4 * PIXELS_PER_MM) : int(right + 8 * PIXELS_PER_MM)]
    assert np.abs(drawn.luma[beside].astype(int) - picture.luma[beside]).mean() < most
