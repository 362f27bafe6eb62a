"""Reads how far lips are apart in a picture in which the face is known to be."""

from contextlib import AbstractContextManager
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import LEFT_EYE, RIGHT_EYE
from lipwright.analysis.faces.mesh import FaceMesh, FaceRegion
from lipwright.analysis.faces.mouth_shape import seen_gap
from lipwright.analysis.faces.second_look import look_again
from lipwright.analysis.faces.tracking import look
from lipwright.media.picture import Picture

Float32Array = NDArray[np.float32]

_REGION_PER_FACE = 1.5
"""What the mesh was trained for; see ``mesh.region_around``."""
_OUTER_CORNER = len(RIGHT_EYE) // 2
"""The outer corner of the right eye, half-way round its ring."""


class GapReader(AbstractContextManager["GapReader"]):
    """One mesh for any number of pictures."""

    def __init__(self, *, looks_twice: bool = False) -> None:
        """Loads the network; use as a context manager.

        Args:
            looks_twice: for faces that are hard to read, see ``second_look``; takes twice as long.
        """
        self._mesh = FaceMesh()
        self._looks_twice = looks_twice

    def read(self, picture: Picture, landmarks: Float32Array) -> float:
        """The gap, canonical mm, without smoothing; NaN where the mesh sees no face.

        Args:
            landmarks: float32, shape (N_VERTICES, 3), picture pixels: where the face is.
        """
        sighting = look(self._mesh, picture, _region(landmarks))
        if sighting is None:
            return float("nan")
        return seen_gap((look_again(self._mesh, sighting) if self._looks_twice else sighting).landmarks)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Frees the network."""
        self._mesh.close()


def _region(landmarks: Float32Array) -> FaceRegion:
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    center = (low + high) / 2
    eyes = landmarks[RIGHT_EYE[_OUTER_CORNER], :2] - landmarks[LEFT_EYE[0], :2]
    return FaceRegion(
        float(center[0]),
        float(center[1]),
        _REGION_PER_FACE * float((high - low).max()),
        float(np.arctan2(eyes[1], eyes[0])),
    )
