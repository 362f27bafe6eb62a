"""What one person's mouth did through a video, as curves over its frames."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.occlusion import OCCLUDED
from lipwright.analysis.faces.track import FaceTrack
from lipwright.analysis.sync_judge import judged_measures
from lipwright.measures import Measure
from lipwright.scoring.flicker import lip_flicker, mean_flicker
from lipwright.scoring.watch import MouthRecord, Watched

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MouthCurves:
    """Curves of one mouth; row i is frame i of the video, NaN where the mouth was not seen."""

    seconds: NDArray[np.float64]
    """float64, shape (n,): when each frame is shown."""
    gap: Float32Array
    """float32, shape (n,): canonical mm; NaN also where the mouth is hidden or cannot be read."""
    steady_gap: Float32Array
    """float32, shape (n,): the same steadied over the frames, and known wherever two looks agree.

    It tells how far lips travel, not whether they are shut.
    """
    sharpness: Float32Array
    """float32, shape (n,): Laplacian variance of the mouth."""
    skin_flicker: Float32Array
    """float32, shape (n,): bend of static skin over three frames, levels."""
    lips: Float32Array
    """float32, shape (n, 40, 2): lip lines without head pose, not smoothed, canonical mm."""
    judged: Float32Array
    """float32, shape (n, k): what the sync judge looks at, see ``sync_judge.judged_measures``."""
    is_unread: BoolArray
    """bool, shape (n,): the face was seen, but its mouth is hidden, or looks at it contradict each other:
    what a mesh says of the gap is a guess."""

    @property
    def is_seen(self) -> NDArray[np.bool_]:
        """bool, shape (n,): frames in which the face was seen, whether its mouth could be read or not."""
        return np.asarray(np.isfinite(self.gap) | self.is_unread)

    def part(self, start: int, stop: int) -> "MouthCurves":
        """Frames ``start`` to ``stop`` (half-open) alone."""
        rows = slice(start, stop)
        return MouthCurves(
            self.seconds[rows],
            self.gap[rows],
            self.steady_gap[rows],
            self.sharpness[rows],
            self.skin_flicker[rows],
            self.lips[rows],
            self.judged[rows],
            self.is_unread[rows],
        )

    def lip_flicker(self) -> float:
        """See ``flicker.lip_flicker``; canonical mm."""
        frames = np.flatnonzero(np.isfinite(self.lips).all(axis=(1, 2)))
        return lip_flicker(self.lips[frames], frames)

    def mean_skin_flicker(self) -> float:
        """Mean bend of static skin, levels."""
        return mean_flicker(self.skin_flicker)


@dataclass(frozen=True, eq=False)
class MouthGaps:
    """How far one track's mouth is open; row i is frame ``track.start + i``."""

    read: Float32Array
    """float32, shape (n,): see ``MouthCurves.gap``."""
    steady: Float32Array
    """float32, shape (n,): see ``MouthCurves.steady_gap``."""
    is_unread: BoolArray
    """bool, shape (n,): see ``MouthCurves.is_unread``."""


def mouth_gaps(track: FaceTrack, record: MouthRecord) -> MouthGaps:
    """What can be said of the opening of one track's mouth."""
    is_unread = track.occlusion >= OCCLUDED
    steady = np.where(is_unread, np.float32(np.nan), track.measures[:, Measure.GAP])
    gap = steady.copy()
    for frame, looks in zip(record.frames, record.looks, strict=True):
        if looks is not None:
            _read(frame - track.start, looks, gap, steady, is_unread)
    gap[is_unread] = np.nan
    return MouthGaps(gap, steady, is_unread)


def mouth_curves(watched: Watched, track_ids: list[int]) -> MouthCurves:
    """The curves of tracks that follow one another in time."""
    n_frames = watched.analysis.n_frames
    gap, steady_gap, sharpness, skin = (np.full(n_frames, np.nan, np.float32) for _ in range(4))
    lips = np.full((n_frames, 40, 2), np.nan, np.float32)
    is_unread = np.zeros(n_frames, np.bool_)
    for number in track_ids:
        track, record = watched.analysis.tracks[number], watched.records[number]
        rows, at = np.arange(track.start, track.stop), np.array(record.frames, np.intp)
        gaps = mouth_gaps(track, record)
        gap[rows], steady_gap[rows], is_unread[rows] = gaps.read, gaps.steady, gaps.is_unread
        sharpness[at], skin[at], lips[at] = record.sharpness, record.skin_flicker, record.lips
    judged = judged_measures((watched.analysis.tracks[number] for number in track_ids), n_frames)
    return MouthCurves(watched.seconds, gap, steady_gap, sharpness, skin, lips, judged, is_unread)


def _read(row: int, looks: Looks, gap: Float32Array, steady_gap: Float32Array, is_unread: BoolArray) -> None:
    """Notes what several looks at a frame say; those beside a frame that is hard to read are so as well."""
    is_unread[row] |= not looks.agree
    if len(looks.gaps) > 2:
        gap[row] = looks.gap
    if not looks.first_two.agree:
        steady_gap[row] = np.nan
