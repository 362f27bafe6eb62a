"""Face tracks with known mouths, made from the average face: no picture, no network."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, N_VERTICES
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.analysis.faces.track import N_COVER_BYTES, FaceTrack
from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]

PIXELS_PER_MM = 1.5
CENTER = (160.0, 140.0, 0.0)

UPRIGHT = np.diag([1.0, -1.0, -1.0]).astype(np.float32)
"""Canonical axes (y up, z to the camera) to those of a picture (y down, z away)."""


def opened_face(gap_mm: float) -> Float32Array:
    """The average face with lips that far apart: a third of the way up, the rest down, chin and jaw along."""
    face = MEAN_FACE.copy()
    inner = face[mesh.ROWS[mesh.INNER]]
    gap = inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1]
    change = gap_mm - gap
    for ring in (mesh.INNER, mesh.MIDDLE, mesh.OUTER):
        rows = mesh.ROWS[ring]
        face[rows[mesh.UPPER_HALF], 1] += 0.33 * change
        face[rows[mesh.LOWER_HALF], 1] -= 0.67 * change[::-1]
    chin = mesh.ROWS[mesh.places((*mesh.CHIN, *mesh.CHIN_SKIN))]
    face[chin, 1] -= 0.6 * float(change.mean())
    return face


def drawn_brows() -> Float32Array:
    """Two level brows 15 mm above the eyes, in the order of ``BROW_VERTICES``; float32, shape (20, 3)."""
    across = np.tile(np.linspace(-50.0, -14.0, 5), 2)
    left = np.stack([across, np.repeat([46.0, 41.0], 5), np.full(10, 42.0)], axis=1)
    return np.concatenate([left, left * [-1, 1, 1]]).astype(np.float32)


def make_track(gaps_mm: NDArray[np.floating], start: int = 0, *, with_brows: bool = False) -> FaceTrack:
    """A frontal, still face whose lips open as given; float, shape (n,)."""
    n_frames = len(gaps_mm)
    canonical = np.array([opened_face(float(gap)) for gap in gaps_mm], np.float32).reshape(-1, N_VERTICES, 3)
    if with_brows:
        canonical = np.concatenate([canonical, np.repeat(drawn_brows()[None], n_frames, axis=0)], axis=1)
    return FaceTrack(
        start=start,
        is_tracked=np.ones(n_frames, np.bool_),
        landmarks=_placed(canonical),
        canonical=canonical,
        rotations=np.repeat(UPRIGHT[None], n_frames, axis=0),
        scales=np.full(n_frames, PIXELS_PER_MM, np.float32),
        translations=np.repeat(np.array([CENTER], np.float32), n_frames, axis=0),
        measures=measure_mouth(canonical),
        yaw=np.zeros(n_frames, np.float32),
        pitch=np.zeros(n_frames, np.float32),
        sharpness=np.full(n_frames, 100.0, np.float32),
        occlusion=np.zeros(n_frames, np.float32),
        cover_bits=np.zeros((n_frames, N_COVER_BYTES), np.uint8),
        lips_apart=np.full(n_frames, np.nan, np.float32),
    )


def _placed(canonical: Float32Array) -> Float32Array:
    return np.asarray(PIXELS_PER_MM * canonical @ UPRIGHT.T + np.array(CENTER), np.float32)
