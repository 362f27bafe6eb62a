"""Where the points of a wanted mouth lie in the picture, under the head pose of the frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.scratch import Rows, ScratchFile, StoredRows, row_parts
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.below_lip import push_below, usual_depths
from lipwright.synthesis.face_map import FaceMap, measure_face_map
from lipwright.synthesis.lean import UPRIGHT, Lean, measure_lean
from lipwright.synthesis.outline import hold_outline, outline_shares
from lipwright.synthesis.shape_model import ShapeModel, fit_shape_model, lip_gap, set_gap

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_MAX_FIT_FRAMES = 1000
"""More tell the shape model nothing new."""
_EXPRESSION_SECONDS = 0.5
"""Standard deviation of the smoothing that tells expression (kept) from speech (replaced)."""
_SMOOTHING_SIGMAS = 4.0
"""How far that smoothing looks."""
_LIPS = mesh.ROWS[: 3 * mesh.N_RING]
_TELLING = np.array([ring + place for ring in (0, 2 * mesh.N_RING) for place in (0, 2, 5, 8, 10, 12, 15, 18)])
"""Places on the outer and on the inner ring that tell the shape of lips: corners, middles, and between."""
_PRESSED_MM = -0.4
"""Gap of shut lips as they are drawn: a line of shadow that is left between them reads as an opening."""


@dataclass(frozen=True, eq=False)
class FaceGeometry:
    """All that placing needs of one track; row i is frame ``track.start + i``."""

    track: FaceTrack
    model: ShapeModel
    points: Rows
    """float32, shape (n, N_POINTS, 2): each frame's own mouth, picture pixels. In a file, as what follows."""
    lips: Rows
    """float32, shape (n, 3 * N_RING, 3): the lips of each frame, canonical mm."""
    expression: Rows
    """float16, shape (n, 3 * N_RING, 3): mm, what the measures do not explain of the lips, smoothed."""
    mouth_mesh: mesh.MouthMesh
    follow: Float32Array
    """float32, shape (N_POINTS,), 0 to 1: how far each point leaves its own place for the wanted one."""
    face_map: FaceMap | None = None
    """The whole face, of tracks whose brows were kept."""
    lean: Lean = UPRIGHT
    """What pitch does to the measures of this face."""

    def upright_measures(self) -> Float32Array:
        """The track's measures as they were with the head as it usually is: float32, shape (n, 7)."""
        return np.asarray(self.track.measures - self.lean.at(self.track.pitch), np.float32)

    def leant(self, frame_index: int, wanted: Float32Array) -> Float32Array:
        """Measures that are wanted of the face as they read with the head of a frame, shape (7,)."""
        return wanted + self.lean.at(self.track.pitch[frame_index - self.track.start])

    def own_points(self, frame_index: int) -> Float32Array:
        """The frame's own mouth: float32, shape (N_POINTS, 2), picture pixels."""
        return np.asarray(self.points[frame_index - self.track.start])

    def place(
        self,
        frame_index: int,
        wanted: Float32Array,
        shut_lips: Float32Array | None = None,
        nearness: float = 0.0,
    ) -> Float32Array:
        """The wanted mouth on a tracked frame.

        Args:
            wanted: float32, shape (7,): measures in canonical mm, of a head as it usually is.
            shut_lips: what ``shut_lips`` gives for the lips that will be laid there: shut lips keep their
                own shape, which no model knows as well; None leaves all to the model.
            nearness: 0 to 1: how far lips that are open have the shape of shut ones, but for the gap, because
                they shut or were shut a moment before or after.

        Returns:
            float32, shape (N_POINTS, 2): picture pixels.
        """
        row = frame_index - self.track.start
        wanted = self.leant(frame_index, wanted)
        target = self.model.shape(wanted)
        # lips are replaced, so they go to the wanted shape itself; skin moves by the change of shape, and
        # keeps what no measure explains (the outline of the cheek, a smile) as the frame has it
        change = target - self.model.shape(self.track.measures[row])
        lips = slice(0, 3 * mesh.N_RING)
        change[lips] = self._lips(row, target[lips], wanted, shut_lips, nearness) - self.lips[row]
        change *= self.follow[:, None]
        scale, axes = float(self.track.scales[row]), self.track.rotations[row]
        points = np.asarray(self.own_points(frame_index) + (scale * change @ axes.T)[:, :2], np.float32)
        down = -axes[:2, 1] / max(float(np.linalg.norm(axes[:2, 1])), 1e-6)
        push_below(points, scale * self._usual_depths, down)
        hold_outline(points, self.own_points(frame_index), self._outline_shares, axes[:2, 0])
        return points

    @cached_property
    def _usual_depths(self) -> Float32Array:
        return usual_depths(self.model.mean)

    @cached_property
    def _outline_shares(self) -> Float32Array:
        return outline_shares(self.model.mean)

    def lip_shapes(self, frames: IntArray) -> Float32Array:
        """What the measures do not explain of the shape of the lips of some tracked frames.

        Args:
            frames: int, shape (n,).

        Returns:
            float32, shape (n, 2 * len(_TELLING)), mm: across and down, scaled so that the length of the
            difference of two is the root mean square distance of their places.
        """
        return _shapes(
            frames - self.track.start, lambda rows: _unexplained(self.track, self.lips, self.model, rows)
        )

    def wanted_lip_shapes(self, frames: IntArray) -> Float32Array:
        """The same of the lips that ``place`` gives some frames: what is kept of their own expression."""
        return _shapes(frames - self.track.start, lambda rows: self.expression[rows])

    def shut_lips(self, donor_frames: IntArray, weights: Float32Array) -> Float32Array:
        """The mean lips of some tracked frames, pressed on each other.

        Args:
            donor_frames: int, shape (n,), n >= 1.
            weights: float32, shape (n,), not all 0.

        Returns:
            float32, shape (3 * N_RING, 3): canonical mm.
        """
        lips = np.average(self.lips[donor_frames - self.track.start], axis=0, weights=weights)
        set_gap(lips, _PRESSED_MM)
        return np.asarray(lips, dtype=np.float32)

    def _lips(
        self,
        row: int,
        target: Float32Array,
        wanted: Float32Array,
        shut_lips: Float32Array | None,
        nearness: float,
    ) -> Float32Array:
        """Where the lips shall be, float32, shape (3 * N_RING, 3), canonical mm."""
        modelled = np.asarray(target + self.expression[row], np.float32)
        if shut_lips is None:
            return modelled
        shut = float(shutness(wanted))
        lips = modelled + np.float32(max(shut, nearness)) * (shut_lips - modelled)
        if nearness > shut:
            gap = lip_gap(modelled)
            set_gap(lips, gap + shut * (_PRESSED_MM - gap))
        return np.asarray(lips, np.float32)


def shutness(wanted: Float32Array) -> Float32Array:
    """1 of measures, shape (..., 7), whose lips are shut, falling to 0 of lips a millimetre apart."""
    return np.clip(1 - wanted[..., Measure.GAP] / np.float32(CLOSED_GAP_MM), 0, 1).astype(np.float32)


def measure_geometry(
    track: FaceTrack, frames_per_second: float, scratch: ScratchFile | None = None
) -> FaceGeometry | None:
    """Fits a track's geometry; None when no frame of the track shows the face.

    Args:
        scratch: takes what is known of each frame; None makes a file for it.
    """
    tracked = np.flatnonzero(track.is_tracked)
    if len(tracked) == 0:
        return None
    sample = tracked[:: max(1, len(tracked) // _MAX_FIT_FRAMES)]
    canonical = [track.canonical[sample[part]][:, mesh.ROWS] for part in row_parts(len(sample))]
    model = fit_shape_model(np.concatenate(canonical), track.measures[sample])
    scratch = scratch or ScratchFile()
    points = StoredRows(scratch, (mesh.N_POINTS, 2))
    lips = StoredRows(scratch, (len(_LIPS), 3))
    for part in row_parts(len(track.is_tracked)):
        points.extend(track.landmarks[part][:, mesh.ROWS, :2])
        lips.extend(track.canonical[part][:, _LIPS])
    expression = StoredRows(scratch, (len(_LIPS), 3), np.float16)
    for values in _expression(track, lips, model, _EXPRESSION_SECONDS * frames_per_second):
        expression.extend(values)
    return FaceGeometry(
        track,
        model,
        points,
        lips,
        expression,
        mesh.build_mesh(model.mean),
        _follow(model.mean),
        measure_face_map(track),
        measure_lean(track),
    )


def _expression(
    track: FaceTrack, lips: Rows, model: ShapeModel, sigma_frames: float
) -> Iterator[NDArray[np.float16]]:
    """What the measures do not explain of the lips, smoothed over time, part by part.

    Frames without a face borrow from those nearest to them.
    """
    nearest = _nearest(np.flatnonzero(track.is_tracked), len(track.is_tracked))
    reach = round(_SMOOTHING_SIGMAS * sigma_frames) + 1
    for part in row_parts(len(nearest)):
        low, high = max(0, part.start - reach), min(len(nearest), part.stop + reach)
        residual = _unexplained(track, lips, model, nearest[low:high])
        smooth = gaussian_filter1d(residual, sigma_frames, axis=0, mode="nearest", truncate=_SMOOTHING_SIGMAS)
        yield smooth[part.start - low : part.stop - low].astype(np.float16)


def _unexplained(track: FaceTrack, lips: Rows, model: ShapeModel, rows: IntArray) -> Float32Array:
    """What the measures do not explain of the lips of some rows, float32, shape (n, 3 * N_RING, 3), mm."""
    moves = track.measures[rows] - model.mean_measures
    explained = model.mean[: len(_LIPS)] + np.tensordot(moves, model.basis[:, : len(_LIPS)], axes=1)
    return np.asarray(lips[rows] - explained, np.float32)


def _shapes(rows: IntArray, offsets: Callable[[IntArray], NDArray[np.floating[Any]]]) -> Float32Array:
    """The places that tell the shape of lips, of rows whose offsets are known; see ``lip_shapes``."""
    shapes = np.empty((len(rows), 2 * len(_TELLING)), np.float32)
    for part in row_parts(len(rows)):
        places = offsets(rows[part])[:, _TELLING, :2]
        shapes[part] = places.reshape(len(places), -1) / np.sqrt(len(_TELLING))
    return shapes


def _nearest(tracked: NDArray[np.intp], n_frames: int) -> NDArray[np.intp]:
    """For each frame the tracked one nearest to it, shape (n_frames,)."""
    rows = np.arange(n_frames)
    after = tracked[np.minimum(np.searchsorted(tracked, rows), len(tracked) - 1)]
    before = tracked[np.maximum(np.searchsorted(tracked, rows, side="right") - 1, 0)]
    return np.where(np.abs(rows - before) <= np.abs(after - rows), before, after)


def _follow(mean: Float32Array) -> Float32Array:
    """1 from the lips down, 0 from the base of the nose up, smooth between."""
    nose = float(mean[mesh.places((2,))[0], 1])
    lip = float(mean[mesh.OUTER][mesh.UPPER_HALF, 1].max())
    ramp = np.clip((nose - mean[:, 1]) / max(nose - lip, 1e-3), 0.0, 1.0)
    follow = ramp * ramp * (3 - 2 * ramp)
    follow[: 3 * mesh.N_RING] = 1.0
    follow[mesh.places(mesh.NOSE)] = 0.0
    return np.asarray(follow, dtype=np.float32)
