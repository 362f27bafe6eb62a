import numpy as np

from lipwright.engines.base import MouthOrder
from lipwright.engines.inertia import with_inertia
from lipwright.measures import Measure

UNKNOWN = np.full((0, 7), np.nan, np.float32)
"""Of a face whose pace is not known."""


def _order(measures: np.ndarray) -> MouthOrder:
    rows = np.arange(len(measures))
    return MouthOrder(0, rows, rows, measures.astype(np.float32), np.ones(len(rows), np.float32))


def test_the_jaw_does_not_follow_a_mouth_that_opens_for_a_single_frame() -> None:
    """It goes two thirds of the way, and a little before and after; the gap is what was asked for."""
    measures = np.zeros((7, 7))
    measures[3] = 6.0
    eased = with_inertia(_order(measures), UNKNOWN).measures
    np.testing.assert_allclose(eased[2:5, Measure.JAW], [1, 4, 1], rtol=1e-5)
    np.testing.assert_allclose(eased[2:5, Measure.LOWER], [1, 4, 1], rtol=1e-5)
    np.testing.assert_array_equal(eased[:, Measure.GAP], measures[:, Measure.GAP])
    np.testing.assert_array_equal(eased[:, Measure.WIDTH], measures[:, Measure.WIDTH])


def test_a_jaw_that_moves_steadily_or_rests_is_left() -> None:
    """Only turns are eased; one frame alone is no motion."""
    steady = np.tile(np.linspace(0, 9, 10)[:, None], 7)
    np.testing.assert_allclose(with_inertia(_order(steady), UNKNOWN).measures[1:-1], steady[1:-1], atol=1e-5)
    alone = np.full((1, 7), 4.0)
    np.testing.assert_array_equal(with_inertia(_order(alone), UNKNOWN).measures, alone)
