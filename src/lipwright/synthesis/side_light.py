"""Light that falls on a mouth from one side: the other half of its lips, and of its teeth, is dimmer."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_mask

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_HALF = 0.2, 0.8
"""Places from the middle of the mouth, 0, to a corner, 1, that stand for a half: on average 0.5."""
_SKIN_MM = 2.0, 7.0
"""How far off the lips skin is looked at."""
_MOUTH_MM = 48.0
"""From corner to corner, as is usual."""
_FEWEST_PIXELS = 8
_MOST = 1.0
"""Of 37 faces the dimmest half of a mouth has 0.42 of the light of the other, a logarithm of 0.87."""


def side_light(luma: UInt8Array, mouth: Float32Array, black: float) -> float:
    """How unequally a mouth is lit.

    Lips and the skin round them must agree, and the lesser of the two counts: half a moustache and the
    shadow beside a nose are no light.

    Args:
        luma: uint8, shape (height, width): shows the mouth.
        mouth: float32, shape (N_POINTS, 2): pixels of it.
        black: luma of black.

    Returns:
        Natural logarithm of light at the middle of one half of the mouth, that of its second corner (at the
        right in the picture if the head is upright), over that of the other; 0 is even, -1 to 1.
    """
    lips = lip_mask(mouth, luma.shape) > 0
    found = [_unevenness(luma, mouth, black, where) for where in (lips, _skin(mouth, luma.shape))]
    if min(found) * max(found) <= 0:
        return 0.0
    return float(np.clip(min(found, key=abs), -_MOST, _MOST))


def _unevenness(luma: UInt8Array, mouth: Float32Array, black: float, where: NDArray[np.bool_]) -> float:
    """The logarithm for the places of one kind; 0 where a half is not seen."""
    corners = mouth[mesh.INNER][[0, 10]]
    middle, across = corners.mean(axis=0), 0.5 * (corners[1] - corners[0])
    rows, columns = np.nonzero(where)
    side = ((columns - middle[0]) * across[0] + (rows - middle[1]) * across[1]) / max(
        float(across @ across), 1.0
    )
    light = np.maximum(luma[rows, columns].astype(np.float32) - black, 1.0)
    low, high = _HALF
    left, right = (light[(low < turned) & (turned < high)] for turned in (-side, side))
    if min(len(left), len(right)) < _FEWEST_PIXELS:
        return 0.0
    return float(np.log(np.median(right) / np.median(left)))


def _skin(mouth: Float32Array, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The skin round the lips."""
    outer = mouth[mesh.OUTER]
    outside = np.full(shape[:2], 255, np.uint8)
    cv2.fillPoly(outside, [np.round(outer * 16).astype(np.int32)], (0,), cv2.LINE_8, 4)
    pixels_per_mm = float(np.linalg.norm(outer[10] - outer[0])) / _MOUTH_MM
    off = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_3)
    low, high = (reach * pixels_per_mm for reach in _SKIN_MM)
    return np.asarray((low < off) & (off < high), np.bool_)
