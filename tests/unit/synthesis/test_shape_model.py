import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwright.measures import Measure
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.shape_model import fit_shape_model, set_gap
from tests.tracks import make_track


def _gap(shape: np.ndarray) -> float:
    inner = shape[mesh.INNER]
    pairs = inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1]
    return float(pairs[2:7].mean())


def _model(gaps: np.ndarray):
    track = make_track(gaps)
    return track, fit_shape_model(track.canonical[:, mesh.ROWS], track.measures)


@given(st.floats(0.0, 20.0))
def test_the_wanted_gap_is_met_exactly(gap: float) -> None:
    """Whatever the other measures say, the lips are as far apart as was asked for."""
    track, model = _model(np.linspace(0, 10, 40))
    wanted = track.measures[20].copy()
    wanted[Measure.GAP] = gap
    assert _gap(model.shape(wanted)) == pytest.approx(gap, abs=1e-3)


def test_shut_lips_touch_everywhere() -> None:
    """A gap of zero closes all nine pairs of inner-lip points, not their mean alone; none cross."""
    track, model = _model(np.linspace(0, 10, 40))
    wanted = track.measures[0].copy()
    wanted[Measure.GAP] = -0.4
    inner = model.shape(wanted)[mesh.INNER]
    pairs = inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1]
    np.testing.assert_allclose(pairs, 0.0, atol=1e-4)


def test_pressed_lips_overlap_everywhere() -> None:
    """A gap below zero lays the lower lip over the upper one along the whole mouth, most in the middle."""
    shape = make_track(np.zeros(1)).canonical[0, mesh.ROWS].copy()
    set_gap(shape, -0.4)
    inner = shape[mesh.INNER]
    pairs = inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1]
    assert pairs[2:7].mean() == pytest.approx(-0.4, abs=1e-4)
    assert (pairs < 0).all()
    assert pairs.argmin() == 4


def test_lips_never_cross() -> None:
    """However small the opening, no upper point passes below its lower one."""
    track, model = _model(np.linspace(0, 10, 40))
    for gap in (0.05, 0.3, 1.0):
        wanted = track.measures[3].copy()
        wanted[Measure.GAP] = gap
        inner = model.shape(wanted)[mesh.INNER]
        assert (inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1] > -1e-4).all()


def test_a_person_who_speaks_is_learned_from() -> None:
    """With a hundred frames of speech the model redraws that person's own shapes within a millimetre."""
    track, model = _model(6 + 5 * np.sin(np.arange(100) / 3))
    for row in (5, 40, 77):
        own = track.canonical[row, mesh.ROWS]
        assert np.abs(model.shape(track.measures[row]) - own)[:, 1].max() < 1.0


def test_a_person_who_never_speaks_gets_the_movements_of_others() -> None:
    """From a shut mouth alone: opening by 10 mm lowers the chin and leaves the nose."""
    track, model = _model(np.zeros(30))
    wanted = track.measures[0].copy()
    wanted[[Measure.GAP, Measure.JAW, Measure.LOWER]] += (10.0, 7.0, 7.0)
    change = model.shape(wanted) - model.shape(track.measures[0])
    assert change[mesh.places((152,))[0], 1] < -3.0
    assert np.abs(change[mesh.places((1, 4, 98, 327))]).max() < 0.3
