"""A clip with a thing in front of its mouth, and the mouth as it was filmed."""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.occluders import Layer, Occluder, lay
from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.track import FaceTrack
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

_LIPS = mesh.ROWS[: 3 * mesh.N_RING]


@dataclass(eq=False)
class Covered:
    """A clip with a thing in front of its mouth."""

    path: Path
    track: FaceTrack
    """Of the face as it was filmed."""
    layers: dict[int, Layer] = field(default_factory=dict)
    """By frame."""

    def lips(self, frame_index: int) -> Float32Array:
        """Its lips as they were filmed: float32, shape (3 * N_RING, 2), picture pixels."""
        points = self.track.landmarks[frame_index - self.track.start]
        return np.asarray(points[_LIPS, :2], np.float32)

    def alpha(self, frame_index: int, shape: tuple[int, int]) -> Float32Array:
        """How much the thing hides of each pixel of a whole frame."""
        whole, layer = np.zeros(shape, np.float32), self.layers[frame_index]
        whole[layer.box.top : layer.box.bottom, layer.box.left : layer.box.right] = layer.alpha
        return whole

    def seen(self, frame_index: int, shape: tuple[int, int]) -> float:
        """Share of the lips that nothing hides."""
        alpha = self.alpha(frame_index, shape)
        return float(1 - alpha[filled(self.lips(frame_index), shape)].mean())


def cover(clip: Path, track: FaceTrack, thing: Occluder, path: Path, n_frames: int) -> Covered:
    """Writes the first frames of a clip with a thing in front, without loss."""
    covered = Covered(path, track)
    with VideoReader(clip, threads=1) as reader:
        info = reader.info
        form = VideoFormat(info.width, info.height, info.fps, color=info.color)
        with VideoWriter(path, form, EncoderOptions("ffv1", threads=1)) as writer:
            for index, picture in enumerate(reader.read(0, min(n_frames, info.n_frames))):
                row = index - track.start
                if 0 <= row < len(track.is_tracked) and track.is_tracked[row]:
                    covered.layers[index] = lay(thing, picture, track, index)
                writer.write(picture, index)
    return covered


def filmed_face(clip: Path, n_frames: int) -> FaceTrack | None:
    """The face that is longest in sight, as it is without a thing in front; None if there is none."""
    with VideoReader(clip, threads=1) as reader, FaceAnalyzer() as analyzer:
        for picture in reader.read(0, min(n_frames, reader.info.n_frames)):
            analyzer.push(picture)
        tracks = analyzer.finish().tracks.values()
    return max(tracks, key=lambda track: int(track.is_tracked.sum()), default=None)


def filled(lips: Float32Array, shape: tuple[int, int]) -> BoolArray:
    """Which pixels are between the outlines of lips, themselves included."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(lips[: mesh.N_RING]).astype(np.int32)], (1,))
    return np.asarray(mask > 0)
