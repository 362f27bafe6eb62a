"""What is gathered of one face while a video is watched, and the finished track made of it."""

from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from lipwright.analysis.faces.cut_off import is_cut_off, is_inside
from lipwright.analysis.faces.head_pose import yaw_and_pitch
from lipwright.analysis.faces.landmarks import BROW_VERTICES, BROWS, N_VERTICES
from lipwright.analysis.faces.occlusion import N_LOOKED_AT, find_occlusion, sample_look
from lipwright.analysis.faces.sharpness import measure_sharpness
from lipwright.analysis.faces.smoothing import fill_single_gaps
from lipwright.analysis.faces.steady_points import SeenPoints, fill_points
from lipwright.analysis.faces.track import N_COVER_BYTES, FaceTrack
from lipwright.analysis.faces.tracking import Sighting
from lipwright.scratch import ScratchFile, StoredRows

Float32Array = NDArray[np.float32]
_BROW_VERTICES = np.array(BROW_VERTICES)
_LASTING_LOOKS = 5
_LEAST_SHARPNESS = 2.0
"""Laplacian variance: faces out of focus in the dark behind a scene give 1, small usable ones 5."""


@dataclass(eq=False)
class TrackRecord:
    """One face, frame by frame, as it was seen; entries and rows belong together."""

    landmarks: StoredRows
    looks: StoredRows
    # not lists, whose numbers are objects of their own: 100 bytes for each frame
    frames: "array[int]" = field(default_factory=lambda: array("q"))
    sharpness: "array[float]" = field(default_factory=lambda: array("d"))
    lips_apart: "array[float]" = field(default_factory=lambda: array("d"))
    is_cut_off: "array[int]" = field(default_factory=lambda: array("b"))

    @classmethod
    def stored_in(cls, scratch: ScratchFile, with_brows: bool = False) -> "TrackRecord":
        """An empty record whose rows go into a file."""
        n_points = BROWS.stop if with_brows else N_VERTICES
        return cls(StoredRows(scratch, (n_points, 3)), StoredRows(scratch, (N_LOOKED_AT, 3), np.uint8))

    def add(self, frame_index: int, sighting: Sighting) -> None:
        """Notes the face in one more frame; keeps no pixels but the few that ``sample_look`` takes."""
        fit = sighting.fit
        scale = fit.crop.shape[1] / fit.crop_box.width
        corner = np.array([fit.crop_box.left, fit.crop_box.top], np.float32)
        points = (sighting.landmarks[:, :2] - corner) * scale
        center = points.min(axis=0) + np.ptp(points, axis=0) / 2
        self.frames.append(frame_index)
        has_brows = self.landmarks.shape[1] > N_VERTICES
        brows = fit.points[_BROW_VERTICES] if has_brows else fit.points[:0]
        self.landmarks.append(np.concatenate([sighting.landmarks, brows]))
        is_seen = is_inside(sighting.landmarks, sighting.picture_size)
        self.looks.append(sample_look(fit.crop, points, is_seen))
        self.lips_apart.append(np.nan if sighting.looks is None else sighting.looks.lips_apart)
        self.is_cut_off.append(is_cut_off(sighting.landmarks, sighting.picture_size))
        self.sharpness.append(
            measure_sharpness(
                fit.crop, float(np.ptp(points, axis=0).max()), (float(center[0]), float(center[1]))
            )
        )

    def is_worth_keeping(self, least_frames: int) -> bool:
        """False of a glimpse, and of a blur far behind the scene, which no mouth could be drawn into."""
        return len(self.frames) >= least_frames and float(np.median(self.sharpness)) >= _LEAST_SHARPNESS


def build_track(record: TrackRecord, smoothing_reach: int, scratch: ScratchFile) -> FaceTrack:
    """The finished track of at least one frame.

    Args:
        scratch: takes the points of the track.
    """
    at = np.array(record.frames) - record.frames[0]
    n = int(at[-1]) + 1
    is_seen = np.zeros(n, bool)
    is_seen[at] = True
    sharpness = np.full(n, np.nan, np.float32)
    sharpness[at] = record.sharpness
    track = _empty_track(record.frames[0], fill_single_gaps(sharpness, is_seen), sharpness)
    fill_points(track, SeenPoints(record.landmarks, at, is_seen), smoothing_reach, scratch)
    track.yaw, track.pitch = yaw_and_pitch(track.rotations)
    occlusion = find_occlusion(record.looks, track.rotations[at])
    track.occlusion[at] = np.maximum(occlusion.amount, _lastingly(record.is_cut_off))
    track.cover_bits[at] = np.packbits(occlusion.covered, axis=1)
    track.lips_apart[at] = record.lips_apart
    fill_single_gaps(track.occlusion, is_seen)
    fill_single_gaps(track.lips_apart, is_seen)
    return track


def _lastingly(is_cut_off: "array[int]") -> Float32Array:
    """1 where a mouth is cut off in most looks about one: in one or two it is misread, or hardly so."""
    return np.asarray(median_filter(np.array(is_cut_off, np.float32), _LASTING_LOOKS, mode="nearest"))


def _empty_track(start: int, is_tracked: NDArray[np.bool_], sharpness: Float32Array) -> FaceTrack:
    n = len(is_tracked)
    no_points = np.empty((0, N_VERTICES, 3), np.float32)

    def unknown(*shape: int) -> Float32Array:
        return np.full((n, *shape), np.nan, np.float32)

    return FaceTrack(
        start=start,
        is_tracked=is_tracked,
        landmarks=no_points,
        canonical=no_points,
        rotations=unknown(3, 3),
        scales=unknown(),
        translations=unknown(3),
        measures=unknown(7),
        yaw=unknown(),
        pitch=unknown(),
        sharpness=sharpness,
        occlusion=unknown(),
        cover_bits=np.zeros((n, N_COVER_BYTES), np.uint8),
        lips_apart=unknown(),
    )
