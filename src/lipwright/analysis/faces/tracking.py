"""Following faces from frame to frame: which mesh belongs to which person."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.detection import Detection, FaceDetector
from lipwright.analysis.faces.head_pose import misfit
from lipwright.analysis.faces.landmarks import VERTICES
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.mesh import FaceMesh, FaceRegion, MeshFit, region_around
from lipwright.geometry import Box
from lipwright.media.picture import Picture

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_LEAST_SCORE = 0.5
_MOST_MISFIT_MM = 7.5
"""Real faces, drawn ones included, lie 1 to 5 mm from the average face; 6 to 8 mm is a profile past 50
degrees or a mesh on an ear."""
_SETTLING_LOOKS = 6
"""On a face that the detector took for upright and is not, the mesh comes to rest after so many."""
_LEAST_FACE_PIXELS = 16
_SAME_FACE_OVERLAP = 0.3
_SMALL_FACE = 1 / 5
"""Share of the picture's shorter side: where all faces found are below it, smaller ones are likely."""
_VERTICES = np.array(VERTICES)


@dataclass(frozen=True, eq=False)
class Sighting:
    """One face in one frame."""

    landmarks: Float32Array
    """float32, shape (N_VERTICES, 3), picture pixels."""
    face_box: Box
    region: FaceRegion
    """Where to look in the next frame."""
    fit: MeshFit
    looks: Looks | None = None
    """None after a single look."""
    picture_size: tuple[float, float] = (math.inf, math.inf)
    """Width and height in pixels: what of the face lies beyond is guessed."""


@dataclass(eq=False)
class Follower:
    """A face being followed; ``region`` is None while it is lost."""

    number: int
    face_box: Box
    region: FaceRegion | None
    lost_frames: int = 0


@dataclass(frozen=True)
class TrackingOptions:
    """How eagerly faces are looked for; intervals in frames."""

    search_interval: int = 3
    """Between glances while nothing is followed, and between looks for a face just lost."""
    newcomer_interval: int = 10
    """Between glances for new people while everybody is followed."""
    close_search_interval: int = 30
    """Between searches for small faces while nothing is followed."""
    patience: int = 90
    """Frames for which a lost face is looked for in its own place."""
    most_faces: int = 8
    """People followed at once; the surest are kept."""


@dataclass(eq=False)
class Tracker:
    """Follows every face of a shot; call ``reset`` at a cut."""

    detector: FaceDetector
    mesh: FaceMesh
    options: TrackingOptions = TrackingOptions()
    _followers: list[Follower] = field(default_factory=list)
    _n_tracks: int = 0
    _frames_in_shot: int = 0

    def reset(self) -> None:
        """Forgets everybody: the next frame starts a new shot."""
        self._followers = []
        self._frames_in_shot = 0

    def push(self, picture: Picture) -> dict[int, Sighting]:
        """The faces of the next frame by track number; numbers are never used twice."""
        seen: dict[int, Sighting] = {}
        for follower in self._followers:
            self._follow(follower, picture, seen)
        for region in self._search(picture):
            self._meet(region, picture, seen)
        self._frames_in_shot += 1
        return seen

    def _follow(self, follower: Follower, picture: Picture, seen: dict[int, Sighting]) -> None:
        if follower.region is None:
            follower.lost_frames += 1
            return
        sighting = look(self.mesh, picture, follower.region)
        if sighting is None or _is_taken(sighting.face_box, seen):
            follower.region = None
            follower.lost_frames = 1
            return
        _keep(follower, sighting, seen)

    def _search(self, picture: Picture) -> list[FaceRegion]:
        """Where faces may be that are not followed, as far as looking for them is due in this frame."""
        options, frames = self.options, self._frames_in_shot
        is_anybody_followed = any(follower.region for follower in self._followers)
        found: list[Detection] = []
        if frames % (options.newcomer_interval if is_anybody_followed else options.search_interval) == 0:
            found = self.detector.find(picture)
        least = _SMALL_FACE * min(picture.width, picture.height)
        are_all_small = all(face.face_box.height < least for face in found)
        is_close_look_due = frames % options.close_search_interval == 0 and not is_anybody_followed
        if is_close_look_due and are_all_small:
            found += self.detector.find_small(picture)
        for follower in self._followers:
            is_due = follower.lost_frames % options.search_interval == 1 or options.search_interval == 1
            if follower.region is None and is_due and follower.lost_frames <= options.patience:
                found += self.detector.find_in(picture, _surroundings(follower.face_box))
        return [detection.region for detection in found]

    def _meet(self, region: FaceRegion, picture: Picture, seen: dict[int, Sighting]) -> None:
        if len(seen) >= self.options.most_faces or _is_taken(_inner_box(region), seen):
            return
        rough = self._rough_fit(picture, region)
        sighting = look(self.mesh, picture, region_around(rough.points))
        if sighting is None or _is_taken(sighting.face_box, seen):
            return
        if not self.detector.confirms(_right_way_up(sighting.fit)):
            return
        follower = self._recall(sighting, seen)
        if follower is None:
            follower = Follower(self._n_tracks, sighting.face_box, sighting.region)
            self._n_tracks += 1
            self._followers.append(follower)
        _keep(follower, sighting, seen)

    def _rough_fit(self, picture: Picture, region: FaceRegion) -> MeshFit:
        """The mesh on a face that only the detector has seen: it takes many that stand on their heads for
        upright."""
        rough = self.mesh.fit(picture, region)
        quarters = self.detector.quarter_turns(_right_way_up(rough))
        if quarters:
            region = replace(region, roll=math.pi / 2 * (_quarters(region.roll) + quarters))
            for _ in range(_SETTLING_LOOKS):
                rough = self.mesh.fit(picture, region)
                region = region_around(rough.points)
        return rough

    def _recall(self, sighting: Sighting, seen: dict[int, Sighting]) -> Follower | None:
        """The lost face that this most probably is: the one last seen nearest, within half a face."""
        size = sighting.face_box.height
        lost = [follower for follower in self._followers if follower.number not in seen]
        distances = [(_distance(follower.face_box, sighting.face_box), follower) for follower in lost]
        near = [pair for pair in distances if pair[0] < 0.5 * size]
        return min(near, key=lambda pair: pair[0])[1] if near else None


def look(mesh: FaceMesh, picture: Picture, region: FaceRegion) -> Sighting | None:
    """The face in a region, or None where there is none: the mesh itself sees faces in anything."""
    fit = mesh.fit(picture, region)
    landmarks = fit.points[_VERTICES]
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    if (
        fit.score < _LEAST_SCORE
        or (high - low).max() < _LEAST_FACE_PIXELS
        or misfit(landmarks) > _MOST_MISFIT_MM
    ):
        return None
    box = Box(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)
    center = (low + high) / 2
    if not (0 <= center[0] < picture.width and 0 <= center[1] < picture.height):
        return None
    size = picture.width, picture.height
    return Sighting(landmarks, box, region_around(fit.points), fit, picture_size=size)


def _right_way_up(fit: MeshFit) -> UInt8Array:
    """What the mesh saw, by quarter turns as upright as the mesh takes it to be."""
    return np.ascontiguousarray(np.rot90(fit.crop, _quarters(fit.region.roll)))


def _quarters(roll: float) -> int:
    """Quarter turns to the left after which a head is most nearly upright."""
    return round(roll / (math.pi / 2))


def _keep(follower: Follower, sighting: Sighting, seen: dict[int, Sighting]) -> None:
    follower.region, follower.face_box, follower.lost_frames = sighting.region, sighting.face_box, 0
    seen[follower.number] = sighting


def _is_taken(face_box: Box, seen: dict[int, Sighting]) -> bool:
    return any(face_box.overlap(sighting.face_box) > _SAME_FACE_OVERLAP for sighting in seen.values())


def _inner_box(region: FaceRegion) -> Box:
    half = region.size / 3  # the region is 1.5 times the face
    x, y = region.center_x, region.center_y
    return Box(round(x - half), round(y - half), round(x + half), round(y + half))


def _distance(one: Box, other: Box) -> float:
    across = (one.left + one.right - other.left - other.right) / 2
    down = (one.top + one.bottom - other.top - other.bottom) / 2
    return float(np.hypot(across, down))


def _surroundings(face_box: Box) -> Box:
    """A square of three faces round the place where one was last seen."""
    half = 3 * max(face_box.width, face_box.height) // 4 * 2
    x, y = (face_box.left + face_box.right) // 4 * 2, (face_box.top + face_box.bottom) // 4 * 2
    return Box(x - half, y - half, x + half, y + half)
