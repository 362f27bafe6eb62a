"""Finds the mouth that was drawn again in what another pass over the output saw."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.guard import GuardedEngine
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.engines.base import MouthOrder
from lipwright.measures import Measure
from lipwright.scoring.curves import MouthCurves, mouth_curves
from lipwright.scoring.watch import Watched

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]


@dataclass(eq=False)
class Performance:
    """What was asked of the speaker's mouth and what the output shows; one row per output frame."""

    wanted: Float32Array
    """float32, shape (n,): gap in canonical mm; NaN where no mouth was ordered."""
    strength: Float32Array
    """float32, shape (n,), 0 to 1."""
    output: MouthCurves
    source: MouthCurves
    """Of the source frame that each output frame shows."""
    donor_sharpness: Float32Array
    """float32, shape (n,): Laplacian variance of the mouth in the source frame whose lips are shown; NaN
    where none is known."""
    output_tracks: list[int]
    """Tracks of the drawn face in what was seen of the output."""


def performance(
    guard: GuardedEngine, output: Watched, source: Watched, source_frames: NDArray[np.int64]
) -> Performance:
    """Puts order, output and source side by side."""
    n = len(source_frames)
    wanted, strength = np.full(n, np.nan, np.float32), np.zeros(n, np.float32)
    donors = np.full(n, -1, np.intp)
    output_tracks: set[int] = set()
    source_tracks: set[int] = set()
    for mouth in guard.mouths:
        order = mouth.order
        assert guard.scene is not None
        track = guard.scene.analysis.tracks[order.track_id]
        wanted[order.output_frames] = order.measures[:, Measure.GAP]
        strength[order.output_frames] = order.strength
        if not mouth.is_made_up:
            donors[order.output_frames] = mouth.donors[:, 0]
        output_tracks |= same_face(track, order, output.analysis, order.output_frames)
        source_tracks |= same_face(track, order, source.analysis, order.source_frames)
    shown = mouth_curves(source, sorted(source_tracks))
    return Performance(
        wanted,
        strength,
        mouth_curves(output, sorted(output_tracks)),
        _rows(shown, source_frames, output.seconds),
        np.where(donors >= 0, shown.sharpness[donors], np.float32(np.nan)),
        sorted(output_tracks),
    )


def same_face(track: FaceTrack, order: MouthOrder, analysis: FaceAnalysis, frames: IntArray) -> set[int]:
    """Tracks of another analysis that lie where the ordered face is, to within half a face."""
    own = track.translations[order.source_frames - track.start, :2]
    scale = track.scales[order.source_frames - track.start]
    found = set()
    for number, other in analysis.tracks.items():
        shared = (frames >= other.start) & (frames < other.stop)
        if not shared.any():
            continue
        places = other.translations[frames[shared] - other.start, :2]
        millimetres = np.linalg.norm(places - own[shared], axis=1) / scale[shared]
        if np.isfinite(millimetres).any() and np.nanmedian(millimetres) < 60:
            found.add(number)
    return found


def _rows(curves: MouthCurves, frames: NDArray[np.int64], seconds: NDArray[np.float64]) -> MouthCurves:
    return MouthCurves(
        seconds,
        curves.gap[frames],
        curves.steady_gap[frames],
        curves.sharpness[frames],
        curves.skin_flicker[frames],
        curves.lips[frames],
        curves.judged[frames],
        curves.is_unread[frames],
    )
