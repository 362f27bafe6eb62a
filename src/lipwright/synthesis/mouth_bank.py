"""The speaker's own mouths: crops of the source video kept while it is being analysed."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.mouth_shape import seen_gap
from lipwright.analysis.faces.track import FaceObservation
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.scratch import ScratchFile, StoredArray
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.inside import inside_of
from lipwright.synthesis.lip_color import lip_color
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.lip_texture import lip_texture
from lipwright.synthesis.shade import shade_of
from lipwright.synthesis.sharpness import laplacian_variance
from lipwright.synthesis.stages import Stages

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]
_ShapeCell = tuple[int, int, int]

_TINT_SHARE = 0.8
"""How far lips go to their usual colour: a rest of their own is the light that moves over them."""
_MAX_TINT = 30.0
_REMEMBERED = 64
"""Donors whose tone is kept at hand."""
_MARGIN = 0.45
"""Room round the lips, as a share of the lips' width: the blend reaches 12 mm and lips are 50 mm wide."""


@dataclass(frozen=True, eq=False, slots=True)
class _Crop:
    ycc: StoredArray
    light: float
    origin: tuple[int, int]
    scale: float
    sharpness: float
    inside: Float32Array
    seen_gap: float
    looks: Looks | None
    lip_color: Float32Array
    shape_cell: _ShapeCell


@dataclass(frozen=True, eq=False)
class Tone:
    """What changes from donor to donor though the lips are the same."""

    shade: Float32Array
    """float32, shape (N_PLACES, 3), levels; see ``shade_of``."""
    tint: Float32Array
    """float32, shape (3,), levels: what brings its lips nearer to the speaker's usual colour."""
    texture: float | None
    """See ``lip_texture``."""


@dataclass(frozen=True)
class BankOptions:
    """How much a bank keeps."""

    face_resolution: int = 512
    """Height of a face in pixels above which crops are kept smaller."""
    budget_bytes: int = 64 << 20
    """Most bytes of crops, all faces together."""
    most_stages: int = 0
    """Whole faces of each track that are kept to try mouths on."""


class MouthBank:
    """Donors by track and frame, thinned to a budget so that rare mouths outlive common ones.

    Crops are in a file; memory holds what is known of them.
    """

    def __init__(self, options: BankOptions) -> None:
        self._options = options
        self._scratch: ScratchFile | None = None
        self.stages = Stages(options.most_stages)
        self._crops: dict[int, dict[int, _Crop]] = defaultdict(dict)
        self._kinds: dict[int, Counter[_ShapeCell]] = defaultdict(Counter)
        self._bytes = 0
        self._stride = 1
        self._usual: dict[int, tuple[int, Float32Array]] = {}
        self._tones: dict[tuple[int, int], Tone] = {}

    def store_in(self, scratch: ScratchFile) -> None:
        """Where crops go from now on, in place of a file of the bank's own."""
        self._scratch = scratch

    def keep(self, picture: Picture, observation: FaceObservation) -> None:
        """Copies the mouth of a frame, unless the thinned bank has enough of its kind.

        Lips that the edge of the picture cuts are no donor: what is missing would be drawn as stripes.
        """
        self._scratch = self._scratch or ScratchFile()
        self.stages.keep(picture, observation, self._scratch)
        points = observation.landmarks[mesh.ROWS, :2]
        if not _is_inside(points[mesh.OUTER], picture):
            return
        track_id, frame_index = observation.track_id, observation.frame_index
        if self._stride > 1 and self._is_common(track_id, frame_index, _shape_cell(points)):
            return
        crop = _cut(picture, observation, self._face_scale(observation), self._scratch)
        self._crops[track_id][frame_index] = crop
        self._kinds[track_id][crop.shape_cell] += 1
        self._bytes += crop.ycc.nbytes
        if self._bytes > self._options.budget_bytes:
            self._thin()

    def frames(self, track_id: int) -> NDArray[np.intp]:
        """Frame indices of the donors of a track, ascending; int, shape (n,)."""
        return np.array(sorted(self._crops.get(track_id, {})), dtype=np.intp)

    def donor(self, track_id: int, frame_index: int, points: Float32Array) -> Donor:
        """The donor of a frame.

        Args:
            points: float32, shape (N_POINTS, 2): of the frame's mouth, from the finished (smoothed) track.
        """
        crop = self._crops[track_id][frame_index]
        moved = (points - np.array(crop.origin, np.float32)) * np.float32(crop.scale)
        if crop.scale != 1.0:  # pixel centres, not corners, keep their place when a crop is scaled
            moved += np.float32(0.5 * (crop.scale - 1.0))
        return Donor(crop.ycc.read(), moved)

    def tone(self, track_id: int, frame_index: int, points_of: Callable[[int], Float32Array]) -> Tone:
        """How a donor's lips are coloured and how sharp they are.

        Neighbouring frames of the output ask for the same donors: the last ones are remembered.

        Args:
            points_of: gives the points of a frame's mouth; see ``donor``.
        """
        place = track_id, frame_index
        if place not in self._tones:
            if len(self._tones) >= _REMEMBERED:
                del self._tones[next(iter(self._tones))]
            donor = self.donor(track_id, frame_index, points_of(frame_index))
            strange = self.usual_lip_color(track_id) - self._crops[track_id][frame_index].lip_color
            self._tones[place] = Tone(
                shade_of(donor.crop, donor.points),
                np.float32(_TINT_SHARE) * np.clip(strange, -_MAX_TINT, _MAX_TINT),
                lip_texture(donor.crop, donor.points),
            )
        return self._tones[place]

    def light(self, track_id: int, frame_index: int) -> float:
        """Mean luma of a donor's crop, 0 to 255."""
        return self._crops[track_id][frame_index].light

    def sharpness(self, track_id: int, frame_index: int) -> float:
        """Laplacian variance of a donor's lips, levels squared."""
        return self._crops[track_id][frame_index].sharpness

    def inside(self, track_id: int, frame_index: int) -> Float32Array:
        """What a donor shows between its lips, float32, shape (N_INSIDE,), levels; see ``inside_of``."""
        return self._crops[track_id][frame_index].inside

    def seen_gap(self, track_id: int, frame_index: int) -> float:
        """The gap of a donor as it was seen, before any smoothing, canonical mm."""
        return self._crops[track_id][frame_index].seen_gap

    def looks(self, track_id: int, frame_index: int) -> Looks | None:
        """What several looks at a donor's mouth say of each other; None after a single look."""
        return self._crops[track_id][frame_index].looks

    def is_hard_to_read(self, track_id: int) -> bool:
        """Whether most mouths of a face needed a second look."""
        crops = self._crops[track_id].values()
        return 2 * sum(crop.looks is not None for crop in crops) > len(crops)

    def lip_colors(self, track_id: int) -> Float32Array:
        """Colour of the lips against the skin of every donor, in the order of ``frames``: (n, 3), levels."""
        crops = self._crops.get(track_id, {})
        colors = [crops[frame].lip_color for frame in sorted(crops)]
        return np.array(colors, np.float32).reshape(-1, 3)

    def usual_lip_color(self, track_id: int) -> Float32Array:
        """The median of ``lip_colors``, shape (3,); asked for often, so it is remembered."""
        crops = self._crops[track_id]
        known = self._usual.get(track_id)
        if known is None or known[0] != len(crops):
            known = (len(crops), np.median(self.lip_colors(track_id), axis=0).astype(np.float32))
            self._usual[track_id] = known
        return known[1]

    def _face_scale(self, observation: FaceObservation) -> float:
        height = float(np.ptp(observation.landmarks[:, 1]))
        return min(1.0, self._options.face_resolution / max(height, 1.0))

    def _is_common(self, track_id: int, frame_index: int, shape_cell: _ShapeCell) -> bool:
        return frame_index % self._stride != 0 and self._kinds[track_id][shape_cell] >= 2

    def _thin(self) -> None:
        """Of each kind of mouth every other one goes, but two stay; then, if need be, the oldest go."""
        self._stride *= 2
        for track_id, crops in self._crops.items():
            kinds: dict[_ShapeCell, list[int]] = defaultdict(list)
            for frame_index, crop in crops.items():
                kinds[crop.shape_cell].append(frame_index)
            for members in kinds.values():
                keep = {*members[:1], *members[-1:], *(m for m in members if m % self._stride == 0)}
                for frame_index in members:
                    if frame_index not in keep:
                        self._bytes -= crops.pop(frame_index).ycc.nbytes
            while self._bytes > self._options.budget_bytes and crops:
                self._bytes -= crops.pop(min(crops)).ycc.nbytes
            self._kinds[track_id] = Counter(crop.shape_cell for crop in crops.values())


def _is_inside(points: Float32Array, picture: Picture) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)
    return bool((low >= 0).all() and high[0] < picture.width and high[1] < picture.height)


def _cut(picture: Picture, observation: FaceObservation, scale: float, scratch: ScratchFile) -> _Crop:
    points = observation.landmarks[mesh.ROWS, :2]
    lips = points[mesh.OUTER]
    low, high = lips.min(axis=0), lips.max(axis=0)
    margin = _MARGIN * max(float(high[0] - low[0]), 0.5 * float(high[1] - low[1]), 4.0)
    box = Box(int(low[0] - margin), int(low[1] - margin), int(high[0] + margin), int(high[1] + margin)).even()
    ycc = picture.crop_ycc(box)
    if scale < 1.0:
        size = (max(2, round(box.width * scale)), max(2, round(box.height * scale)))
        ycc = np.asarray(cv2.resize(ycc, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        scale = size[0] / box.width
    in_crop = (points - np.array([box.left, box.top], np.float32)) * np.float32(scale)
    return _Crop(
        scratch.append(ycc),
        float(ycc[..., 0].mean()),
        (box.left, box.top),
        scale,
        _lip_sharpness(ycc),
        inside_of(ycc, in_crop),
        seen_gap(observation.landmarks),
        observation.looks,
        lip_color(ycc, in_crop),
        _shape_cell(points),
    )


def _lip_sharpness(ycc: UInt8Array) -> float:
    """Of the middle of a crop, where the lips are."""
    height, width = ycc.shape[:2]
    lips = ycc[height // 4 : height - height // 4, width // 4 : width - width // 4, 0]
    return laplacian_variance(lips)


def _shape_cell(points: Float32Array) -> _ShapeCell:
    """A coarse class of mouths: opening, width, and the side to which the head is turned, as the head sees
    them: it may be tilted."""
    inner = points[mesh.INNER]
    eye_unit = max(
        float(np.linalg.norm(points[mesh.places((129,))[0]] - points[mesh.places((358,))[0]])), 1.0
    )
    across = points[10] - points[0]
    width = max(float(np.linalg.norm(across)), 1.0)
    across = across / width
    down = np.array([-across[1], across[0]])
    gap = float((inner[mesh.LOWER_HALF] - inner[mesh.UPPER_HALF]).mean(axis=0) @ down)
    corners = float((points[0] + points[10] - 2 * points[mesh.places((2,))[0]]) @ across)
    return round(gap / eye_unit / 0.05), round(width / eye_unit / 0.1), round(corners / eye_unit / 0.15)
