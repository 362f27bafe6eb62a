"""Where a donor shows its face, and not what is in front of it: a microphone below its lips stays there."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import warp
from lipwright.synthesis.target import Target

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

_EDGE = 3.0
"""From a point that is hidden to one that is not: only the last third of the way is surely free."""
_SOFT_MM = 1.0
_STEP = 2


def free_share(target: Target, is_hidden: BoolArray) -> Float32Array:
    """How far each pixel may be the donor's.

    Args:
        target: of the mouth.
        is_hidden: bool, shape (N_POINTS,): points of the donor with something in front of them.

    Returns:
        float32, shape of ``target.lip_box``, 0 to 1.
    """
    box = target.lip_box
    values = np.zeros((len(target.points), 1), np.float32)
    values[: len(is_hidden), 0] = is_hidden
    ids = warp.rasterize(target.points, target.triangles, box, _STEP)
    hidden = warp.interpolate(ids, target.triangles, target.points, values, box, _STEP)
    free = 1 - np.clip(_EDGE * hidden.reshape(ids.shape), 0, 1)
    soft = cv2.GaussianBlur(free, (0, 0), max(_SOFT_MM * target.pixels_per_mm / _STEP, 0.6))
    share = cv2.resize(np.minimum(free, soft), (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(share, np.float32)
