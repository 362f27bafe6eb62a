"""Stills that open their mouth, on the drawn presenter."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_look import measure_look, settle_look
from lipwright.synthesis.open_mouth import Manner, draw_synthesized
from lipwright.synthesis.open_shape import open_shape
from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.seen_teeth import under_pose
from tests.pictures import picture_of
from tests.tracks import UPRIGHT, make_track
from tests.unit.synthesis.stills import Still, opened, presenter_still, seen_gaps, still_of, track_of

PRESENTER = Presenter(PresenterOptions(seed=3))
IMAGES = Path(__file__).parents[4] / "shared" / "media" / "image"


@pytest.fixture(scope="module")
def shut() -> Still:
    """Lips shut: what most portraits show."""
    return presenter_still(0.0)


@pytest.fixture(scope="module")
def smiling() -> Still:
    """Lips apart, teeth seen."""
    return presenter_still(8.0)


@pytest.fixture(scope="module")
def misread(shut: Still) -> Still:
    """Lips apart, and landmarks that call them shut."""
    ajar = presenter_still(3.0)
    return Still(ajar.picture, shut.track, shut.geometry, ajar.look)


def _filled(points: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], (1,), cv2.LINE_8, 4)
    return mask > 0


def _outside(drawing, picture: Picture) -> np.ndarray:
    mask = np.zeros(picture.luma.shape, np.bool_)
    box = drawing.box
    inside = box.clipped(picture.width, picture.height)
    rows = slice(inside.top - box.top, inside.bottom - box.top)
    columns = slice(inside.left - box.left, inside.right - box.left)
    mask[inside.top : inside.bottom, inside.left : inside.right] = drawing.mask[rows, columns] > 0
    return ~mask


@pytest.mark.parametrize("gap", [2.0, 12.0])
def test_outside_the_mask_every_sample_is_untouched(shut: Still, gap: float) -> None:
    """Luma and chroma, bit for bit; and the mask leaves most of the picture alone."""
    drawn = shut.picture.copy()
    drawing = draw_synthesized(drawn, shut.geometry, 0, opened(shut.own, gap), shut.look)
    assert drawing is not None
    outside = _outside(drawing, shut.picture)
    assert (drawn.luma[outside] == shut.picture.luma[outside]).all()
    height, width = outside.shape
    of_chroma = outside.reshape(height // 2, 2, width // 2, 2).any(axis=(1, 3))
    assert (drawn.blue[of_chroma] == shut.picture.blue[of_chroma]).all()
    assert (drawn.red[of_chroma] == shut.picture.red[of_chroma]).all()
    assert outside.mean() > 0.8


@pytest.mark.parametrize("gap", [-0.3, 0.0])
def test_shut_lips_asked_to_shut_are_left_as_they_are(shut: Still, gap: float) -> None:
    """A closure is the still itself, bit for bit, whatever small number its landmarks read."""
    wanted = shut.own.copy()
    wanted[Measure.GAP] = gap
    drawn = shut.picture.copy()
    draw_synthesized(drawn, shut.geometry, 0, wanted, shut.look)
    assert np.abs(drawn.luma.astype(int) - shut.picture.luma).max() <= 8
    shape = open_shape(shut.geometry, 0, wanted)
    assert shape.gap == 0.0


def test_asking_for_what_the_still_shows_draws_nothing(shut: Still, smiling: Still) -> None:
    """The own measures, of a shut mouth and of an open one."""
    for still in (shut, smiling):
        drawn = still.picture.copy()
        assert draw_synthesized(drawn, still.geometry, 0, still.own, still.look) is None
        np.testing.assert_array_equal(drawn.luma, still.picture.luma)


def test_no_strength_leaves_the_still_alone(shut: Still) -> None:
    """Strength 0 is the source frame."""
    drawn = shut.drawn(8.0, strength=0.0)
    np.testing.assert_array_equal(drawn.luma, shut.picture.luma)


def test_a_mouth_that_is_open_at_rest_changes_little_by_little(smiling: Still) -> None:
    """A twentieth of the way changes a small part of what the whole way does: nothing pops at a start."""
    lips = _filled(smiling.geometry.own_points(0)[mesh.OUTER], smiling.picture.luma.shape)
    own = smiling.picture.luma[lips].astype(int)
    first, whole = (
        np.abs(smiling.drawn(2.0, strength=strength).luma[lips] - own).mean() for strength in (0.05, 1.0)
    )
    assert first < 0.2 * whole


def test_the_mouth_that_is_seen_is_the_mouth_that_was_wanted(shut: Still) -> None:
    """The face mesh, which knows nothing of the drawing, reads the gaps that were asked for."""
    wanted = [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    seen = seen_gaps([shut.drawn(gap) for gap in wanted])
    assert np.corrcoef(wanted, seen)[0, 1] > 0.95
    assert seen[0] < 1.0
    assert 0.6 < np.polyfit(wanted, seen, 1)[0] < 1.4


def test_an_open_mouth_can_be_shut(smiling: Still) -> None:
    """The lips meet over the teeth, and no tooth is left on them."""
    drawn = smiling.drawn(0.0)
    assert seen_gaps([drawn])[0] < 1.5
    lips = _filled(smiling.geometry.own_points(0)[mesh.OUTER], drawn.luma.shape)
    bright = smiling.look.lip[0] + 0.6 * (smiling.look.enamel[0] - smiling.look.lip[0])
    assert (smiling.picture.luma[lips] > bright).sum() > 50
    assert (drawn.luma[lips] > bright).sum() < 5


def test_pressed_lips_hide_what_their_landmarks_do_not_know_of(misread: Still) -> None:
    """Landmarks of shut lips on a picture of parted ones: pressed, the lips meet nevertheless."""
    plain, pressed = seen_gaps([misread.drawn(0.0), misread.drawn(0.0, press=2.0)])
    assert plain > 3.0
    assert pressed < 1.0


def test_teeth_and_cavity_never_spill_over_the_lips(shut: Still) -> None:
    """What depends on the colour of the teeth, or differs from moved skin, lies between the wanted lips."""
    bright = replace(shut.look, enamel=np.array([235, 128, 128], np.float32), grain=0.0)
    dark = replace(shut.look, enamel=np.array([30, 128, 128], np.float32), grain=0.0)
    for gap in (1.0, 6.0, 14.0):
        pictures = [replace(shut, look=look).drawn(gap) for look in (bright, dark)]
        changed = np.abs(pictures[0].luma.astype(int) - pictures[1].luma) > 6
        wanted = open_shape(shut.geometry, 0, opened(shut.own, gap)).wanted
        assert changed.any() or gap < 2
        assert not (changed & ~_filled(wanted[mesh.OUTER], changed.shape)).any()
        inner = cv2.dilate(_filled(wanted[mesh.INNER], changed.shape).astype(np.uint8), np.ones((3, 3)))
        assert not (changed & (inner == 0)).any()


@pytest.mark.parametrize("lip", [5, 15])
def test_lips_end_as_softly_as_the_face_does_elsewhere(shut: Still, lip: int) -> None:
    """A crisp edge of either lip would look cut out of a soft painting."""
    wanted = opened(shut.own, 12.0)
    x, y = open_shape(shut.geometry, 0, wanted).wanted[mesh.INNER][lip].astype(int)
    steepest = []
    for sigma in (0.9, 2.5):
        drawn = shut.picture.copy()
        drawn.luma[:] = 200  # there is no other edge than that of the opening
        draw_synthesized(drawn, shut.geometry, 0, wanted, replace(shut.look, edge_sigma=sigma, grain=0.0))
        across_edge = drawn.luma[y - 3 : y + 5, x - 4 : x + 5].astype(int)
        steepest.append(np.median(np.abs(np.diff(across_edge, axis=0)).max(axis=0)))
    assert steepest[1] < 0.6 * steepest[0]


def test_teeth_are_dimmer_on_the_side_that_is_turned_from_the_light(shut: Still) -> None:
    """White teeth in the dark half of a face shine out of it; on the lit side nothing changes."""
    even, lit = (
        replace(shut, look=replace(shut.look, side_light=slope, grain=0.0)).drawn(12.0)
        for slope in (0.0, -0.7)
    )
    inner = open_shape(shut.geometry, 0, opened(shut.own, 12.0)).wanted[mesh.INNER]
    rows = slice(int(inner[15, 1]) + 1, int(inner[5, 1]))
    middle, reach = inner[[5, 15], 0].mean(), 0.3 * (inner[10, 0] - inner[0, 0])
    left, right = (slice(int(x - 2), int(x + 3)) for x in (middle - reach, middle + reach))
    np.testing.assert_array_equal(lit.luma[rows, left], even.luma[rows, left])
    ratio = (lit.luma[rows, right] - 16.0).sum() / (even.luma[rows, right] - 16.0).sum()
    assert np.exp(-0.7 * 0.6) - 0.02 < ratio < 0.8  # some of the lips is in it


def test_teeth_that_are_seen_stay_where_they_are(smiling: Still) -> None:
    """Upper teeth belong to the head: opening wider moves the lips round them and paints none over."""
    drawn = smiling.drawn(11.0)
    inner = smiling.geometry.own_points(0)[mesh.INNER]
    top, bottom = inner[15], inner[5]
    spot = top + 0.22 * (bottom - top)
    x, y = (round(float(value)) for value in spot)
    own = smiling.picture.luma[y - 1 : y + 2, x - 4 : x + 5].astype(int)
    assert own.mean() > smiling.look.lip[0] + 20
    assert np.abs(drawn.luma[y - 1 : y + 2, x - 4 : x + 5] - own).mean() < 4


def test_teeth_behind_a_slit_are_in_the_shadow_of_the_lips(smiling: Still) -> None:
    """Lips that all but shut show no white line between them; lips that part show their own teeth again."""
    line, wide = (_brightest_between(smiling, smiling.drawn(gap), gap) for gap in (0.6, 4.0))
    enamel, lips = smiling.look.enamel[0], smiling.look.lip[0]
    assert line < lips + 0.4 * (enamel - lips)
    assert wide > lips + 0.7 * (enamel - lips)


def _brightest_between(still: Still, drawn: Picture, gap: float) -> float:
    """Luma of the brightest tenth between the wanted lips."""
    shape = open_shape(still.geometry, 0, opened(still.own, gap))
    between = _filled(shape.wanted[mesh.INNER], drawn.luma.shape)
    return float(np.quantile(drawn.luma[between], 0.9))


def test_the_teeth_of_another_frame_are_used_where_this_one_shows_none() -> None:
    """Their pixels, where the head holds them, and not made-up ones."""
    pictures = [picture_of(PRESENTER.draw(MouthPose(gap=gap, jaw=0.5 * gap))) for gap in (0.0, 8.0)]
    track = track_of(pictures)
    geometry = measure_geometry(track, 25.0)
    look = settle_look([measure_look(pictures[row], track.landmarks[row]) for row in (0, 1)])
    points = geometry.own_points(1)
    mouth = Donor(pictures[1].crop_ycc(Box(220, 200, 420, 400)), points - np.array([220, 200], np.float32))
    wanted = opened(track.measures[0], 9.0)
    made, used = pictures[0].copy(), pictures[0].copy()
    draw_synthesized(made, geometry, 0, wanted, look)
    draw_synthesized(used, geometry, 0, wanted, look, Manner(teeth=under_pose(mouth, geometry, 1, 0)))
    filmed = pictures[1].luma.astype(int)
    shown = _filled(open_shape(geometry, 0, wanted).wanted[mesh.INNER], filmed.shape)
    teeth = (
        shown & _filled(points[mesh.INNER], filmed.shape) & (filmed > 0.5 * (look.lip[0] + look.enamel[0]))
    )
    assert teeth.sum() > 40
    assert np.abs(used.luma - filmed)[teeth].mean() < 0.75 * np.abs(made.luma - filmed)[teeth].mean()


def test_lips_stay_thick_and_the_chin_follows(shut: Still) -> None:
    """Lips are moved, not squeezed; the jaw drops by what was asked, and the nose stands still."""
    shape = open_shape(shut.geometry, 0, opened(shut.own, 12.0))
    for inner, outer in ((mesh.INNER.start + 15, 15), (mesh.INNER.start + 5, 5)):
        before = np.linalg.norm(shape.own[inner] - shape.own[outer])
        after = np.linalg.norm(shape.wanted[inner] - shape.wanted[outer])
        assert after > 0.7 * before
    moved = (shape.wanted - shape.own) / shape.pixels_per_mm
    assert moved[mesh.places((152,))[0], 1] > 2.5
    assert np.abs(moved[mesh.places(mesh.NOSE)]).max() < 0.2


def test_a_face_cut_by_the_edge_of_the_picture_is_drawn_as_far_as_it_is_seen(shut: Still) -> None:
    """Points outside the picture are no error."""
    x, y = shut.geometry.own_points(0)[mesh.OUTER].mean(axis=0)
    bottom, right = 2 * int(y / 2), 2 * int(x / 2)
    part = Picture(
        shut.picture.luma[:bottom, :right].copy(),
        shut.picture.blue[: bottom // 2, : right // 2].copy(),
        shut.picture.red[: bottom // 2, : right // 2].copy(),
    )
    assert replace(shut, picture=part).drawn(8.0).luma.shape == (bottom, right)


@pytest.mark.parametrize("yaw_degrees", [50, 90, 120])
def test_a_head_that_is_turned_away_is_no_error(shut: Still, yaw_degrees: float) -> None:
    """However far: something finite is drawn, and nothing outside the mask."""
    track = make_track(np.array([0.0]))
    angle = np.radians(yaw_degrees)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    track.rotations[0] = UPRIGHT @ turn
    track.landmarks[0] = track.pose(0).apply(track.canonical[0])
    geometry = measure_geometry(track, 25.0)
    picture = shut.picture.copy()
    drawing = draw_synthesized(picture, geometry, 0, opened(track.measures[0], 10.0), shut.look)
    assert drawing is not None
    outside = _outside(drawing, picture)
    np.testing.assert_array_equal(picture.luma[outside], shut.picture.luma[outside])


@pytest.mark.skipif(not IMAGES.is_dir(), reason="needs ../shared/media/image")
@pytest.mark.parametrize("name", ["st_happy.png", "hallo_4.jpg", "obama_partial_face.jpg"])
def test_real_stills_show_the_wanted_gaps(name: str) -> None:
    """A photograph, a drawing, and a smile that is cut by the edge of its picture."""
    rgb = cv2.imread(str(IMAGES / name))[..., ::-1]
    scale = min(1.0, 720 / max(rgb.shape[:2]))
    rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    still = still_of(picture_of(rgb[: rgb.shape[0] & ~1, : rgb.shape[1] & ~1]))
    wanted = [0.0, 3.0, 6.0, 9.0, 12.0]
    seen = seen_gaps([still.drawn(gap) for gap in wanted])
    assert np.corrcoef(wanted, seen)[0, 1] > 0.9
