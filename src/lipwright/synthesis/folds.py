"""Folds: the light and shade that an expression puts on skin, which moving the skin alone does not.

A face that is only bent reads weakly: what tells a smile from a wide mouth is the fold from the nose to the
corner and the cheek over it, what tells anger from a lowered brow the furrow between the brows. Each fold
is a soft line through places of the face, darker or lighter than the skin by a share, so that it takes on
whatever light and colour the skin has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.face_map import FaceMap, places

Float32Array = NDArray[np.float32]

_FINE_MM, _BROAD_MM = 1.1, 4.5
"""Standard deviations of the two profiles of a fold: its line, and the slope beside it."""
_SAMPLES = 20
"""Pieces of a curve."""
_STEP = 2
"""Shade is soft: one sample every two pixels is enough."""
_MIDDLE_SHARE = 0.16
"""Of a fold's length, the standard deviation of its shallow middle."""
_SHIFT = 4
"""Bits after the point in the coordinates of lines."""
_LEAST_SPREAD = 0.6
"""Samples: narrower Gaussians are not what they say."""
_LINE_WIDTH = 1.3
"""Samples: of what OpenCV draws as a smooth line of width 1."""
_LEAST = 0.004
"""Share below which shade is not drawn: less than a level."""
_BLACK = 16.0
"""Luma of black in video range: what is shaded goes towards it."""


@dataclass(frozen=True)
class Knot:
    """A place of a face, and its mirror image, that a fold is drawn towards."""

    left: int
    """Point of the face mesh that is left in the picture."""
    right: int
    """Its mirror image."""
    outward: float
    """From there away from the middle of the face, in eye distances."""
    up: float


@dataclass(frozen=True)
class Fold:
    """A soft line on either side of a face: a Bezier curve of its knots that begins and ends in nothing."""

    knots: tuple[Knot, ...]
    fine: float
    """Share of the light that its line takes; negative gives."""
    broad: float
    """Likewise, of its slope."""
    is_across: bool = False
    """Whether it runs from one side of the face to the other: there is but one of it."""
    middle: float = 1.0
    """Depth at its middle against that of its halves: what draws the lines of a forehead is a muscle of two
    bellies, between which they are shallow."""


_NOSE_TO_CORNER = (
    Knot(129, 358, 0.03, 0.04),
    Knot(129, 358, 0.15, -0.07),
    Knot(61, 291, 0.15, 0.10),
    Knot(61, 291, 0.10, -0.12),
)
_BESIDE_NOSE = (
    Knot(129, 358, 0.00, 0.12),
    Knot(129, 358, 0.08, 0.02),
    Knot(129, 358, 0.17, -0.12),
    Knot(61, 291, 0.12, 0.06),
)
_UNDER_EYE = (
    Knot(33, 263, 0.03, -0.05),
    Knot(145, 374, 0.05, -0.17),
    Knot(145, 374, -0.08, -0.17),
    Knot(133, 362, 0.0, -0.07),
)
_CHEEK = (Knot(117, 346, 0.02, -0.02), Knot(50, 280, -0.04, 0.02), Knot(50, 280, 0.10, 0.04))
_BETWEEN_BROWS = (Knot(107, 336, -0.06, 0.07), Knot(55, 285, -0.055, 0.02), Knot(55, 285, -0.03, -0.12))
_UNDER_BROW = (Knot(55, 285, -0.02, -0.05), Knot(52, 282, 0.0, -0.055), Knot(53, 283, 0.04, -0.05))
_ACROSS_NOSE = (
    Knot(193, 417, 0.02, -0.03),
    Knot(6, 6, 0.0, 0.03),
    Knot(417, 193, -0.02, -0.03),
)
_UNDER_CORNER = (Knot(61, 291, 0.0, 0.01), Knot(61, 291, 0.06, -0.06), Knot(61, 291, 0.05, -0.19))
_UNDER_LIP = (
    Knot(84, 314, 0.14, -0.05),
    Knot(84, 314, 0.05, -0.13),
    Knot(314, 84, -0.05, -0.13),
    Knot(314, 84, -0.14, -0.05),
)
_MID_FOREHEAD = (
    Knot(105, 334, 0.0, 0.10),
    Knot(107, 336, 0.0, 0.22),
    Knot(336, 107, 0.0, 0.22),
    Knot(334, 105, 0.0, 0.10),
)
_FOREHEAD_LOW = (
    Knot(63, 293, 0.04, 0.10),
    Knot(105, 334, 0.0, 0.20),
    Knot(334, 105, 0.0, 0.20),
    Knot(293, 63, -0.04, 0.10),
)
_FOREHEAD_HIGH = (
    Knot(63, 293, 0.0, 0.22),
    Knot(105, 334, 0.0, 0.32),
    Knot(334, 105, 0.0, 0.32),
    Knot(293, 63, 0.0, 0.22),
)

_LINE, _RIDGE, _BETWEEN_BELLIES = 0.10, -0.08, 0.4
"""Of lines of the forehead: the skin below one bulges and catches light."""


def _forehead(knots: tuple[Knot, ...], line: float) -> tuple[Fold, ...]:
    """A line across the forehead and the ridge of skin under it."""
    below = tuple(Knot(knot.left, knot.right, knot.outward, knot.up - 0.04) for knot in knots)
    return (
        Fold(knots, line, 0.03, is_across=True, middle=_BETWEEN_BELLIES),
        Fold(below, _RIDGE, 0.0, is_across=True, middle=_BETWEEN_BELLIES),
    )


FOLDS: dict[int, tuple[Fold, ...]] = {
    1: (Fold(_MID_FOREHEAD, 0.11, 0.04, is_across=True),),
    2: (*_forehead(_FOREHEAD_LOW, _LINE), *_forehead(_FOREHEAD_HIGH, 0.8 * _LINE)),
    4: (Fold(_BETWEEN_BROWS, 0.16, 0.10), Fold(_UNDER_BROW, 0.0, 0.16)),
    6: (Fold(_UNDER_EYE, 0.09, 0.06), Fold(_CHEEK, 0.0, -0.11)),
    9: (Fold(_BESIDE_NOSE, 0.10, 0.07), Fold(_ACROSS_NOSE, 0.10, 0.05, is_across=True)),
    10: (Fold(_BESIDE_NOSE, 0.09, 0.07),),
    12: (Fold(_NOSE_TO_CORNER, 0.20, 0.15),),
    15: (Fold(_UNDER_CORNER, 0.12, 0.10),),
    17: (Fold(_UNDER_LIP, 0.06, 0.13, is_across=True),),
}
"""Folds by action unit."""


@dataclass(frozen=True, eq=False)
class FoldedFace:
    """A face of one frame, and where an expression has moved it."""

    face: FaceMap
    row: int
    """Of the frame in ``face``."""
    follow: Callable[[Float32Array], Float32Array]
    """Where points of the frame went."""
    box: Box
    """Round the whole face, in the picture, with even edges."""
    free: Float32Array | None = None
    """float32, shape (box.height / 2, box.width / 2), 0 to 1: 0 on what is in front of the face, where no
    fold lies; None when nothing is."""


def shade_folds(picture: Picture, folded: FoldedFace, units: Mapping[int, float]) -> Drawing | None:
    """Draws the folds of action units into a picture, in place; None when there are none.

    Args:
        picture: changed; outside the mask of the drawing every sample stays.
        folded: the face.
        units: action units and how strongly each takes part, 0 to 1.
    """
    lines = [
        (share * fold.fine, share * fold.broad, curve, _levels(fold))
        for unit, share in units.items()
        for fold in FOLDS.get(unit, ())
        for curve in _curves(fold, folded)
    ]
    if not lines:
        return None
    scale, box = float(folded.face.scales[folded.row]), folded.box
    shade = _shade([(fine, curve, levels) for fine, _, curve, levels in lines], box, _FINE_MM * scale)
    shade += _shade([(broad, curve, levels) for _, broad, curve, levels in lines], box, _BROAD_MM * scale)
    if folded.free is not None:
        shade *= folded.free
    shade = np.asarray(cv2.resize(shade, (box.width, box.height), interpolation=cv2.INTER_LINEAR), np.float32)
    return _darken(picture, box, shade)


def _darken(picture: Picture, box: Box, shade: Float32Array) -> Drawing:
    """Takes a share of its light from every place of a box: float32, shape (box.height, box.width)."""
    is_shaded = np.abs(shade) > _LEAST
    luma = picture.luma[box.top : box.bottom, box.left : box.right]
    lit = _BLACK + (luma - np.float32(_BLACK)) * np.exp(-shade)
    luma[is_shaded] = np.clip(lit + np.float32(0.5), 0, 255).astype(np.uint8)[is_shaded]
    return Drawing(box, is_shaded.astype(np.uint8) * np.uint8(255))


def _curves(fold: Fold, folded: FoldedFace) -> list[Float32Array]:
    """A fold on either side, or across: each float32, shape (_SAMPLES + 1, 2), picture pixels."""
    face, row = folded.face, folded.row
    unit = float(face.scales[row]) * face.eye_distance
    right, up = (unit * face.rotations[row][:2, axis] for axis in (0, 1))
    curves = []
    for side in (-1,) if fold.is_across else (-1, 1):
        numbers = places(*(knot.left if side < 0 else knot.right for knot in fold.knots))
        away = np.array([(side * knot.outward, knot.up) for knot in fold.knots], np.float32)
        knots = folded.follow(face.points[row, numbers]) + away @ np.stack([right, up])
        curves.append(np.asarray(_BERNSTEIN[len(fold.knots)] @ knots, np.float32))
    return curves


def _levels(fold: Fold) -> list[float]:
    """0 to 255 for each piece of a fold's curves: its ends fade, and its middle if it is shallow."""
    t = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    middle = (1 - fold.middle) * np.exp(-0.5 * np.square((t - 0.5) / _MIDDLE_SHARE))
    return list((255 * np.sin(np.pi * t) ** 0.7 * (1 - middle)).tolist())


def _bernstein(n_knots: int) -> Float32Array:
    """What each knot counts at each sample of a Bezier curve, shape (_SAMPLES + 1, n_knots)."""
    t = np.linspace(0, 1, _SAMPLES + 1)[:, None]
    k = np.arange(n_knots)
    return np.asarray(comb(n_knots - 1, k) * t**k * (1 - t) ** (n_knots - 1 - k), np.float32)


_BERNSTEIN = {n_knots: _bernstein(n_knots) for n_knots in (2, 3, 4)}


def _shade(lines: list[tuple[float, Float32Array, list[float]]], box: Box, sigma: float) -> Float32Array:
    """The shade of curves of one width, each with its depth and levels, at every second pixel of a box."""
    total = np.zeros((box.height // _STEP, box.width // _STEP), np.float32)
    corner = np.array([box.left, box.top], np.float32)
    for depth, curve, levels in lines:
        at = np.round(((curve - corner + 0.5) / _STEP - 0.5) * (1 << _SHIFT)).astype(int).tolist()
        line = np.zeros(total.shape, np.uint8)
        for start, stop, level in zip(at[:-1], at[1:], levels, strict=True):
            cv2.line(line, start, stop, (level,), 1, cv2.LINE_AA, _SHIFT)
        total += np.float32(depth / 255) * line
    spread = max(sigma / _STEP, _LEAST_SPREAD)
    whole = np.float32(np.sqrt(2 * np.pi) * spread / _LINE_WIDTH)  # a line blurred loses this factor
    return np.asarray(whole * cv2.GaussianBlur(total, (0, 0), spread), np.float32)
