"""The faces that are given the voice, and when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceTrack

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CastMember:
    """One face with the frames in which it speaks; in all others it stays as it is."""

    track_id: int
    speaks: BoolArray
    """bool, shape (n,): row i is frame ``start + i`` of the track."""


def throughout(track_id: int, track: FaceTrack) -> CastMember:
    """A face that is given the voice wherever it is seen."""
    return CastMember(track_id, np.ones(len(track.is_tracked), np.bool_))
