"""What is gathered of one face while a video is watched, and the finished track made of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.head_pose import apply_poses, fit_rigid, remove_poses, yaw_and_pitch
from lipwright.analysis.faces.landmarks import N_VERTICES, RIGID
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.analysis.faces.occlusion import find_occlusion, sample_look
from lipwright.analysis.faces.point_rows import PointRows
from lipwright.analysis.faces.sharpness import measure_sharpness
from lipwright.analysis.faces.smoothing import fill_single_gaps, smooth_poses, smooth_shapes, steady_runs
from lipwright.analysis.faces.track import FaceTrack
from lipwright.analysis.faces.tracking import Sighting
from lipwright.geometry import Similarity

Float32Array = NDArray[np.float32]

_POINTS_AT_ONCE = 40
"""A long run is steadied in groups of points: working copies of all at once would take most memory."""
_LEAST_SHARPNESS = 2.0
"""Laplacian variance: faces out of focus in the dark behind a scene give 1, small usable ones 5."""


@dataclass(eq=False)
class TrackRecord:
    """One face, frame by frame, as it was seen; entries of the lists belong together."""

    frames: list[int] = field(default_factory=list)
    landmarks: PointRows = field(default_factory=PointRows)
    looks: list[NDArray[np.uint8]] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)

    def add(self, frame_index: int, sighting: Sighting) -> None:
        """Notes the face in one more frame; keeps no pixels but the few that ``sample_look`` takes."""
        fit = sighting.fit
        scale = fit.crop.shape[1] / fit.crop_box.width
        corner = np.array([fit.crop_box.left, fit.crop_box.top], np.float32)
        points = (sighting.landmarks[:, :2] - corner) * scale
        center = points.min(axis=0) + np.ptp(points, axis=0) / 2
        self.frames.append(frame_index)
        self.landmarks.append(sighting.landmarks)
        self.looks.append(sample_look(fit.crop, points))
        self.sharpness.append(
            measure_sharpness(
                fit.crop, float(np.ptp(points, axis=0).max()), (float(center[0]), float(center[1]))
            )
        )

    def is_worth_keeping(self, least_frames: int) -> bool:
        """False of a glimpse, and of a blur far behind the scene, which no mouth could be drawn into."""
        return len(self.frames) >= least_frames and float(np.median(self.sharpness)) >= _LEAST_SHARPNESS


def build_track(record: TrackRecord, smoothing_reach: int) -> FaceTrack:
    """The finished track of at least one frame; the record's landmarks are used up to save memory."""
    at = np.array(record.frames) - record.frames[0]
    n = int(at[-1]) + 1
    landmarks = record.landmarks.spread(at, n)
    sharpness = np.full(n, np.nan, np.float32)
    sharpness[at] = record.sharpness
    is_seen = np.zeros(n, bool)
    is_seen[at] = True
    is_tracked = fill_single_gaps(landmarks, is_seen)
    fill_single_gaps(sharpness, is_seen)
    track = _empty_track(record.frames[0], is_tracked, landmarks, sharpness)
    _fill_poses(track, smoothing_reach)
    track.measures = measure_mouth(track.canonical)
    track.yaw, track.pitch = yaw_and_pitch(track.rotations)
    track.occlusion[at] = find_occlusion(np.array(record.looks), track.rotations[at])
    fill_single_gaps(track.occlusion, is_seen)
    return track


def _empty_track(
    start: int, is_tracked: NDArray[np.bool_], landmarks: Float32Array, sharpness: Float32Array
) -> FaceTrack:
    n = len(is_tracked)

    def unknown(*shape: int) -> Float32Array:
        return np.full((n, *shape), np.nan, np.float32)

    return FaceTrack(
        start=start,
        is_tracked=is_tracked,
        landmarks=landmarks,
        canonical=unknown(N_VERTICES, 3),
        rotations=unknown(3, 3),
        scales=unknown(),
        translations=unknown(3),
        measures=unknown(7),
        yaw=unknown(),
        pitch=unknown(),
        sharpness=sharpness,
        occlusion=unknown(),
    )


def _fill_poses(track: FaceTrack, smoothing_reach: int) -> None:
    """Splits landmarks into pose and shape, steadies both alike, and puts them together again.

    Pose and shape tremble in opposite ways (a point that is misplaced turns the head a little, and the rest
    of the face against it), so that steadying one more than the other makes the lips tremble more, not less.
    """
    rows = np.flatnonzero(track.is_tracked)
    poses: dict[int, Similarity] = dict(zip(rows.tolist(), fit_rigid(track.landmarks[rows[:, None], RIGID])))
    for run in steady_runs(track.landmarks, track.is_tracked):
        raw = [poses[row] for row in range(run.start, run.stop)]
        steady = smooth_poses(raw, smoothing_reach)
        for first in range(0, N_VERTICES, _POINTS_AT_ONCE):
            part = slice(first, first + _POINTS_AT_ONCE)
            shapes = smooth_shapes(remove_poses(track.landmarks[run, part], raw), smoothing_reach)
            track.canonical[run, part] = shapes
            track.landmarks[run, part] = apply_poses(shapes, steady)
        track.rotations[run] = [pose.rotation for pose in steady]
        track.scales[run] = [pose.scale for pose in steady]
        track.translations[run] = [pose.translation for pose in steady]
