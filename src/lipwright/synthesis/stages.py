"""A few whole faces of every track, spread over its time, to try mouths on."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceObservation
from lipwright.geometry import Box
from lipwright.media.picture import ColorTags, Picture
from lipwright.scratch import ScratchFile, StoredArray

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_MARGIN = 0.3
"""Room round the face, as a share of its height: what the mesh looks at."""
_FIRST_STRIDE = 8


@dataclass(frozen=True, eq=False)
class Stage:
    """One frame of a face."""

    frame_index: int
    planes: tuple[StoredArray, StoredArray, StoredArray]
    """Luma and chroma of the face and some room round it."""
    color: ColorTags
    origin: Float32Array
    """float32, shape (2,): where the picture's corner lies in the frame."""
    landmarks: Float32Array
    """float32, shape (N_VERTICES, 3): of this frame alone, pixels of the picture."""

    def picture(self) -> Picture:
        """A copy that may be drawn into."""
        luma, blue, red = (plane.read() for plane in self.planes)
        return Picture(luma, blue, red, self.color)

    def in_place(self) -> tuple[Picture, Float32Array]:
        """A picture that shows the face where the frame does, grey round it, and the landmarks in it."""
        part = self.picture()
        left, top = (int(value) for value in self.origin)
        landmarks = self.landmarks.copy()
        landmarks[:, :2] += self.origin
        size = (top + part.height, left + part.width)
        luma = _put(part.luma, (top, left), size)
        blue, red = (
            _put(plane, (top // 2, left // 2), ((size[0] + 1) // 2, (size[1] + 1) // 2))
            for plane in (part.blue, part.red)
        )
        return Picture(luma, blue, red, self.color), landmarks


class Stages:
    """Half of ``most`` to ``most`` frames of each track, evenly spread; their pictures are in a file."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._stages: dict[int, dict[int, Stage]] = defaultdict(dict)
        self._strides: dict[int, int] = {}

    def keep(self, picture: Picture, observation: FaceObservation, scratch: ScratchFile) -> None:
        """Copies the face of a frame if it is one of those to be kept."""
        number, frame_index = observation.track_id, observation.frame_index
        stages = self._stages[number]
        stride = self._strides.setdefault(number, _FIRST_STRIDE)
        if self._most == 0 or (stages and frame_index % stride):
            return
        stages[frame_index] = _cut(picture, observation, scratch)
        while len(stages) > self._most:
            stride *= 2
            for other in [frame for frame in stages if frame % stride]:
                del stages[other]
        self._strides[number] = stride

    def of(self, track_id: int) -> list[Stage]:
        """The stages of a track in the order of their frames."""
        stages = self._stages.get(track_id, {})
        return [stages[frame] for frame in sorted(stages)]


def _cut(picture: Picture, observation: FaceObservation, scratch: ScratchFile) -> Stage:
    points = observation.landmarks
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    margin = _MARGIN * float((high - low).max())
    box = Box(int(low[0] - margin), int(low[1] - margin), int(high[0] + margin), int(high[1] + margin)).even()
    origin = np.array([box.left, box.top], np.float32)
    moved = points.copy()
    moved[:, :2] -= origin
    part = picture.part(box)
    planes = scratch.append(part.luma), scratch.append(part.blue), scratch.append(part.red)
    return Stage(observation.frame_index, planes, part.color, origin, moved)


def _put(part: UInt8Array, corner: tuple[int, int], size: tuple[int, int]) -> UInt8Array:
    """A grey plane of a size, rows and columns, that shows a part; its corner may lie outside."""
    whole = np.full(size, 128, np.uint8)
    top, left = corner
    whole[max(top, 0) :, max(left, 0) :] = part[max(-top, 0) :, max(-left, 0) :]
    return whole
