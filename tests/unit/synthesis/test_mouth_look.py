from dataclasses import replace

import cv2
import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import INNER_LIP, LEFT_EYE, MEASURE_CHIN, NOSE_BASE, RIGHT_EYE
from lipwright.media.picture import Picture
from lipwright.synthesis.mouth_look import measure_look, settle_look
from tests.unit.synthesis.stills import Still, presenter_still


@pytest.fixture(scope="module")
def shut() -> Still:
    return presenter_still(0.0)


@pytest.fixture(scope="module")
def smiling() -> Still:
    return presenter_still(9.0)


def test_teeth_are_seen_only_where_lips_are_apart(shut: Still, smiling: Still) -> None:
    """And what is taken for enamel is brighter and paler than the lips."""
    assert not shut.look.shows_teeth
    assert smiling.look.shows_teeth
    for look in (shut.look, smiling.look):
        assert look.enamel[0] > look.lip[0] + 20
        assert np.linalg.norm(look.enamel[1:] - 128) < np.linalg.norm(look.lip[1:] - 128)


def test_guessed_teeth_follow_the_light_of_the_picture(shut: Still) -> None:
    """A picture half as bright has teeth about half as bright: they do not shine in the dark."""
    dim = shut.picture.copy()
    dim.luma[:] = (16 + (dim.luma.astype(np.float32) - 16) / 2).astype(np.uint8)
    look = measure_look(dim, shut.track.landmarks[0])
    assert look.enamel[0] - 16 == pytest.approx((shut.look.enamel[0] - 16) / 2, rel=0.15)


def test_a_grey_picture_gets_grey_teeth(shut: Still) -> None:
    """A pencil drawing, an old photograph."""
    grey = shut.picture.copy()
    grey.blue[:], grey.red[:] = 128, 128
    look = measure_look(grey, shut.track.landmarks[0])
    np.testing.assert_allclose(look.enamel[1:], 128, atol=0.5)
    np.testing.assert_allclose(look.lip[1:], 128, atol=0.5)


def test_smooth_pictures_have_less_detail_and_softer_edges(shut: Still) -> None:
    """Painted over with a soft brush: no grain, no single teeth; full grain: a photograph."""
    smooth, rough = shut.picture.copy(), shut.picture.copy()
    smooth.luma[:] = cv2.GaussianBlur(smooth.luma, (0, 0), 2.0)
    noise = np.random.default_rng(1).normal(0, 5, rough.luma.shape)
    rough.luma[:] = np.clip(rough.luma + noise, 0, 255).astype(np.uint8)
    soft, own, hard = (
        measure_look(picture, shut.track.landmarks[0]) for picture in (smooth, shut.picture, rough)
    )
    assert soft.detail == 0.0
    assert hard.detail == 1.0
    assert soft.grain < own.grain < hard.grain
    assert soft.edge_sigma > 1.4 * own.edge_sigma


@pytest.mark.parametrize("blur", [2.0, 4.0, 6.0])
def test_edges_are_as_soft_as_the_picture_was_made(shut: Still, blur: float) -> None:
    """However soft, as in a small picture that was enlarged: within a tenth, as edges cross each other."""
    soft = shut.picture.copy()
    soft.luma[:] = cv2.GaussianBlur(soft.luma, (0, 0), blur)
    look = measure_look(soft, shut.track.landmarks[0])
    assert look.edge_sigma == pytest.approx(np.hypot(shut.look.edge_sigma, blur), rel=0.1)


def test_dots_of_ink_are_seen_as_the_tones_they_stand_for(shut: Still) -> None:
    """A printed picture is black and white: neither is the colour of its lips."""
    grey, printed = shut.picture.copy(), shut.picture.copy()
    grey.blue[:], grey.red[:], printed.blue[:], printed.red[:] = 128, 128, 128, 128
    threshold = np.tile([[0.125, 0.625], [0.875, 0.375]], (shut.picture.height // 2, shut.picture.width // 2))
    printed.luma[:] = np.where((grey.luma - 16.0) / 219 > threshold, 235, 16)
    tones, dots = (measure_look(picture, shut.track.landmarks[0]) for picture in (grey, printed))
    assert dots.lip[0] == pytest.approx(tones.lip[0], abs=25)
    assert dots.skin[0] == pytest.approx(tones.skin[0], abs=25)


def test_one_look_is_settled_from_many_frames(shut: Still, smiling: Still) -> None:
    """Medians; and the teeth of the frames that show any, be they few."""
    odd = replace(shut.look, skin=shut.look.skin + 90)
    look = settle_look([shut.look, odd, shut.look, smiling.look, shut.look])
    assert look.shows_teeth
    np.testing.assert_array_equal(look.enamel, smiling.look.enamel)
    assert abs(float(look.skin[0] - shut.look.skin[0])) < 15
    assert not settle_look([shut.look]).shows_teeth


def _face_colored(still: Still, blue: int, red: int, luma: int) -> Picture:
    """The still with one colour all over, and a little grain."""
    flat = still.picture.copy()
    grain = np.random.default_rng(3).integers(-1, 2, flat.luma.shape)
    flat.luma[:], flat.blue[:], flat.red[:] = luma + grain, blue, red
    return flat


def test_guessed_teeth_do_not_outshine_the_skin_near_the_mouth(shut: Still) -> None:
    """White eyes promise bright teeth, but a face that is matt round the mouth shows none that gleam."""
    matt, eyes = _face_colored(shut, 110, 150, 120), shut.track.landmarks[0]
    for ring in (LEFT_EYE, RIGHT_EYE):
        cv2.fillPoly(matt.luma, [np.round(eyes[ring, :2]).astype(np.int32)], (235,))
    gloss = matt.copy()
    top, bottom = (round(float(eyes[row, 1])) for row in (NOSE_BASE[3], MEASURE_CHIN[0]))
    gloss.luma[top:bottom:2] = 160
    dull, bright = (measure_look(picture, eyes).enamel[0] for picture in (matt, gloss))
    assert dull == pytest.approx(16 + 1.05 * (120 - 16), abs=1.5)
    assert bright > dull + 10


def test_a_picture_that_is_toned_throughout_has_toned_teeth(shut: Still) -> None:
    """Under an old varnish nothing is white; one white spot more, and teeth are as pale as ever."""
    toned = _face_colored(shut, 95, 146, 140)
    plain = toned.copy()
    low, high = (shut.track.landmarks[0][:, :2].min(axis=0), shut.track.landmarks[0][:, :2].max(axis=0))
    rows = slice(round(float(low[1])) // 2, round(float(0.9 * low[1] + 0.1 * high[1])) // 2)
    plain.blue[rows], plain.red[rows] = 128, 128
    varnished, pale = (measure_look(picture, shut.track.landmarks[0]) for picture in (toned, plain))
    np.testing.assert_allclose(varnished.enamel[1:] - 128, 0.85 * (varnished.skin[1:] - 128), atol=0.5)
    assert np.linalg.norm(pale.enamel[1:] - 128) < 0.8 * np.linalg.norm(varnished.enamel[1:] - 128)


def test_guessed_teeth_fit_what_is_seen_between_parted_lips(smiling: Still) -> None:
    """Lips ajar over something dim: a wider mouth shows no white slab behind them."""
    points = smiling.track.landmarks[0, :, :2]
    ring = np.round(points[INNER_LIP]).astype(np.int32)

    def enamel(luma: int) -> float:
        dim = smiling.picture.copy()
        cv2.fillPoly(dim.luma, [ring], (luma,))
        look = measure_look(dim, points)
        assert not look.shows_teeth
        return float(look.enamel[0])

    lip = float(smiling.look.lip[0])
    assert enamel(30) == pytest.approx(16 + 1.3 * (lip - 16), abs=4)
    assert enamel(30) < enamel(round(lip + 15)) <= 16 + 1.35 * (lip + 15 - 16) + 1
