"""Skin that a lower lip uncovers as it goes up: the donor shows more of it than the frame.

A lip that is far down or pushed forward leaves a strip of the chin to be seen, in its shadow. Stretched to
the chin below a lip that is up again, strip and shadow look like a second, open mouth.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis import warp
from lipwright.synthesis.stretched import KEPT, areas
from lipwright.synthesis.target import UNCOVERED_SOFT_MM, Target

Float32Array = NDArray[np.float32]

_GIVEN_UP = 1.7
"""Times its own area: skin that would be stretched by this, and of which the donor shows as much more, is the
donor's. In silence 0.6 cm2 and more are stretched to twice their area in a third of the frames of one speaker
who pushes his lips forward, in 2 to 8 of 100 frames of four others."""
_STEADY = mesh.places((*mesh.NOSE, 205, 425, 50, 280, 36, 266))
"""Places that no mouth moves: they tell how much larger the donor was filmed."""
_STEP = 2


def uncovered_share(target: Target, donor: Float32Array, crop_shape: tuple[int, ...]) -> Float32Array:
    """How far each pixel is to be the donor's, for the frame hardly shows what is to be seen there.

    Args:
        donor: float32, shape (N_POINTS, 2): pixels of its crop.
        crop_shape: its height, its width and more; of what lies outside nothing is taken.

    Returns:
        float32, shape of ``target.lip_box``, 0 to 1; shape () where no skin is stretched.
    """
    triangles, box = target.stretched, target.lip_box
    if not len(triangles):
        return np.zeros((), np.float32)
    shown = areas(donor, triangles) * (_spread(target.source) / _spread(donor)) ** 2
    more = np.minimum(areas(target.points, triangles), shown) / areas(target.source, triangles)
    share = np.clip((more - KEPT) / (_GIVEN_UP - KEPT), 0, 1).astype(np.float32)
    corners = donor[triangles]
    share *= ((corners >= 0) & (corners < crop_shape[1::-1])).all(axis=(1, 2))
    ids = warp.rasterize(target.points, triangles, box, _STEP)
    field = np.append(share, np.float32(0))[ids]  # the last one is that of no triangle, -1
    soft = cv2.GaussianBlur(field, (0, 0), max(UNCOVERED_SOFT_MM * target.pixels_per_mm / _STEP, 0.6))
    return np.asarray(cv2.resize(soft, (box.width, box.height), interpolation=cv2.INTER_LINEAR), np.float32)


def _spread(points: Float32Array) -> float:
    steady = points[_STEADY]
    return max(float(np.linalg.norm(steady - steady.mean(axis=0))), 1e-6)
