"""Whether the white of an eye reaches past its landmarks: a lid drawn between them would leave it bare."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.eye import Eye, lid_height

Float32Array = NDArray[np.float32]

_BELOW = (0.04, 0.10)
"""Heights below the lower lid that are looked at, shares of the eye's width: a lid reaches no further."""
_SKIN = (0.15, 0.30)
"""Heights below the lower lid at which the skin is surely skin."""
_BESIDE, _BESIDE_HEIGHT = (0.03, 0.12), 0.1
"""How far off the corners, and how far up and down from them, skin is looked at that may be as pale."""
_PALE, _LIGHT = 0.5, 0.9
"""White has less than so much of the chroma of skin and no less than so much of its light."""
_MOST_BARE, _MOST_BESIDE = 0.2, 0.1
"""Shares of what is looked at. Of 48 faces 46 have 0.05 of it below the lids at most; a drawn one whose
landmarks are too high has 0.41. The last has 0.61 below lids that are pale: so is 0.21 of the skin beside."""
_COLUMNS, _ROWS = 33, 7
_LEAST_CHROMA = 4.0
"""Levels: in a grey picture nothing is paler than skin."""


def is_white_bare(picture: Picture, eyes: Sequence[Eye]) -> bool:
    """Whether white is seen below the lower lid of an eye of a face, as its landmarks have it.

    Args:
        picture: which shows the face.
        eyes: of it, at least one.
    """
    shares = np.array([_pale_shares(picture, eye) for eye in eyes])
    return bool(shares[:, 0].max() > _MOST_BARE and shares[:, 1].mean() <= _MOST_BESIDE)


def _pale_shares(picture: Picture, eye: Eye) -> tuple[float, float]:
    """Shares of what lies below the lower lid, and of the skin beside the eye, that are as pale as white."""
    skin = np.median(_colors(picture, eye, *_below(eye, _SKIN)).reshape(-1, 3), axis=0)
    if np.linalg.norm(skin[1:] - 128) < _LEAST_CHROMA:
        return 0.0, 0.0
    bare, beside = (
        _pale_share(_colors(picture, eye, *places), skin) for places in (_below(eye, _BELOW), _beside(eye))
    )
    return bare, beside


def _pale_share(colors: Float32Array, skin: Float32Array) -> float:
    pale = np.linalg.norm(colors[..., 1:] - 128, axis=-1) < _PALE * np.linalg.norm(skin[1:] - 128)
    return float((pale & (colors[..., 0] > _LIGHT * skin[0])).mean())


def _below(eye: Eye, heights: tuple[float, float]) -> tuple[Float32Array, Float32Array]:
    """Places below the lower lid, in the eye's coordinates."""
    side = np.linspace(0.1, 0.9, _COLUMNS, dtype=np.float32)[None, :] * np.float32(eye.width)
    further = np.linspace(*heights, _ROWS, dtype=np.float32)[:, None] * np.float32(eye.width)
    down = lid_height(eye.lower, side) + further
    return np.broadcast_to(side, down.shape), down


def _beside(eye: Eye) -> tuple[Float32Array, Float32Array]:
    """Places off both corners, in the eye's coordinates."""
    off = np.linspace(*_BESIDE, _ROWS, dtype=np.float32)
    side = np.concatenate([-off, 1 + off])[None, :] * np.float32(eye.width)
    down = np.linspace(-_BESIDE_HEIGHT, _BESIDE_HEIGHT, _ROWS, dtype=np.float32)[:, None]
    down = down * np.float32(eye.width) + np.zeros_like(side)
    return np.broadcast_to(side, down.shape), down


def _colors(picture: Picture, eye: Eye, side: Float32Array, down: Float32Array) -> Float32Array:
    """float32 Y'CbCr, shape (*side.shape, 3)."""
    x, y = eye.at(side, down)
    box = Box(int(x.min()), int(y.min()), int(x.max()) + 2, int(y.max()) + 2).even()
    crop = picture.crop_ycc(box)
    x, y = x - np.float32(box.left), y - np.float32(box.top)
    return np.asarray(cv2.remap(crop, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
