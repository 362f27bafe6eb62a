"""What a face expresses, as curves over its frames: brows, lids and mouth corners, without head pose."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import BROW_VERTICES, BROWS, MEASURE_OUTER_CORNERS, rows
from lipwright.analysis.faces.track import FaceTrack
from lipwright.errors import UsageError

Float32Array = NDArray[np.float32]

_EYE_CORNERS = rows(33, 133, 362, 263)
_UPPER_LIDS = rows(160, 159, 158, 385, 386, 387)
_LOWER_LIDS = rows(144, 145, 153, 380, 374, 373)
_INNER_BROWS = np.array([BROW_VERTICES.index(point) for point in (107, 55, 336, 285)])


@dataclass(frozen=True, eq=False)
class ExpressionCurves:
    """Row i is frame ``track.start + i``; canonical mm, NaN where the face was lost."""

    brow_height: Float32Array
    """float32, shape (n,): mean height of the brows above the eye corners."""
    inner_brow_height: Float32Array
    """float32, shape (n,): of the ends of the brows that face one another."""
    lid_opening: Float32Array
    """float32, shape (n,): between upper and lower lids, mean of both eyes."""
    corner_height: Float32Array
    """float32, shape (n,): mean height of the mouth corners; below the eyes, so negative."""


def expression_curves(track: FaceTrack) -> ExpressionCurves:
    """Measures a track.

    Raises:
        UsageError: it was analysed without brows.
    """
    if not track.has_brows:
        raise UsageError("expected a track with brows, found none; analyse with FaceOptions(with_brows=True)")
    height = track.canonical[:, :, 1]
    brows = height[:, BROWS]
    eyes = height[:, _EYE_CORNERS].mean(axis=1)
    return ExpressionCurves(
        brows.mean(axis=1) - eyes,
        brows[:, _INNER_BROWS].mean(axis=1) - eyes,
        height[:, _UPPER_LIDS].mean(axis=1) - height[:, _LOWER_LIDS].mean(axis=1),
        height[:, MEASURE_OUTER_CORNERS].mean(axis=1) - eyes,
    )
