"""Everything about the faces of a video, frame by frame as it is decoded."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType

from lipwright.analysis.faces.detection import FaceDetector
from lipwright.analysis.faces.mesh import FaceMesh
from lipwright.analysis.faces.record import TrackRecord, build_track
from lipwright.analysis.faces.shots import ShotDetector
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.analysis.faces.tracking import Tracker, TrackingOptions
from lipwright.media.picture import Picture


@dataclass(frozen=True)
class FaceOptions:
    """How faces are analysed."""

    tracking: TrackingOptions = field(default_factory=TrackingOptions)
    least_frames: int = 6
    """Tracks seen in fewer frames are dropped: a glimpse, or no face at all."""
    smoothing_reach: int = 2
    """Frames to either side over which head pose and the shape of the face are steadied; 0 for none."""


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
        self._records: dict[int, TrackRecord] = {}
        self._n_frames = 0

    def push(self, picture: Picture) -> list[FaceObservation]:
        """Takes the next frame; what is known of its faces at once, not yet smoothed."""
        if self._shots.push(picture):
            self._shot_starts.append(self._n_frames)
            self._tracker.reset()
        observations = []
        for number, sighting in self._tracker.push(picture).items():
            record = self._records.setdefault(number, TrackRecord())
            record.add(self._n_frames, sighting)
            observations.append(
                FaceObservation(self._n_frames, number, sighting.landmarks, sighting.face_box)
            )
        self._n_frames += 1
        return observations

    def finish(self) -> FaceAnalysis:
        """Everything seen, smoothed; to be called once, after the last frame."""
        tracks = {}
        least_frames = min(self._options.least_frames, self._n_frames)  # a still is a video of one frame
        for number in list(self._records):
            record = self._records.pop(number)
            if record.is_worth_keeping(least_frames):
                tracks[number] = build_track(record, self._options.smoothing_reach)
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
