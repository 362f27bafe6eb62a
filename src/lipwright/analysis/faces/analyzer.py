"""Everything about the faces of a video, frame by frame as it is decoded."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from types import TracebackType

from lipwright.analysis.faces.detection import FaceDetector
from lipwright.analysis.faces.further_looks import FurtherLooks
from lipwright.analysis.faces.mesh import FaceMesh
from lipwright.analysis.faces.record import TrackRecord, build_track
from lipwright.analysis.faces.second_look import SecondLooks
from lipwright.analysis.faces.shots import ShotDetector
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.analysis.faces.tracking import Sighting, Tracker, TrackingOptions
from lipwright.errors import UsageError
from lipwright.media.picture import Picture
from lipwright.scratch import ScratchFile


@dataclass(frozen=True)
class FaceOptions:
    """How faces are analysed."""

    tracking: TrackingOptions = field(default_factory=TrackingOptions)
    least_frames: int = 6
    """Tracks seen in fewer frames are dropped: a glimpse, or no face at all."""
    every: int = 1
    """1 looks at every frame; 2 at every second one, and the frames between are interpolated."""
    smoothing_reach: int = 2
    """Frames to either side over which head pose and the shape of the face are steadied; 0 for none."""
    with_brows: bool = False
    """Whether the eyebrows are kept too; see ``FaceTrack.landmarks``."""
    look_twice_below: float = 128.0
    """Faces lower than this many pixels are looked at twice: the mesh sees faces at 128 pixels, and what is
    smaller is blown up for it. Infinite for all faces; of larger ones only those that are misread are."""
    looks_further: bool = False
    """Whether mouths that are hard to read are looked at four times more; see ``further_looks``."""
    frames_per_second: float = 25.0
    """Of the video; see ``FaceTrack``."""

    def __post_init__(self) -> None:
        """Checks the step: only single gaps are interpolated."""
        if self.every not in (1, 2):
            raise UsageError(f"expected to look at every or every second frame, got {self.every}")


class FaceAnalyzer(AbstractContextManager["FaceAnalyzer"]):
    """Watches a video: ``push`` every frame in order, then ``finish``."""

    def __init__(self, options: FaceOptions = FaceOptions(), scratch: ScratchFile | None = None) -> None:
        """Loads the networks; use as a context manager, or close when done.

        Args:
            scratch: takes the points of all faces; None makes a file for them.
        """
        self._scratch = scratch or ScratchFile()
        self._options = options
        self._detector = FaceDetector()
        self._mesh = FaceMesh()
        self._shots = ShotDetector()
        self._tracker = Tracker(self._detector, self._mesh, options.tracking)
        self._second_looks = SecondLooks(self._mesh, options.look_twice_below)
        self._further_looks = FurtherLooks(self._mesh)
        self._shot_starts: list[int] = []
        self._records: dict[int, TrackRecord] = {}
        self._latest: dict[int, Sighting] = {}
        self._n_frames = 0

    def push(self, picture: Picture) -> list[FaceObservation]:
        """Takes the next frame; what is known of its faces at once, not yet smoothed."""
        if self._shots.push(picture):
            self._hold_last()
            self._shot_starts.append(self._n_frames)
            self._tracker.reset()
        is_due = (self._n_frames - self._shot_starts[-1]) % self._options.every == 0
        observations = self._look(picture) if is_due else []
        self._n_frames += 1
        return observations

    def _look(self, picture: Picture) -> list[FaceObservation]:
        observations = []
        self._latest = {
            number: self._read(picture, number, self._second_looks.surer(number, sighting))
            for number, sighting in self._tracker.push(picture).items()
        }
        for number, sighting in self._latest.items():
            if number not in self._records:
                self._records[number] = TrackRecord.stored_in(self._scratch, self._options.with_brows)
            record = self._records[number]
            record.add(self._n_frames, sighting)
            observations.append(
                FaceObservation(self._n_frames, number, sighting.landmarks, sighting.face_box, sighting.looks)
            )
        return observations

    def _read(self, picture: Picture, number: int, sighting: Sighting) -> Sighting:
        if not self._options.looks_further:
            return sighting
        return self._further_looks.surer(number, picture, sighting)

    def _hold_last(self) -> None:
        """A face that was seen when it was last looked for is there to the end of the shot."""
        if self._n_frames and (self._n_frames - 1 - self._shot_starts[-1]) % self._options.every:
            for number, sighting in self._latest.items():
                self._records[number].add(self._n_frames - 1, sighting)

    def finish(self) -> FaceAnalysis:
        """Everything seen, smoothed; to be called once, after the last frame, open or closed."""
        self._hold_last()
        tracks = {}
        least_frames = min(
            self._options.least_frames // self._options.every, self._n_frames
        )  # a still is a video of one frame
        for number in list(self._records):
            record = self._records.pop(number)
            if record.is_worth_keeping(least_frames):
                track = build_track(record, self._options.smoothing_reach, self._scratch)
                tracks[number] = replace(track, frames_per_second=self._options.frames_per_second)
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
