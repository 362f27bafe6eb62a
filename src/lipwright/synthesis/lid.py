"""The skin of a shut lid: what is above and below an open eye, carried on over it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis.eye import Eye, lid_height
from lipwright.synthesis.lid_rim import LidRim

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_COLUMNS = 48
"""Samples along an eye."""
_BELOW = (0.10, 0.18)
"""Heights of skin below the lower lid, shares of the eye's width: past the lashes and their shadow."""
_LIKE = 0.75
"""Along a lid the skin above and that below are in the same light to within so much, either way: where it is
much darker above there are lashes, where it is much lighter a brow bone that the lid does not reach."""
_LIT_SHARE = 0.12
"""What is left of such places passes into the rest over so much of the eye's width."""
_LEAST_LIGHT = 0.85
"""A shut lid comes forward into the light of the skin below the eye: of 42 lids over open eyes the median has
0.95 of it, and those with less than this are in the shade of a brow or of lashes that are painted broad."""
_SHADE_TINT = 2.0
"""What is dim is pale too: the tint is the skin's by so many times the share of light that is lacking."""
_BELOW_WEIGHT = 0.4
"""Of its colour on a lid's edge, which bulges into the same light."""
_SMOOTHING_SHARE = 0.05
"""Colours are smooth along the lid by so much of the eye's width."""
_LASH_LIGHT = 0.5
"""The line on which lids meet has at most so much of the light of the skin below the eye."""
_BULGE = 0.06
"""How much lighter the middle of a lid is than its corners."""
_GRAIN_SIGMA_SHARE, _MOST_GRAIN = 0.025, 1.5
"""What is finer is grain; what is stronger than so many times its median is a hair or a fold."""
_GRAIN_BELOW_SHARE, _GRAIN_PACE = 0.1, 0.6
"""It is taken from so far below the eye on, as a share of its width, and drawn out a little."""


def lid_skin(
    frame: UInt8Array, eye: Eye, side: Float32Array, down: Float32Array, rim: LidRim
) -> Float32Array:
    """The skin of a lid that is drawn down over the eye.

    Args:
        frame: uint8 Y'CbCr, shape (height, width, 3): round the open eye.
        eye: with its origin in pixels of ``frame``.
        side: float32, shape (height, width): the eye's own coordinates of each pixel.
        down: float32, same shape.
        rim: of the upper lid.

    Returns:
        float32 Y'CbCr, shape (height, width, 3); of use over the lid only.
    """
    upper, lower = lid_height(eye.upper, side), lid_height(eye.lower, side)
    top = upper - np.float32(rim.height * eye.width)
    along = np.clip((down - top) / np.maximum(lower - top, 1.0), 0, 1)
    above = _row(frame, eye, rim.height + np.array([0.0, 0.5, 1.0], np.float32) * np.float32(rim.band))
    below = _row(frame, eye, -(_aperture(eye) + np.linspace(*_BELOW, 3, dtype=np.float32)[:, None]))
    places = np.clip(side * np.float32((_COLUMNS - 1) / eye.width), 0, _COLUMNS - 1)
    none = np.zeros_like(places)
    above = _lit_as(above, below)
    color, other = (
        cv2.remap(row, places, none, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for row in (above, below)
    )
    skin = color + (other - color) * (np.float32(_BELOW_WEIGHT) * along[..., None])
    across = 2 * side / np.float32(eye.width) - 1
    bulge = np.sin(np.float32(np.pi) * along) * np.clip(1 - np.square(across), 0, 1)
    skin[..., 0] *= 1 + np.float32(_BULGE) * bulge
    # mirrored at the lower lid: over the upper one are lashes and folds
    mirrored = lower + np.float32(_GRAIN_BELOW_SHARE * eye.width) + np.float32(_GRAIN_PACE) * (lower - down)
    skin[..., 0] += _grain(frame[..., 0], eye, side, mirrored)
    return np.asarray(skin, np.float32)


def lash_color(frame: UInt8Array, eye: Eye, rim: LidRim) -> Float32Array:
    """What is darkest on the rim of an eye's upper lid, and dark in any case: float32 Y'CbCr, shape (3,).

    Args:
        frame: uint8 Y'CbCr, shape (height, width, 3).
        eye: with its origin in pixels of ``frame``.
        rim: of the upper lid.
    """
    heights = np.linspace(0.0, rim.height, 8, dtype=np.float32)
    x, y = eye.skin(np.linspace(0.15, 0.85, _COLUMNS, dtype=np.float32), heights)
    samples = cv2.remap(frame, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    darkest = np.argmin(samples[..., 0], axis=0)
    found = np.median(samples[darkest, np.arange(_COLUMNS)], axis=0)
    skin = np.median(_row(frame, eye, -(_aperture(eye) + np.float32(_BELOW[1]))[None, :]), axis=(0, 1))
    most = np.array([_LASH_LIGHT * skin[0], *skin[1:]])
    return np.asarray(found if found[0] <= most[0] else most, np.float32)


def _lit_as(above: Float32Array, below: Float32Array) -> Float32Array:
    """Colours above an eye, but where they are lit otherwise than those below: shape (1, _COLUMNS, 3)."""
    above = _out_of_shade(above, below)
    ratio = above[..., 0] / np.maximum(below[..., 0], 1.0)
    usual = float(np.median(ratio))
    lit = above.copy()
    lit[..., 0] *= np.clip(ratio, _LIKE * usual, usual / _LIKE) / np.maximum(ratio, 1e-3)
    strange = np.abs(lit[..., 0] - above[..., 0]) / np.maximum((1 - _LIKE) * lit[..., 0], 1.0)
    tint = np.median(above[..., 1:], axis=1, keepdims=True)
    lit[..., 1:] += (tint - lit[..., 1:]) * np.clip(strange, 0, 1)[..., None]
    return np.asarray(cv2.GaussianBlur(lit, (0, 0), _LIT_SHARE * _COLUMNS, sigmaY=0.1), np.float32)


def _out_of_shade(above: Float32Array, below: Float32Array) -> Float32Array:
    """Colours above an eye at least nearly as light as those below; what was dim takes on their tint too."""
    light, skin = above[..., :1], np.maximum(below[..., :1], 1.0)
    usual = max(float(np.median(light / skin)), 0.1)
    if usual >= _LEAST_LIGHT:
        return above
    more = np.float32(_LEAST_LIGHT / usual)
    own, of_skin = more * (above[..., 1:] - 128), more * light / skin * (below[..., 1:] - 128)
    share = np.float32(min(1.0, _SHADE_TINT * (1 - usual / _LEAST_LIGHT)))
    return np.concatenate([more * light, 128 + own + share * (of_skin - own)], axis=-1, dtype=np.float32)


def _aperture(eye: Eye) -> Float32Array:
    """Height of the opening at each column, shares of the eye's width: float32, shape (_COLUMNS,)."""
    side = np.linspace(0, eye.width, _COLUMNS, dtype=np.float32)
    return np.asarray((lid_height(eye.lower, side) - lid_height(eye.upper, side)) / eye.width, np.float32)


def _row(frame: UInt8Array, eye: Eye, heights: Float32Array) -> Float32Array:
    """Colours along the eye, medians over heights over its upper lid: float32, shape (1, _COLUMNS, 3)."""
    sides = np.linspace(0, 1, _COLUMNS, dtype=np.float32)
    heights = np.broadcast_to(heights if heights.ndim == 2 else heights[:, None], (len(heights), _COLUMNS))
    side = np.broadcast_to(sides * np.float32(eye.width), heights.shape)
    down = lid_height(eye.upper, side) - heights * np.float32(eye.width)
    samples = cv2.remap(frame, *eye.at(side, down), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    row = np.median(samples.astype(np.float32), axis=0, keepdims=True).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(row, (0, 0), _SMOOTHING_SHARE * _COLUMNS, sigmaY=0.1), np.float32)


def _grain(luma: UInt8Array, eye: Eye, side: Float32Array, down: Float32Array) -> Float32Array:
    """The grain of the skin at other places, without its hairs and folds; float32, shape of ``side``."""
    image = luma.astype(np.float32)
    fine = image - cv2.GaussianBlur(image, (0, 0), max(_GRAIN_SIGMA_SHARE * eye.width, 1.0))
    x, y = eye.at(side, down)
    grain = cv2.remap(fine, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    most = np.float32(_MOST_GRAIN) * float(np.median(np.abs(fine)))
    return np.asarray(np.clip(grain, -most, most), np.float32)
