"""What is known of one face through one shot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import N_VERTICES
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.geometry import Box, Similarity
from lipwright.scratch import Rows

Float32Array = NDArray[np.float32]

N_COVER_BYTES = (len(MOUTH_POINTS) + 7) // 8
_FACE_HEIGHT_MM = 180.0
"""From the hairline to the chin of the average face."""


@dataclass(eq=False)
class FaceTrack:
    """One person in one shot; row i of every array is frame ``start + i`` of the video.

    Landmarks are smoothed over time without lag. Frames in which the face was lost have ``is_tracked`` False
    and NaN in the float arrays; single lost frames between good ones are interpolated and count as tracked.
    """

    start: int
    """Index of the first frame."""
    is_tracked: NDArray[np.bool_]
    """bool, shape (n,)."""
    landmarks: Rows
    """float32, shape (n, N_VERTICES, 3): x, y in picture pixels, z in the same scale (towards the camera is
    negative); rows of the mesh listed in ``landmarks.VERTICES``, and with brows those of ``landmarks.BROWS``,
    here and in ``canonical``. In a file: take the rows you need."""
    canonical: Rows
    """float32, shape (n, N_VERTICES, 3): the same points with head pose removed, canonical mm (x right in the
    picture, y up, z to the camera)."""
    rotations: Float32Array
    """float32, shape (n, 3, 3): head pose, canonical to picture axes (picture y is down, z away)."""
    scales: Float32Array
    """float32, shape (n,): pixels per canonical mm."""
    translations: Float32Array
    """float32, shape (n, 3): pixels."""
    measures: Float32Array
    """float32, shape (n, 7): see ``lipwright.measures``."""
    yaw: Float32Array
    """float32, shape (n,): degrees; positive turns the face to the right of the picture."""
    pitch: Float32Array
    """float32, shape (n,): degrees; positive looks up."""
    sharpness: Float32Array
    """float32, shape (n,): Laplacian variance of the face's luma at a common size; larger is sharper."""
    occlusion: Float32Array
    """float32, shape (n,), 0 to 1: how surely something is in front of the mouth; twice the
    share of what is seen there, up to a half. 1 of mouths that the edge of the picture cuts off."""
    cover_bits: NDArray[np.uint8]
    """uint8, shape (n, N_COVER_BYTES): see ``covered``; a bit for each point, for there are many frames."""
    lips_apart: Float32Array
    """float32, shape (n,): see ``Looks``, canonical mm; NaN of frames that were looked at once, most of those
    that are seen well."""
    frames_per_second: float = 25.0
    """Of the video: fades take their time, not their frames."""

    @property
    def stop(self) -> int:
        """One past the last frame."""
        return self.start + len(self.is_tracked)

    @property
    def has_brows(self) -> bool:
        """Whether the eyebrows were asked for."""
        return bool(self.landmarks.shape[1] > N_VERTICES)

    def pose(self, frame_index: int) -> Similarity:
        """The similarity that takes canonical points of a tracked frame into the picture."""
        row = frame_index - self.start
        return Similarity(self.rotations[row], float(self.scales[row]), self.translations[row])

    def heights(self) -> Float32Array:
        """Height of the face in each frame, pixels: an average one in its own scale; float32, shape (n,)."""
        return self.scales * np.float32(_FACE_HEIGHT_MM)

    def covered(self, rows: NDArray[np.intp] | int) -> NDArray[np.bool_]:
        """The points round the mouth that something is in front of.

        Args:
            rows: one, or int, shape (k,).

        Returns:
            bool, shape (len(occlusion.MOUTH_POINTS),), or (k, ...) of several rows.
        """
        bits = np.unpackbits(self.cover_bits[rows], axis=-1, count=len(MOUTH_POINTS))
        return np.asarray(bits, np.bool_)

    def forget_points(self) -> None:
        """Lets ``landmarks`` and ``canonical`` go: they are most of a track."""
        self.landmarks = self.landmarks[:0]
        self.canonical = self.canonical[:0]


@dataclass(eq=False)
class FaceObservation:
    """One face as seen in one frame, before smoothing: what a streaming pass can know at once."""

    frame_index: int
    track_id: int
    """Key of the ``FaceAnalysis.tracks`` entry it will belong to (short tracks may still be dropped)."""
    landmarks: Float32Array
    """float32, shape (N_VERTICES, 3), picture pixels."""
    face_box: Box
    looks: Looks | None = None
    """None after a single look."""


@dataclass(eq=False)
class FaceAnalysis:
    """Everything seen in one video."""

    n_frames: int
    shot_starts: list[int]
    """Index of the first frame of each shot; starts with 0 unless the video is empty."""
    tracks: dict[int, FaceTrack]
    """By track number; a track never spans two shots."""
