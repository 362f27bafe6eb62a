"""Real speakers as actors: they talk with their own sound, or listen, in square pictures of one size."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.pick import face_boxes
from lipwright.analysis.faces.track import FaceTrack
from lipwright.geometry import Box
from lipwright.measures import Measure
from lipwright.media.audio_reader import read_audio
from lipwright.media.picture import Picture, UInt8Array
from lipwright.media.video_reader import VideoReader

Float32Array = NDArray[np.float32]

FPS = Fraction(25)
SIDE = 256
"""Pixels."""
SOUND_PER_FRAME = 640
"""Samples at 16 kHz."""
ACTORS = (
    "real_obama1.mp4",
    "real_obama2.mp4",
    "real_andrewng1.mp4",
    "real_andrewng2.mp4",
    "real_noem.mp4",
    "real_wda_aoc.mp4",
    "real_retalking_face4.mp4",
    "real_kim_1080p.mp4",
    "real_latentsync_demo1.mp4",
)
"""Clips whose sync can be judged, off by up to 160 ms; those under 6 s would repeat themselves."""
_MOST_SECONDS = 14
_FACE_SHARE = 0.6
"""Of a panel's height."""
_REST_SECONDS = 0.6


@dataclass(frozen=True, eq=False)
class Actor:
    """Somebody who talks all the time."""

    person: str
    pictures: list[Picture]
    """``SIDE`` pixels wide and high, 25 a second."""
    sound: Float32Array
    """float32, shape (n,), 16 kHz, as loud as everybody else's."""
    rest: range
    """Pictures in which the mouth moves least."""

    def talks(self, n_frames: int, rng: np.random.Generator) -> tuple[list[Picture], Float32Array]:
        """Some stretch of the talk and its sound; a clip that is too short begins again."""
        room = len(self.pictures) - n_frames
        start = int(rng.integers(room)) if room > 0 else 0
        frames = (start + np.arange(n_frames)) % len(self.pictures)
        samples = (start * SOUND_PER_FRAME + np.arange(n_frames * SOUND_PER_FRAME)) % len(self.sound)
        return [self.pictures[k] for k in frames], self.sound[samples]

    def listens(self, n_frames: int) -> list[Picture]:
        """The rest, forward and backward."""
        there = list(self.rest)
        cycle = there + there[-2:0:-1]
        return [self.pictures[cycle[k % len(cycle)]] for k in range(n_frames)]


def load_actor(folder: Path, name: str) -> Actor | None:
    """Watches a clip; None where it is not there."""
    clip = folder / name
    if not clip.exists():
        return None
    separate = clip.with_suffix(".wav")
    with VideoReader(clip) as reader:
        rate = float(reader.info.fps)
        pictures = list(_resampled(reader, rate))
    track = _watched(pictures)
    crop = _crop(track, pictures[0])
    sound = read_audio(separate if separate.exists() else clip)[: len(pictures) * SOUND_PER_FRAME]
    sound = np.pad(sound, (0, len(pictures) * SOUND_PER_FRAME - len(sound)))
    loudness = float(np.sqrt(np.mean(sound**2)))
    return Actor(
        clip.stem.removeprefix("real_")[:8],
        [_cropped(picture, crop) for picture in pictures],
        np.asarray(sound * 0.08 / loudness, np.float32),
        _rest(track),
    )


def _resampled(reader: VideoReader, rate: float) -> list[Picture]:
    n_frames = min(reader.info.n_frames, int(_MOST_SECONDS * rate))
    wanted = np.round(np.arange(int(n_frames / rate * float(FPS))) * rate / float(FPS)).astype(int)
    shown = set(wanted.tolist())
    kept = {k: picture for k, picture in enumerate(islice(reader.read(), n_frames)) if k in shown}
    return [kept[min(k, max(kept))] for k in wanted.tolist()]


def _watched(pictures: list[Picture]) -> FaceTrack:
    with FaceAnalyzer(FaceOptions(every=2)) as analyzer:
        for picture in pictures:
            analyzer.push(picture)
        tracks = analyzer.finish().tracks.values()
    return max(tracks, key=lambda track: int(track.is_tracked.sum()))


def _crop(track: FaceTrack, picture: Picture) -> Box:
    """A square round the face, as far as the picture goes."""
    boxes = face_boxes(track)[track.is_tracked]
    middle = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
    height = float(np.median(boxes[:, 3] - boxes[:, 1])) / _FACE_SHARE
    side = int(min(height, picture.width, picture.height)) // 2 * 2
    left, top = (
        int(np.clip(middle[k] - side / 2, 0, (picture.width, picture.height)[k] - side)) // 2 * 2
        for k in (0, 1)
    )
    return Box(left, top, left + side, top + side)


def _cropped(picture: Picture, crop: Box) -> Picture:
    half = Box(crop.left // 2, crop.top // 2, crop.right // 2, crop.bottom // 2)
    return Picture(
        _resized(picture.luma, crop, SIDE),
        _resized(picture.blue, half, SIDE // 2),
        _resized(picture.red, half, SIDE // 2),
    )


def _resized(plane: UInt8Array, box: Box, side: int) -> UInt8Array:
    part = np.ascontiguousarray(plane[box.top : box.bottom, box.left : box.right])
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _rest(track: FaceTrack) -> range:
    n_frames = int(_REST_SECONDS * float(FPS))
    movement = np.abs(np.gradient(track.measures[:, Measure.GAP]))
    total = np.convolve(np.nan_to_num(movement, nan=9.0), np.ones(n_frames), "valid")
    start = track.start + int(total.argmin())
    return range(start, start + n_frames)
