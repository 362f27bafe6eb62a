"""Stills that open their mouth, on the drawn presenter: a face whose lips are shut in every frame."""

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.synthesis.mouth_look import measure_look
from lipwright.synthesis.open_mouth import draw_synthesized
from lipwright.synthesis.placement import measure_geometry
from tests.pictures import picture_of


def _wanted(own: np.ndarray, gap: float) -> np.ndarray:
    """Measures of a mouth that opens as mouths do: the lower lip most, the upper lip and the jaw with it."""
    wanted = own.copy()
    wanted[Measure.GAP] = gap
    opened = gap - max(float(own[Measure.GAP]), 0.0)
    wanted[Measure.LOWER] += 0.65 * opened
    wanted[Measure.UPPER] += 0.3 * opened
    wanted[Measure.JAW] += 0.35 * opened
    return wanted


@pytest.fixture(scope="module")
def still():
    """A picture with shut lips, its track, geometry and look."""
    rgb = Presenter(PresenterOptions(seed=3)).draw(MouthPose())
    picture = picture_of(rgb)
    with FaceAnalyzer(FaceOptions(smoothing_reach=0)) as analyzer:
        analyzer.push(picture)
        track = next(iter(analyzer.finish().tracks.values()))
    geometry = measure_geometry(track, 25.0)
    return picture, track, geometry, measure_look(picture, track.landmarks[0])


def _outside(drawing, picture: Picture) -> np.ndarray:
    mask = np.zeros(picture.luma.shape, np.bool_)
    box = drawing.box
    inside = box.clipped(picture.width, picture.height)
    rows = slice(inside.top - box.top, inside.bottom - box.top)
    columns = slice(inside.left - box.left, inside.right - box.left)
    mask[inside.top : inside.bottom, inside.left : inside.right] = drawing.mask[rows, columns] > 0
    return ~mask


@pytest.mark.parametrize("gap", [2.0, 8.0])
def test_outside_the_mask_every_sample_is_untouched(still, gap: float) -> None:
    """Luma and chroma, bit for bit; and the mask leaves most of the picture alone."""
    picture, track, geometry, look = still
    drawn = picture.copy()
    drawing = draw_synthesized(drawn, geometry, 0, _wanted(track.measures[0], gap), look)
    assert drawing is not None
    outside = _outside(drawing, picture)
    assert (drawn.luma[outside] == picture.luma[outside]).all()
    height, width = picture.luma.shape
    of_chroma = outside.reshape(height // 2, 2, width // 2, 2).any(axis=(1, 3))
    assert (drawn.blue[of_chroma] == picture.blue[of_chroma]).all()
    assert (drawn.red[of_chroma] == picture.red[of_chroma]).all()
    assert outside.mean() > 0.8


def test_asking_for_what_the_still_shows_leaves_it_alone(still) -> None:
    """The own measures draw nothing at all."""
    picture, track, geometry, look = still
    drawn = picture.copy()
    assert draw_synthesized(drawn, geometry, 0, track.measures[0], look) is None
    np.testing.assert_array_equal(drawn.luma, picture.luma)


def test_no_strength_leaves_the_still_alone(still) -> None:
    """Strength 0 is the source frame."""
    picture, track, geometry, look = still
    drawn = picture.copy()
    assert draw_synthesized(drawn, geometry, 0, _wanted(track.measures[0], 8.0), look, strength=0.0) is None
    np.testing.assert_array_equal(drawn.luma, picture.luma)
