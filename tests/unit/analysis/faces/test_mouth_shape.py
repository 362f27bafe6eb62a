from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import (
    INNER_LIP,
    JAW_LINE,
    MEAN_FACE,
    MEASURE_LOWER_INNER,
    N_VERTICES,
    OUTER_LIP,
)
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.measures import N_MEASURES, Measure

FloatArray = NDArray[np.floating[Any]]


def closed_face() -> FloatArray:
    """The average face with the lower edge of the opening laid on the upper one."""
    face = MEAN_FACE.copy()
    upper, lower = INNER_LIP[1:10], INNER_LIP[11:][::-1]
    face[lower, 1] = face[upper, 1]
    return face


def test_closed_lips_have_no_gap() -> None:
    assert measure_mouth(closed_face())[Measure.GAP] == pytest.approx(0, abs=1e-5)


def test_the_gap_is_the_height_of_the_opening() -> None:
    face = closed_face()
    face[MEASURE_LOWER_INNER, 1] -= 7.5
    measures = measure_mouth(face)
    assert measures[Measure.GAP] == pytest.approx(7.5, abs=1e-4)


def test_widths_are_distances_of_the_corners() -> None:
    face = MEAN_FACE.copy()
    face[OUTER_LIP[[0, 10]]] = [(-30, -45, 40), (30, -45, 40)]
    face[INNER_LIP[[0, 10]]] = [(-20, -45, 40), (20, -45, 70)]
    measures = measure_mouth(face)
    assert measures[Measure.WIDTH] == pytest.approx(60)
    assert measures[Measure.INNER_WIDTH] == pytest.approx(50)  # a 3-4-5 triangle: depth counts


def test_a_dropped_jaw_reads_larger_and_moves_nothing_else() -> None:
    face = MEAN_FACE.copy()
    face[JAW_LINE, 1] -= 6
    change = measure_mouth(face) - measure_mouth(MEAN_FACE)
    expected = np.zeros(N_MEASURES)
    expected[Measure.JAW] = 6
    np.testing.assert_allclose(change, expected, atol=1e-4)


def test_pushed_out_lips_read_larger() -> None:
    face = MEAN_FACE.copy()
    face[:, 2] += 3
    assert (measure_mouth(face) - measure_mouth(MEAN_FACE))[Measure.PROTRUSION] == pytest.approx(3, abs=1e-4)


def test_raised_upper_and_dropped_lower_lip_read_larger() -> None:
    upper, lower = MEAN_FACE.copy(), MEAN_FACE.copy()
    upper[OUTER_LIP[1:10], 1] += 2
    lower[OUTER_LIP[11:], 1] -= 2
    base = measure_mouth(MEAN_FACE)
    assert measure_mouth(upper)[Measure.UPPER] > base[Measure.UPPER]
    assert measure_mouth(lower)[Measure.LOWER] > base[Measure.LOWER]


def test_lost_frames_stay_unknown() -> None:
    track = np.stack([MEAN_FACE, np.full((N_VERTICES, 3), np.nan, np.float32)])
    measures = measure_mouth(track)
    assert measures.shape == (2, N_MEASURES)
    assert np.isfinite(measures[0]).all()
    assert np.isnan(measures[1]).all()
