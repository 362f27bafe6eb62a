"""What a nodding head does to the measure of a jaw."""

import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import Measure
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lean import UPRIGHT, measure_lean
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

N_FRAMES = 200
MM_PER_DEGREE = 0.5
CHIN = mesh.ROWS[mesh.places((*mesh.CHIN, *mesh.CHIN_SKIN))]


def _nodding(degrees: float, mm_per_degree: float = MM_PER_DEGREE) -> FaceTrack:
    """A speaking head that nods so far to either side, whose chin is read too low the more it is raised."""
    rng = np.random.default_rng(7)
    track = make_track(rng.uniform(0, 12, N_FRAMES))
    track.pitch[:] = degrees * np.sin(np.arange(N_FRAMES) / 9)
    fall = (mm_per_degree * track.pitch).astype(np.float32)
    track.canonical[:, CHIN, 1] -= fall[:, None]
    track.measures[:, Measure.JAW] += fall
    return track


def test_a_jaw_that_goes_with_the_pitch_is_found_out() -> None:
    """What the jaw does with the lips is not taken for it."""
    lean = measure_lean(_nodding(12))
    assert lean.jaw_mm == pytest.approx(MM_PER_DEGREE, rel=0.1)
    assert abs(measure_lean(_nodding(12, 0.0)).jaw_mm) < 0.02


def test_a_head_raised_as_the_mouth_opens_is_no_lean() -> None:
    """The jaw falls with the lips then, not with the pitch."""
    track = make_track(np.random.default_rng(2).uniform(0, 12, N_FRAMES))
    track.pitch[:] = track.measures[:, Measure.GAP]
    assert abs(measure_lean(track).jaw_mm) < 0.02


def test_a_head_that_hardly_nods_tells_little() -> None:
    """Half a degree to either side is the noise of the pose."""
    assert abs(measure_lean(_nodding(0.5)).jaw_mm) < 0.1 * MM_PER_DEGREE


def test_of_few_frames_nothing_is_learnt() -> None:
    """Nor of none that show the face."""
    assert measure_lean(make_track(np.full(3, 4.0))) == UPRIGHT
    lost = make_track(np.full(60, 4.0))
    lost.is_tracked[:] = False
    assert measure_lean(lost) == UPRIGHT


def test_nothing_is_added_where_there_is_no_pitch() -> None:
    """Nor to anything but the jaw."""
    added = measure_lean(_nodding(12)).at(np.array([np.nan, 10.0], np.float32))
    assert added.shape == (2, 7)
    assert not added[0].any()
    assert np.flatnonzero(added[1]).tolist() == [Measure.JAW]


def test_shut_lips_leave_the_chin_of_a_bowed_head_where_it_is() -> None:
    """One mouth is wanted of heads that are bowed and raised: neither chin goes far from its own place."""
    track = _nodding(12)
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    usual = np.median(geometry.upright_measures(), axis=0)
    chin = mesh.places((152,))[0]
    nearly = np.abs(track.measures[:, Measure.GAP] - usual[Measure.GAP]) < 0.5
    for row in np.flatnonzero(nearly & (np.abs(track.pitch) > 10)):
        moved = geometry.place(int(row), usual)[chin, 1] - geometry.own_points(int(row))[chin, 1]
        assert abs(moved) / track.scales[row] < 1.0  # without regard to the pitch it is 5 to 6 mm


def test_upright_measures_do_not_nod() -> None:
    """The jaw's way is that of speech alone."""
    geometry = measure_geometry(_nodding(12), 25.0)
    assert geometry is not None
    upright = geometry.upright_measures()
    still = make_track(np.random.default_rng(7).uniform(0, 12, N_FRAMES)).measures
    assert np.abs(upright[:, Measure.JAW] - still[:, Measure.JAW]).max() < 1.0
