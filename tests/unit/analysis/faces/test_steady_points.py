import numpy as np

from lipwright.analysis.faces.head_pose import fit_poses, remove_poses
from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.analysis.faces.occlusion import N_LOOKED_AT
from lipwright.analysis.faces.record import TrackRecord, build_track
from lipwright.analysis.faces.smoothing import smooth_shapes
from lipwright.scratch import ROWS_AT_ONCE, ScratchFile, StoredRows

N_FRAMES = 2 * ROWS_AT_ONCE + 3  # the last part is shorter than the window of the smoothing
UPRIGHT = np.array([1.0, -1.0, -1.0], np.float32)


def trembling_face() -> np.ndarray:
    """Landmarks of a face that walks and trembles, shape (N_FRAMES, N_VERTICES, 3)."""
    noise = np.random.default_rng(4).normal(0, 0.5, (N_FRAMES, *MEAN_FACE.shape))
    walk = np.stack([np.arange(N_FRAMES), 40 * np.sin(np.arange(N_FRAMES) / 9), np.zeros(N_FRAMES)], axis=1)
    return (3 * MEAN_FACE * UPRIGHT + noise + walk[:, None]).astype(np.float32)


def recorded(landmarks: np.ndarray) -> TrackRecord:
    made = TrackRecord.stored_in(ScratchFile())
    for frame, points in enumerate(landmarks):
        made.frames.append(frame)
        made.landmarks.append(points)
        made.looks.append(np.full((N_LOOKED_AT, 3), 120, np.uint8))
        made.sharpness.append(50.0)
        made.lips_apart.append(np.nan)
        made.is_cut_off.append(False)
    return made


def test_a_long_track_is_steadied_in_parts_as_it_would_be_at_once() -> None:
    """Where one part ends and the next begins cannot be seen."""
    landmarks = trembling_face()
    track = build_track(recorded(landmarks), 2, ScratchFile())
    at_once = smooth_shapes(remove_poses(landmarks, fit_poses(landmarks)), 2)
    np.testing.assert_allclose(track.canonical, at_once, atol=1e-4)
    np.testing.assert_allclose(track.measures, measure_mouth(at_once), atol=1e-4)


def test_the_points_of_a_long_track_are_not_in_memory() -> None:
    """They are most of what is known of a face, and would grow with the video."""
    track = build_track(recorded(trembling_face()), 2, ScratchFile())
    assert isinstance(track.landmarks, StoredRows)
    assert isinstance(track.canonical, StoredRows)
    in_memory = sum(values.nbytes for values in vars(track).values() if isinstance(values, np.ndarray))
    assert in_memory < 128 * N_FRAMES
