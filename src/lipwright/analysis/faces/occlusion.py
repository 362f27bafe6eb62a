"""Whether something is in front of the mouth.

The face mesh lays a mouth over a hand or a microphone as readily as over lips, so the pixels must tell. Each
frame keeps the colors under some 130 points of the mesh; at the end, the points round the mouth are compared
with how they look in the track's own good frames. A beard or a moustache is part of that look and raises no
alarm; something that comes and goes does.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from lipwright.analysis.faces.cover import Neighbourhood
from lipwright.analysis.faces.landmarks import INNER_LIP, MEAN_FACE, MIDDLE_LIP_RINGS, N_VERTICES, IndexArray
from lipwright.analysis.faces.lasting_cover import is_foreign, lasting_cover
from lipwright.analysis.faces.missing_lips import LIP_POINTS, RED_POINTS, missing_lips, near_lips
from lipwright.analysis.faces.nan_median import nan_median
from lipwright.scratch import Rows, row_parts

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_BLUR = 7
"""Pixels of the 256-pixel crop, a thirtieth of the face: below that, colors are noise and stubble."""
_WEIGHTS = np.array([0.6, 1.5, 1.5], np.float32)
"""Of lightness and the two color axes of 8-bit Lab: shading changes as a face moves, its tint does not."""
_LEAST_DIFFERENCE = 22.0
"""Weighted Lab; speech and expression stay below it for nine points in ten on clean clips."""
_TIMES_SPREAD = 3.0
OCCLUDED = 0.5
"""Amount from which on a mouth counts as hidden."""
_OCCLUDED_SHARE = 0.25
"""Share of the visible points that must look wrong: clean clips stay below 0.2 in 99 frames of 100, hands and
microphones over the lips give 0.4 to 0.7."""
_ANYTHING = 0.25
"""Amount from which on something is in front of the mouth, if not before the lips."""
_FACING = 0.35
"""Least cosine between a point's normal and the line of sight."""
_LEAST_FRONTAL = 0.7
"""Least cosine between nose and line of sight: the far half of a face turned by over 45 degrees is guessed by
the mesh, and nothing is claimed."""


def _points_near_mouth() -> IndexArray:
    x, y = MEAN_FACE[:, 0], MEAN_FACE[:, 1]
    is_near = (np.abs(x) < 32) & (y > -86) & (y < -23)
    # what shows between open lips is no part of the face's own look
    is_near[np.concatenate([INNER_LIP, MIDDLE_LIP_RINGS[1]])] = False
    return np.flatnonzero(is_near)


def _points_of_reference() -> IndexArray:
    x, y = np.abs(MEAN_FACE[:, 0]), MEAN_FACE[:, 1]
    is_cheek_or_nose = (x > 8) & (x < 45) & (y > -20) & (y < 10)
    is_forehead = (x < 5) & (y > 38)
    return np.flatnonzero(is_cheek_or_nose | is_forehead)


def _normals() -> Float32Array:
    """Unit normals of the average face, from the plane through each point's nearest neighbours."""
    normals = np.empty((N_VERTICES, 3), np.float32)
    for row, point in enumerate(MEAN_FACE):
        near = MEAN_FACE[np.argsort(((MEAN_FACE - point) ** 2).sum(axis=1))[:12]]
        normal = np.linalg.svd(near - near.mean(axis=0))[2][2]
        normals[row] = normal if normal @ (point - (0, point[1], -20)) > 0 else -normal
    return normals


_FRAMES_AT_ONCE = 3000
"""Two minutes know well enough how a face looks; working copies of an hour would take most memory."""
_POINTS_AT_ONCE = 8
"""Of so many frames; for the same reason."""
MOUTH_POINTS = _points_near_mouth()
"""Rows of a landmark array: the points round the mouth at which covers are looked for."""
_REFERENCE = _points_of_reference()
_SAMPLED = np.concatenate([MOUTH_POINTS, _REFERENCE])
_SAMPLED_NORMALS = _normals()[_SAMPLED]
_IS_RED, _IS_SKIN = np.isin(MOUTH_POINTS, RED_POINTS), ~np.isin(MOUTH_POINTS, LIP_POINTS)
_IS_NEAR = near_lips(MOUTH_POINTS[_IS_SKIN])
_NEIGHBOURS = Neighbourhood(MEAN_FACE[MOUTH_POINTS])
N_LOOKED_AT = len(_SAMPLED)
"""Points of the face whose colors are kept."""


def sample_look(
    crop: UInt8Array, points: Float32Array, is_seen: NDArray[np.bool_] | None = None
) -> UInt8Array:
    """The colors that ``find_occlusion`` compares between frames.

    Args:
        crop: uint8 RGB, shape (height, width, 3): the face at about 160 pixels.
        points: float32, shape (N_VERTICES, 2 or more): landmarks in pixels of the crop.
        is_seen: bool, shape (N_VERTICES,): the points that are in the picture; None for all.

    Returns:
        uint8, 8-bit CIE Lab, shape (N_LOOKED_AT, 3); 0 throughout, which is no color, of points that are not.
    """
    x = np.clip(np.rint(points[_SAMPLED, 0]), 0, crop.shape[1] - 1).astype(np.intp)
    y = np.clip(np.rint(points[_SAMPLED, 1]), 0, crop.shape[0] - 1).astype(np.intp)
    # only where samples are is blurred, and only they are brought to Lab: all of the crop would take longer
    # than all the rest
    left, top, reach = max(0, int(x.min()) - _BLUR // 2), max(0, int(y.min()) - _BLUR // 2), _BLUR // 2 + 1
    part = crop[top : int(y.max()) + reach, left : int(x.max()) + reach]
    sampled = cv2.blur(part, (_BLUR, _BLUR))[y - top, x - left]
    look = np.asarray(cv2.cvtColor(sampled[np.newaxis], cv2.COLOR_RGB2LAB)[0], np.uint8)
    if is_seen is not None:
        look[~is_seen[_SAMPLED]] = 0
    return look


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What is in front of a mouth, frame by frame."""

    amount: Float32Array
    """float32, shape (n,), 0 to 1: how surely something is: twice the share of points, up to a half."""
    covered: NDArray[np.bool_]
    """bool, shape (n, len(MOUTH_POINTS)): the points that it hides."""


def find_occlusion(looks: Rows, rotations: Float32Array) -> Occlusion:
    """Compares the mouth of each frame with the track's own good frames.

    Args:
        looks: uint8, shape (n, N_LOOKED_AT, 3): ``sample_look`` of the tracked frames of one track.
        rotations: float32, shape (n, 3, 3): their head pose, canonical to picture axes.
    """
    n_parts = -(-len(looks) // _FRAMES_AT_ONCE)  # equally long: a rest of a second would not know the face
    bounds = [len(looks) * part // n_parts for part in range(n_parts + 1)]
    found = [_occlusion_of(looks[low:high], rotations[low:high]) for low, high in pairwise(bounds)]
    return Occlusion(
        np.concatenate([part.amount for part in found]), np.concatenate([part.covered for part in found])
    )


def _occlusion_of(looks: UInt8Array, rotations: Float32Array) -> Occlusion:
    # the camera looks along z: a normal faces it when its z in the picture is negative
    is_facing = (-(rotations[:, 2] @ _SAMPLED_NORMALS.T) > _FACING) & looks.any(axis=2)
    points, reference = slice(len(MOUTH_POINTS)), slice(len(MOUTH_POINTS), None)
    light = np.concatenate(
        [
            nan_median(_colors(looks[part, reference], is_facing[part, reference]), axis=1)
            for part in row_parts(len(looks))
        ]
    )
    skin = nan_median(light, axis=0)
    mouth = _colors(looks[:, points], is_facing[:, points]) - (light - skin)[:, np.newaxis]
    is_odd, n_visible = np.zeros((len(looks), len(MOUTH_POINTS)), np.bool_), np.zeros(len(looks))
    for first in range(0, len(MOUTH_POINTS), _POINTS_AT_ONCE):
        some = slice(first, min(first + _POINTS_AT_ONCE, len(MOUTH_POINTS)))
        is_odd[:, some], is_visible = _judge(mouth[:, some], skin)
        n_visible += is_visible.sum(axis=1)
    lasting = lasting_cover(mouth, skin, is_odd, _IS_SKIN, _NEIGHBOURS)
    is_odd[:, lasting] = is_foreign(mouth[:, lasting], skin)
    # an occluder stays for some frames; a single odd one is blur or a wide-open mouth
    share = is_odd.sum(axis=1) / np.maximum(1, n_visible)
    steady = median_filter(np.minimum(1.0, OCCLUDED * share / _OCCLUDED_SHARE), 3, mode="nearest")
    free_skin = np.where(is_odd[..., np.newaxis], np.float32(np.nan), mouth)[:, _IS_SKIN]
    hidden_lips = missing_lips(mouth[:, _IS_RED], free_skin, _IS_NEAR, skin, steady < _ANYTHING)
    is_frontal = -rotations[:, 2, 2] > _LEAST_FRONTAL
    covered = (_NEIGHBOURS.covered(is_odd) | is_odd & lasting) & is_frontal[:, np.newaxis]
    amount = np.where(is_frontal, np.maximum(steady, hidden_lips), 0.0)
    return Occlusion(amount.astype(np.float32), covered)


def _colors(looks: UInt8Array, is_facing: NDArray[np.bool_]) -> Float32Array:
    """Weighted Lab of the points that the camera sees, NaN of the others; shape like ``looks``."""
    return np.where(is_facing[..., np.newaxis], looks * _WEIGHTS, np.float32(np.nan))


def _judge(mouth: Float32Array, skin: Float32Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which points differ from the face's own look, and which are seen at all, both shape (n, n_points)."""
    # A microphone may be there most of the time: the face's own look is that of the half of the frames in
    # which the point is most like the skin of the cheeks. A beard is the same in both halves.
    likeness = np.linalg.norm(mouth - skin, axis=-1)
    middle = nan_median(likeness, axis=0)
    own = np.where((likeness <= middle)[..., np.newaxis], mouth, np.nan)
    difference = np.linalg.norm(mouth - nan_median(own, axis=0), axis=-1)
    spread = nan_median(np.where(likeness <= middle, difference, np.nan), axis=0)
    limit = np.maximum(_LEAST_DIFFERENCE, _TIMES_SPREAD * np.nan_to_num(spread))
    return difference > limit, np.isfinite(difference)
