"""One pass over a finished video: its faces, and of every mouth what can only be measured on pictures."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.landmarks import INNER_LIP, OUTER_LIP
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader
from lipwright.scoring.flicker import second_difference
from lipwright.scoring.mouth_window import HeadPose, mouth_crop, skin_mask, skin_window
from lipwright.scoring.sharpness import mouth_sharpness

Float32Array = NDArray[np.float32]
Listener = Callable[[int, int], None]
"""Called with the frames done and the frames there are."""

_LIPS = np.concatenate([OUTER_LIP, INNER_LIP])
_SKIN = skin_mask()


@dataclass(eq=False)
class MouthRecord:
    """What was measured of one face, frame by frame, on pictures and unsmoothed landmarks."""

    frames: list[int] = field(default_factory=list)
    """Frame indices, rising."""
    lips: list[Float32Array] = field(default_factory=list)
    """float32, shape (40, 2) each: outer and inner lip line, canonical mm."""
    sharpness: list[float] = field(default_factory=list)
    """Laplacian variance of the mouth at the scale it was filmed in."""
    skin_flicker: list[float] = field(default_factory=list)
    """Mean absolute second difference of static skin with the two frames before, levels; NaN where there are
    no two."""
    looks: list[Looks | None] = field(default_factory=list)
    """What several looks at the mouth say of how far it is open."""


@dataclass(eq=False)
class Watched:
    """A video as it was seen."""

    analysis: FaceAnalysis
    records: dict[int, MouthRecord]
    """By track number, for every track of the analysis."""
    seconds: NDArray[np.float64]
    """float64, shape (n_frames,): when each frame is shown."""


class _Watcher:
    """Keeps the records and, of pictures, only the last two windows of each face."""

    def __init__(self) -> None:
        self.records: dict[int, MouthRecord] = {}
        self._windows: dict[int, list[tuple[int, Float32Array]]] = {}

    def note(self, picture: Picture, seen: FaceObservation) -> None:
        """Measures one face of one frame."""
        head = HeadPose.of(seen.landmarks)
        record = self.records.setdefault(seen.track_id, MouthRecord())
        record.frames.append(seen.frame_index)
        record.lips.append(head.canonical(seen.landmarks[_LIPS])[:, :2])
        record.looks.append(seen.looks)
        record.sharpness.append(mouth_sharpness(mouth_crop(picture, head)))
        windows = self._windows.setdefault(seen.track_id, [])
        windows.append((seen.frame_index, skin_window(picture, head)))
        del windows[:-3]
        record.skin_flicker.append(_skin_flicker(windows))


def _skin_flicker(windows: list[tuple[int, Float32Array]]) -> float:
    if len(windows) < 3 or windows[-1][0] - windows[0][0] != 2:
        return float("nan")
    bend = second_difference(np.stack([window for _, window in windows]))[0]
    return float(np.abs(bend[_SKIN]).mean())


def watch(
    reader: VideoReader, listener: Listener | None = None, *, most_frames: int | None = None
) -> Watched:
    """Looks at every frame once, at the first ``most_frames`` only if that is given; keeps no pictures."""
    info = reader.info
    n_frames = info.n_frames if most_frames is None else min(most_frames, info.n_frames)
    watcher = _Watcher()
    with FaceAnalyzer(FaceOptions(look_twice_below=math.inf, looks_further=True)) as analyzer:
        for frame_index, picture in enumerate(reader.read(0, n_frames)):
            for observation in analyzer.push(picture):
                watcher.note(picture, observation)
            if listener is not None:
                listener(frame_index + 1, n_frames)
        analysis = analyzer.finish()
    seconds = info.clock.ticks()[:n_frames] * float(info.clock.time_base)
    records = {number: watcher.records[number] for number in analysis.tracks}
    return Watched(analysis, records, seconds)
