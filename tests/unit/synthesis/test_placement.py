import numpy as np
from scipy.ndimage import gaussian_filter1d

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.scratch import ROWS_AT_ONCE, ScratchFile
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

LIPS = mesh.ROWS[: 3 * mesh.N_RING]


def test_expression_of_a_long_track_is_smoothed_in_parts_as_it_would_be_at_once() -> None:
    """Where one part ends and the next begins cannot be seen."""
    rng = np.random.default_rng(3)
    track = make_track(rng.uniform(0, 12, ROWS_AT_ONCE + 40))
    track.canonical += rng.normal(0, 1, track.canonical.shape).astype(np.float32)
    geometry = measure_geometry(track, 25.0, ScratchFile())
    model = geometry.model
    explained = np.array(
        [model.mean + np.tensordot(m, model.basis, axes=1) for m in track.measures - model.mean_measures]
    )
    residual = track.canonical[:, LIPS] - explained[:, : len(LIPS)]
    at_once = gaussian_filter1d(residual, 12.5, axis=0, mode="nearest")
    np.testing.assert_allclose(geometry.expression[:], at_once, atol=2e-3)


def test_lost_frames_borrow_the_expression_of_the_nearest() -> None:
    """There is one for every frame, also where the face was not seen."""
    track = make_track(np.full(60, 4.0))
    track.is_tracked[20:40] = False
    for values in (track.landmarks, track.canonical, track.measures):
        values[20:40] = np.nan
    geometry = measure_geometry(track, 25.0)
    assert np.isfinite(geometry.expression[:]).all()
    assert np.isnan(geometry.points[20:40]).all()


def test_the_shape_of_lips_tells_crooked_ones_from_others() -> None:
    """Lips that are seen four millimetres lower at one corner for a frame; all that is wanted is straight."""
    track = make_track(3 + 3 * np.sin(np.arange(60) / 3))
    crooked = mesh.ROWS[: 3 * mesh.N_RING]
    track.canonical[30, crooked, 1] += np.linspace(-4, 4, 61)[np.argsort(np.argsort(MEAN_FACE[crooked, 0]))]
    geometry = measure_geometry(track, 25.0)
    frames = np.arange(60)
    away = np.linalg.norm(geometry.lip_shapes(frames) - geometry.wanted_lip_shapes(frames), axis=1)
    assert 1.8 < away[30] < 3.0
    assert np.delete(away, 30).max() < 0.5
    assert geometry.lip_shapes(frames[:0]).shape == geometry.lip_shapes(frames)[:0].shape
