"""Finding faces in a picture nothing is known about."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.lean_import import lean_mediapipe
from lipwright.analysis.faces.mesh import FaceRegion
from lipwright.analysis.faces.view import view
from lipwright.geometry import Box
from lipwright.media.picture import Picture

with lean_mediapipe():
    from mediapipe.python.solutions.face_detection import FaceDetection

_LEAST_SCORE = 0.4
_SURE_SCORE = 0.6
"""Of the short-range detector on a crop: real faces, drawn ones and profiles give 0.63 to 0.93; scribbles in
an octagon, of which the mesh is certain, stay below 0.58."""
_UPRIGHT_SCORE = 0.05
"""A face must be so much surer in a crop that is turned: 2 of 142 upright ones, in profile or half hidden,
are surer by 0.03; 237 that are turned by a quarter or a half are found as often as with no margin."""
_PICTURE_SIZE = 320
"""Longer side to which a picture is scaled before detection; the networks see 128 and 192 pixels of it."""
_TILE_SIZE = 192
_SAME_FACE_OVERLAP = 0.3


@dataclass(frozen=True)
class Detection:
    """A face somewhere in a picture."""

    region: FaceRegion
    score: float
    """0 to 1: how sure the detector is."""
    face_box: Box


class FaceDetector:
    """Finds faces with MediaPipe's short- and full-range detectors; remembers nothing between pictures."""

    def __init__(self) -> None:
        """Loads both networks; close them when done."""
        self._near: Any = FaceDetection(model_selection=0, min_detection_confidence=_LEAST_SCORE)
        self._far: Any = FaceDetection(model_selection=1, min_detection_confidence=_LEAST_SCORE)

    def find(self, picture: Picture) -> list[Detection]:
        """The faces seen at a glance: those that are not small in the picture. Surest first."""
        whole = Box(0, 0, picture.width, picture.height).even()
        scale = min(1.0, _PICTURE_SIZE / max(picture.width, picture.height))
        width, height = (max(2, 2 * round(edge * scale / 2)) for edge in (picture.width, picture.height))
        rgb = view(picture, whole, width, height)
        found = [_detection(face, whole) for face in self._far.process(rgb).detections or []]
        if not found:
            found = [_detection(face, whole) for face in self._near.process(rgb).detections or []]
        return _distinct(found)

    def find_small(self, picture: Picture) -> list[Detection]:
        """The faces found by looking closely, tile by tile: tens of times the cost of a glance."""
        tiles = _tiles(picture.width, picture.height)
        return _distinct([found for tile in tiles for found in self.find_in(picture, tile)])

    def find_in(self, picture: Picture, tile: Box) -> list[Detection]:
        """The faces in one square part of the picture with even edges."""
        rgb = view(picture, tile, _TILE_SIZE, _TILE_SIZE)
        return [_detection(face, tile) for face in self._far.process(rgb).detections or []]

    def confirms(self, crop: NDArray[np.uint8]) -> bool:
        """Whether a crop in which the mesh believes to see a face shows one: a second opinion.

        Args:
            crop: uint8 RGB, square, the face filling two thirds of it.
        """
        return self._sureness(crop) >= _SURE_SCORE

    def quarter_turns(self, crop: NDArray[np.uint8]) -> int:
        """How often a crop is to be turned left by a quarter for its face to stand upright, 0 to 3.

        The detector finds faces that lie on their side or stand on their heads too, and calls many of them
        upright; but it is surest of those that are.

        Args:
            crop: see ``confirms``.
        """
        turned = [np.ascontiguousarray(np.rot90(crop, turns)) for turns in range(4)]
        sureness = [self._sureness(one) for one in turned]
        sureness[0] += _UPRIGHT_SCORE
        return sureness.index(max(sureness))

    def _sureness(self, crop: NDArray[np.uint8]) -> float:
        """Of the face in a crop that it is one, 0 to 1."""
        faces = self._near.process(crop).detections or []
        return max((float(face.score[0]) for face in faces), default=0.0)

    def close(self) -> None:
        """Frees the graphs; the detector cannot be used afterwards."""
        self._near.close()
        self._far.close()


def _detection(found: Any, box: Box) -> Detection:  # noqa: ANN401 (mediapipe ships no types)
    bounds = found.location_data.relative_bounding_box
    left, top = box.left + bounds.xmin * box.width, box.top + bounds.ymin * box.height
    width, height = bounds.width * box.width, bounds.height * box.height
    right_eye, left_eye = found.location_data.relative_keypoints[:2]
    roll = math.atan2((left_eye.y - right_eye.y) * box.height, (left_eye.x - right_eye.x) * box.width)
    # 1.5 is MediaPipe's own step from a detection to the region for the mesh
    region = FaceRegion(left + width / 2, top + height / 2, 1.5 * max(width, height), roll)
    face_box = Box(round(left), round(top), round(left + width), round(top + height))
    return Detection(region, float(found.score[0]), face_box)


def _distinct(found: list[Detection]) -> list[Detection]:
    kept: list[Detection] = []
    for one in sorted(found, key=lambda detection: -detection.score):
        if all(one.face_box.overlap(other.face_box) < _SAME_FACE_OVERLAP for other in kept):
            kept.append(one)
    return kept


def _tiles(width: int, height: int) -> list[Box]:
    """Squares of two sizes, the shorter side and half of it, overlapping by a third or more."""
    tiles: list[Box] = []
    shorter = min(width, height)
    for edge in (shorter // 2 * 2, shorter // 4 * 2):
        for top in _starts(height, edge):
            tiles += [Box(left, top, left + edge, top + edge) for left in _starts(width, edge)]
    return tiles


def _starts(length: int, edge: int) -> list[int]:
    steps = math.ceil((length - edge) / (edge * 2 / 3))
    return [2 * round((length - edge) * step / max(1, steps) / 2) for step in range(steps + 1)]
