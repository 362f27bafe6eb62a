"""The points of a track, steadied: from what was seen of a face to where it is and what shape it has.

A long track is worked through in parts, so that memory does not grow with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.head_pose import apply_poses, fit_rigid, remove_poses
from lipwright.analysis.faces.landmarks import MEAN_FACE, RIGID
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.analysis.faces.smoothing import (
    fill_single_gaps,
    movement,
    smooth_poses,
    smooth_shapes,
    steady_runs,
)
from lipwright.analysis.faces.track import FaceTrack
from lipwright.geometry import Similarities
from lipwright.scratch import Rows, ScratchFile, StoredRows, row_parts

Float32Array = NDArray[np.float32]

_CENTER = MEAN_FACE[RIGID].mean(axis=0, dtype=np.float64)
"""Of the points that head pose is measured on, canonical mm."""
_TELLING_PARTS = 6
"""A minute, spread evenly, knows well enough how much each point trembles."""


@dataclass(frozen=True, eq=False)
class SeenPoints:
    """Landmarks of every frame of a track: as seen, with single gaps filled, and NaN in longer ones."""

    landmarks: Rows
    """float32, shape (n_seen, n_points, 3): picture pixels."""
    at: NDArray[np.int_]
    """int, shape (n_seen,), rising: the frame of the track to which each row belongs."""
    is_seen: NDArray[np.bool_]
    """bool, shape (n,)."""

    def __len__(self) -> int:
        """Frames of the track."""
        return len(self.is_seen)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return (len(self), *self.landmarks.shape[1:])

    def __getitem__(self, span: slice) -> Float32Array:
        """Frames of the track that follow one another: float32, shape (n, n_points, 3)."""
        start, stop, _ = span.indices(len(self))
        low, high = max(0, start - 1), min(len(self), stop + 1)  # gaps are filled from beside them
        first, last = np.searchsorted(self.at, (low, high))
        points = np.full((high - low, *self.shape[1:]), np.nan, np.float32)
        points[self.at[first:last] - low] = self.landmarks[int(first) : int(last)]
        fill_single_gaps(points, self.is_seen[low:high])
        return points[start - low : stop - low]


def fill_points(track: FaceTrack, seen: SeenPoints, reach: int, scratch: ScratchFile) -> None:
    """Splits landmarks into pose and shape, steadies both alike, and puts them together again.

    Pose and shape tremble in opposite ways (a point that is misplaced turns the head a little, and the rest
    of the face against it), so that steadying one more than the other makes the lips tremble more, not less.

    Args:
        track: gets landmarks, canonical points, poses and measures.
        reach: frames to either side.
        scratch: takes the points.
    """
    landmarks, canonical = (StoredRows(scratch, seen.landmarks.shape[1:]) for _ in range(2))
    rows = np.flatnonzero(track.is_tracked)
    poses = fit_rigid(_rigid(seen, track.is_tracked, scratch))
    for run in steady_runs(seen, track.is_tracked):
        _skip_to(run.start, landmarks, canonical)
        raw = poses.at(slice(*np.searchsorted(rows, (run.start, run.stop))))
        steady = smooth_poses(raw, reach, _CENTER)
        for part, shapes in _SteadyRun(seen, run, raw, reach).parts():
            frames = slice(run.start + part.start, run.start + part.stop)
            canonical.extend(shapes)
            landmarks.extend(apply_poses(shapes, steady.at(part)))
            track.measures[frames] = measure_mouth(shapes)
        track.rotations[run], track.scales[run] = steady.rotations, steady.scales
        track.translations[run] = steady.translations
    _skip_to(len(track.is_tracked), landmarks, canonical)
    track.landmarks, track.canonical = landmarks, canonical


def _rigid(seen: SeenPoints, is_tracked: NDArray[np.bool_], scratch: ScratchFile) -> StoredRows:
    """The points that head pose is measured on, in tracked frames: a tenth of all, float32, (n, 29, 3)."""
    rigid = StoredRows(scratch, (len(RIGID), 3))
    for part in row_parts(len(seen)):
        rigid.extend(seen[part][is_tracked[part]][:, RIGID])
    return rigid


def _skip_to(frame: int, *points: StoredRows) -> None:
    """Frames without a face up to this one."""
    for rows in points:
        unknown = np.full(rows.shape[1:], np.nan, np.float32)
        while len(rows) < frame:
            rows.append(unknown)


@dataclass(frozen=True, eq=False)
class _SteadyRun:
    """One run of tracked frames, part by part, as if it were steadied at once."""

    seen: SeenPoints
    run: slice
    poses: Similarities
    reach: int

    def parts(self) -> Iterator[tuple[slice, Float32Array]]:
        """Rows of the run that follow one another, with their canonical points."""
        parts = list(row_parts(len(self.poses)))
        telling = parts[:: -(-len(parts) // _TELLING_PARTS)]
        usual = np.median(np.concatenate([self._with_context(part, movement) for part in telling]), axis=0)
        for part in parts:
            yield part, self._with_context(part, lambda shapes, reach: smooth_shapes(shapes, reach, usual))

    def _with_context(self, part: slice, steady: Any) -> Float32Array:  # noqa: ANN401
        """What steadying gives for a part, when it knows enough of the frames on both sides."""
        context = 2 * self.reach + 1  # a whole window, whatever is left of the run
        low, high = max(0, part.start - context), min(len(self.poses), part.stop + context)
        points = self.seen[self.run.start + low : self.run.start + high]
        shapes = remove_poses(points, self.poses.at(slice(low, high)))
        return np.asarray(steady(shapes, self.reach)[part.start - low : part.stop - low])
