"""Where the points of a wanted mouth lie in the picture, under the head pose of the frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from lipwright.analysis.faces.track import FaceTrack
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.shape_model import ShapeModel, fit_shape_model

Float32Array = NDArray[np.float32]

_EXPRESSION_SECONDS = 0.5
"""Standard deviation of the smoothing that tells expression (kept) from speech (replaced)."""


@dataclass(frozen=True, eq=False)
class FaceGeometry:
    """All that placing needs of one track; row i is frame ``track.start + i``."""

    track: FaceTrack
    model: ShapeModel
    mouth_mesh: mesh.MouthMesh
    own_points: Float32Array
    """float32, shape (n, N_POINTS, 2): picture pixels."""
    expression: Float32Array
    """float32, shape (n, N_POINTS, 3): canonical mm, the slow part of what the measures do not explain."""
    follow: Float32Array
    """float32, shape (N_POINTS,), 0 to 1: how far each point leaves its own place for the wanted one."""

    def place(self, frame_index: int, wanted: Float32Array) -> Float32Array:
        """The wanted mouth on a tracked frame.

        Args:
            wanted: float32, shape (7,): measures in canonical mm.

        Returns:
            float32, shape (N_POINTS, 2): picture pixels.
        """
        row = frame_index - self.track.start
        target = self.model.shape(wanted)
        # lips are replaced, so they go to the wanted shape itself; skin moves by the change of shape, and
        # keeps what no measure explains (the outline of the cheek, a smile) as the frame has it
        change = target - self.model.shape(self.track.measures[row])
        lips = slice(0, 3 * mesh.N_RING)
        own_lips = self.track.canonical[row, mesh.ROWS[lips]]
        change[lips] = target[lips] + self.expression[row, lips] - own_lips
        change *= self.follow[:, None]
        moved = float(self.track.scales[row]) * change @ self.track.rotations[row].T
        return np.asarray(self.own_points[row] + moved[:, :2], dtype=np.float32)


def measure_geometry(track: FaceTrack, frames_per_second: float) -> FaceGeometry | None:
    """Fits a track's geometry; None when no frame of the track shows the face."""
    tracked = np.flatnonzero(track.is_tracked)
    if len(tracked) == 0:
        return None
    canonical = track.canonical[:, mesh.ROWS]
    model = fit_shape_model(canonical[tracked], track.measures[tracked])
    explained = model.mean + np.tensordot(track.measures - model.mean_measures, model.basis, axes=1)
    expression = _slow(canonical - explained, tracked, _EXPRESSION_SECONDS * frames_per_second)
    return FaceGeometry(
        track,
        model,
        mesh.build_mesh(model.mean),
        np.ascontiguousarray(track.landmarks[:, mesh.ROWS, :2]),
        expression,
        _follow(model.mean),
    )


def _slow(residual: Float32Array, tracked: NDArray[np.intp], sigma_frames: float) -> Float32Array:
    """The residual smoothed over time; frames without a face borrow from those nearest to them."""
    rows = np.arange(len(residual))
    nearest = (
        tracked[np.abs(rows[:, None] - tracked[None]).argmin(axis=1)] if len(tracked) < len(rows) else rows
    )
    smooth = gaussian_filter1d(residual[nearest], sigma_frames, axis=0, mode="nearest")
    return np.asarray(smooth, dtype=np.float32)


def _follow(mean: Float32Array) -> Float32Array:
    """1 from the lips down, 0 from the base of the nose up, smooth between."""
    nose = float(mean[mesh.places((2,))[0], 1])
    lip = float(mean[mesh.OUTER][mesh.UPPER_HALF, 1].max())
    ramp = np.clip((nose - mean[:, 1]) / max(nose - lip, 1e-3), 0.0, 1.0)
    follow = ramp * ramp * (3 - 2 * ramp)
    follow[: 3 * mesh.N_RING] = 1.0
    follow[mesh.places(mesh.NOSE)] = 0.0
    return np.asarray(follow, dtype=np.float32)
