"""Everything about the faces of a video, frame by frame as it is decoded."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.detection import FaceDetector
from lipwright.analysis.faces.head_pose import apply_poses, fit_poses, remove_poses, yaw_and_pitch
from lipwright.analysis.faces.landmarks import N_VERTICES
from lipwright.analysis.faces.mesh import FaceMesh
from lipwright.analysis.faces.mouth_shape import measure_mouth
from lipwright.analysis.faces.shots import ShotDetector
from lipwright.analysis.faces.smoothing import fill_single_gaps, runs, smooth, smooth_poses
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation, FaceTrack
from lipwright.analysis.faces.tracking import Sighting, Tracker, TrackingOptions
from lipwright.media.picture import Picture

Float32Array = NDArray[np.float32]


@dataclass(frozen=True)
class FaceOptions:
    """How faces are analysed."""

    tracking: TrackingOptions = field(default_factory=TrackingOptions)
    least_frames: int = 6
    """Tracks seen in fewer frames are dropped: a glimpse, or no face at all."""
    pose_reach: int = 3
    """Frames to either side over which head pose is steadied."""
    shape_reach: int = 2
    """Frames to either side over which the shape of the face is steadied."""


@dataclass(eq=False)
class _Record:
    """What one track has gathered so far."""

    frames: list[int] = field(default_factory=list)
    landmarks: list[Float32Array] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)


class FaceAnalyzer(AbstractContextManager["FaceAnalyzer"]):
    """Watches a video: ``push`` every frame in order, then ``finish``."""

    def __init__(self, options: FaceOptions = FaceOptions()) -> None:
        """Loads the networks; use as a context manager, or close when done."""
        self._options = options
        self._detector = FaceDetector()
        self._mesh = FaceMesh()
        self._shots = ShotDetector()
        self._tracker = Tracker(self._detector, self._mesh, options.tracking)
        self._shot_starts: list[int] = []
        self._records: dict[int, _Record] = {}
        self._n_frames = 0

    def push(self, picture: Picture) -> list[FaceObservation]:
        """Takes the next frame; what is known of its faces at once, not yet smoothed."""
        if self._shots.push(picture):
            self._shot_starts.append(self._n_frames)
            self._tracker.reset()
        observations = []
        for number, sighting in self._tracker.push(picture).items():
            self._note(number, sighting)
            observations.append(
                FaceObservation(self._n_frames, number, sighting.landmarks, sighting.face_box)
            )
        self._n_frames += 1
        return observations

    def finish(self) -> FaceAnalysis:
        """Everything seen, smoothed; to be called once, after the last frame."""
        tracks = {}
        for number in list(self._records):
            record = self._records.pop(number)
            if len(record.frames) >= self._options.least_frames:
                tracks[number] = _build_track(record, self._options)
        return FaceAnalysis(self._n_frames, self._shot_starts, tracks)

    def close(self) -> None:
        """Frees the networks."""
        self._detector.close()
        self._mesh.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Frees the networks."""
        self.close()

    def _note(self, number: int, sighting: Sighting) -> None:
        record = self._records.setdefault(number, _Record())
        record.frames.append(self._n_frames)
        record.landmarks.append(sighting.landmarks)


def _build_track(record: _Record, options: FaceOptions) -> FaceTrack:
    start, n = record.frames[0], record.frames[-1] - record.frames[0] + 1
    at = np.array(record.frames) - start
    landmarks = np.full((n, N_VERTICES, 3), np.nan, np.float32)
    landmarks[at] = record.landmarks
    record.landmarks.clear()
    is_tracked = np.zeros(n, bool)
    is_tracked[at] = True
    is_tracked = fill_single_gaps(landmarks, is_tracked)
    poses = fit_poses(landmarks[is_tracked])
    canonical = np.full_like(landmarks, np.nan)
    canonical[is_tracked] = remove_poses(landmarks[is_tracked], poses)
    rotations = np.full((n, 3, 3), np.nan, np.float32)
    scales = np.full(n, np.nan, np.float32)
    translations = np.full((n, 3), np.nan, np.float32)
    done = 0
    for run in runs(is_tracked):
        length = run.stop - run.start
        steady = smooth_poses(poses[done : done + length], options.pose_reach)
        done += length
        canonical[run] = smooth(canonical[run], options.shape_reach)
        landmarks[run] = apply_poses(canonical[run], steady)
        rotations[run] = [pose.rotation for pose in steady]
        scales[run] = [pose.scale for pose in steady]
        translations[run] = [pose.translation for pose in steady]
    yaw, pitch = yaw_and_pitch(rotations)
    unknown = np.where(is_tracked, np.float32(0), np.float32(np.nan))
    return FaceTrack(
        start,
        is_tracked,
        landmarks,
        canonical,
        rotations,
        scales,
        translations,
        measure_mouth(canonical),
        yaw,
        pitch,
        unknown,
        unknown.copy(),
    )
