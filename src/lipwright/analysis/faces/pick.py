"""Finds the faces that a client points at."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.choice import PixelBox, Point
from lipwright.analysis.faces.landmarks import FACE_OVAL, MEAN_FACE, NOSE_BASE
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.errors import FaceChoiceError

Float32Array = NDArray[np.float32]

_MARGIN = 0.15
"""Of a face's height: a click on the hair or the ear means the face."""
_LEAST_OVERLAP = 0.15
"""Boxes of other detectors hold the hair, or only eyes to chin: 0.3 to 0.8 of the union is in both."""


_RIM = MEAN_FACE[np.concatenate([FACE_OVAL, NOSE_BASE])]


def face_boxes(track: FaceTrack) -> Float32Array:
    """Box of the face, hairline to chin, in each frame: float32, shape (n, 4), pixels; NaN where lost.

    left, top, right, bottom.
    """
    turned = np.einsum("fij,pj->fpi", track.rotations[:, :2], _RIM)
    points = track.scales[:, None, None] * turned + track.translations[:, None, :2]
    return np.asarray(np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1), np.float32)


def pick_at(analysis: FaceAnalysis, frame_number: int, point: Point) -> int:
    """The track of the face under a point; of several, the one whose middle is nearest.

    Raises:
        FaceChoiceError: there is no face; the message says where there are some.
    """
    boxes = _boxes_in(analysis, frame_number)
    distances = {}
    for number, (left, top, right, bottom) in boxes.items():
        margin = _MARGIN * (bottom - top)
        is_inside = (
            left - margin <= point[0] <= right + margin and top - margin <= point[1] <= bottom + margin
        )
        if is_inside:
            middle = (left + right) / 2, (top + bottom) / 2
            distances[number] = np.hypot(point[0] - middle[0], point[1] - middle[1])
    if not distances:
        raise FaceChoiceError(
            f"coordinates: expected a point on a face in frame {frame_number}, found none at "
            f"({point[0]:g}, {point[1]:g}); {_places(boxes)}"
        )
    return min(distances, key=lambda number: distances[number])


def pick_in(analysis: FaceAnalysis, boxes: tuple[PixelBox | None, ...]) -> list[CastMember]:
    """The faces in the boxes of each frame; a box without a face leaves its frame untouched.

    Raises:
        FaceChoiceError: there is no face in any box.
    """
    overlaps = {
        number: _overlaps(face_boxes(track), boxes[track.start : track.stop])
        for number, track in analysis.tracks.items()
    }
    best = np.full(len(boxes), _LEAST_OVERLAP, np.float32)
    for number, track in analysis.tracks.items():
        part = slice(track.start, track.start + len(overlaps[number]))
        best[part] = np.maximum(best[part], overlaps[number])
    cast = []
    for number, track in analysis.tracks.items():
        speaks = np.zeros(len(track.is_tracked), np.bool_)
        own = overlaps[number]
        speaks[: len(own)] = own >= best[track.start : track.start + len(own)]
        if speaks.any():
            cast.append(CastMember(number, speaks))
    if not cast:
        raise FaceChoiceError(
            "bounding_boxes: expected a face in at least one of the boxes, found none; "
            "give left, top, right, bottom of faces in pixels of the source"
        )
    return cast


def _boxes_in(analysis: FaceAnalysis, frame_number: int) -> dict[int, Float32Array]:
    found = {}
    for number, track in analysis.tracks.items():
        row = frame_number - track.start
        if 0 <= row < len(track.is_tracked) and track.is_tracked[row]:
            found[number] = face_boxes(track)[row]
    return found


def _places(boxes: dict[int, Float32Array]) -> str:
    if not boxes:
        return "no face is seen in that frame; choose another"
    middles = [
        f"({(left + right) / 2:.0f}, {(top + bottom) / 2:.0f})" for left, top, right, bottom in boxes.values()
    ]
    return f"faces are at {', '.join(middles)}"


def _overlaps(faces: Float32Array, boxes: tuple[PixelBox | None, ...]) -> Float32Array:
    """Shared area of face and box over their union, shape (number of boxes,); 0 without a box or a face."""
    wanted = np.array([box or (np.nan,) * 4 for box in boxes], np.float32).reshape(-1, 4)
    faces = faces[: len(wanted)]
    low, high = np.maximum(faces[:, :2], wanted[:, :2]), np.minimum(faces[:, 2:], wanted[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    whole = _areas(faces) + _areas(wanted) - shared
    return np.asarray(np.nan_to_num(shared / whole), np.float32)


def _areas(boxes: Float32Array) -> Float32Array:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), np.float32)
