"""Points of a face that something hides in most frames: a microphone that never leaves the chin.

They look as they always do, so that nothing about them is unusual. But what is held before a face moves
beside it: points at its edge are hidden in some frames only, and then they have its color. A neighbour that
has that color in the same frames, and never that of the skin, belongs to it; so, from one to the next, does
all that it hides. A beard has no such edge, but for the blur of its own; and it grows on both sides of the
jaw, where nothing that is held reaches at once.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cover import LEAST_POINTS, Neighbourhood
from lipwright.analysis.faces.nan_median import nan_median

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

_UNLIKE_SKIN = 22.0
"""Weighted Lab: what differs as far from the cheeks in the same light is a beard, a shadow, or no face."""
_ALIKE = 14.0
_LEAST_SHARE, _LEAST_FRAMES = 0.04, 3
"""Of the frames, in which a point at the edge must be hidden. Edges of nothing show in fewer."""
_BEARD_POINTS = 2
"""On either side of the jaw. A bearded man of two shots with 3 and 4 was taken for one with a microphone."""
_ROUNDS = 8
"""From one point to the next: 60 mm and more."""


def is_foreign(colors: Float32Array, skin: Float32Array) -> BoolArray:
    """Where a point does not look like skin; bool, shape (n, n_points), see ``lasting_cover``."""
    return np.asarray(np.nan_to_num(np.linalg.norm(colors - skin, axis=-1)) > _UNLIKE_SKIN, np.bool_)


def lasting_cover(
    colors: Float32Array, skin: Float32Array, is_unusual: BoolArray, is_skin: BoolArray, near: Neighbourhood
) -> BoolArray:
    """Which points something hides in most frames.

    Args:
        colors: float32, shape (n, n_points, 3): weighted Lab, in the face's usual light; NaN of points that
            the camera does not see.
        skin: float32, shape (3,): the cheeks' usual color.
        is_unusual: bool, shape (n, n_points): points that differ from how they mostly look.
        is_skin: bool, shape (n_points,): False of lips, which never look like the skin.
        near: of the points.

    Returns:
        bool, shape (n_points,): they are hidden in the frames in which they do not look like skin, see
        ``is_foreign``.
    """
    foreign = is_foreign(colors, skin)
    n_seen = np.isfinite(colors[..., 0]).sum(axis=0)
    # of most frames: those of less are told from the others as it is
    is_asked = is_skin & (foreign.sum(axis=0) > n_seen / 2)
    found = is_unusual
    is_hidden = np.zeros(len(is_asked), np.bool_)
    if near.on_either_side(is_asked) >= _BEARD_POINTS:
        return is_hidden
    for _ in range(_ROUNDS):
        asked = foreign & is_asked & ~is_hidden
        more = _alike(colors, near.covered(found), asked, near)
        if not more.any():
            break
        is_hidden |= more
        found = np.where(is_hidden, foreign, is_unusual)
    return np.asarray(is_hidden & (is_hidden.sum() >= LEAST_POINTS), np.bool_)


def _alike(colors: Float32Array, covered: BoolArray, asked: BoolArray, near: Neighbourhood) -> BoolArray:
    """The points that have the color of a covered neighbour wherever they do not look like skin.

    Args:
        asked: bool, like ``covered``: which frames of which points.
    """
    n_least = max(_LEAST_FRAMES, _LEAST_SHARE * len(covered))
    is_edge = covered.sum(axis=0) > n_least
    is_alike = np.zeros(len(is_edge), np.bool_)
    for point in np.flatnonzero(asked.any(axis=0)):
        own, frames = colors[:, point], asked[:, point]
        for other in np.flatnonzero(near.beside(point) & is_edge):
            is_alike[point] |= _is_of_it(own, frames, colors[:, other], covered[:, other])
    return is_alike


def _is_of_it(own: Float32Array, asked: BoolArray, others: Float32Array, is_covered: BoolArray) -> bool:
    """Whether a point looks like what covers another one: in the same frames, and in all others too.

    A beard is dark as a microphone is, but another dark.
    """
    apart = np.linalg.norm(own - nan_median(others[is_covered], axis=0), axis=-1)
    parts = [apart[asked & is_covered], apart[asked & ~is_covered]]
    return len(parts[0]) >= _LEAST_FRAMES and all(np.median(part) < _ALIKE for part in parts if len(part))
