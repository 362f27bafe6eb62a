"""Draws shut eyes: the skin over an eye is drawn down over it, its lashes with it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import LEFT_EYE, RIGHT_EYE
from lipwright.media.picture import Picture
from lipwright.synthesis import warp
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.eye import Eye, eye_of, lid_height
from lipwright.synthesis.eye_cover import has_cover
from lipwright.synthesis.target import bounds

Float32Array = NDArray[np.float32]

_LEAST_WIDTH_PIXELS = 8.0
"""A narrower eye has no lid to speak of."""
_LEAST_APERTURE, _MOST_APERTURE = 0.1, 0.62
"""Height of an open eye as a share of its width: below, it is shut already; drawn eyes are rounder than real
ones, and their lids are not made to shut."""
_SKIN_SHARE = 0.3
"""Height of the skin that gives the lid, as a share of the eye's width: less than up to a low brow."""
_LEAST_PLAIN = 0.3
"""Luma of the darkest tenth of that skin, as a share of the lightest: below, a brow or hair is in it and
would be drawn over the eye. Of 21 portraits three do not blink: two with low dark brows, one whose eyes are
misplaced."""
_LASH_SHARE = 0.03
"""Height of the lashes, which are moved and not stretched, as a share of the eye's width."""
_BEYOND_SHARE = 0.03
"""How far below the lower lid a shut lid comes in the middle, as a share of the eye's width: landmarks lie up
to that much too high, and a rest of the iris would look like a squint."""
_EDGE_SHARE = 0.08
"""Height of the edge of the lid above the lashes' line, which is moved and not stretched either: stretched,
its dark rim would be a stain."""
_END_SLOPE = 1.5
"""How much less than in the mean the skin is stretched where it begins and ends."""


def find_eyes(picture: Picture, landmarks: Float32Array) -> list[Eye]:
    """The eyes of a face that can blink: both, or none.

    Args:
        picture: which shows the face.
        landmarks: float32, shape (N_VERTICES, 2 or 3), picture pixels.
    """
    left, right = (eye_of(landmarks[ring, :2]) for ring in (LEFT_EYE, RIGHT_EYE))
    can_blink = all(
        eye.width >= _LEAST_WIDTH_PIXELS
        and _LEAST_APERTURE <= eye.aperture <= _MOST_APERTURE
        and _plainness(picture, eye) >= _LEAST_PLAIN
        for eye in (left, right)
    )
    return [left, right] if can_blink and not has_cover(picture, left, right) else []


def draw_blink(picture: Picture, eye: Eye, closure: float) -> Drawing | None:
    """Draws an eye partly shut into the picture, in place; samples outside the mask are untouched.

    Args:
        picture: changed.
        eye: found in this picture.
        closure: 0 is open as it is, 1 is shut.
    """
    if closure <= 0.0:
        return None
    box = bounds(_corners(eye), margin=2)
    x = np.arange(box.left, box.right, dtype=np.float32)[None, :] - eye.origin[0]
    y = np.arange(box.top, box.bottom, dtype=np.float32)[:, None] - eye.origin[1]
    side = x * eye.across[0] + y * eye.across[1]
    down = y * eye.across[0] - x * eye.across[1]
    shift, cover = _lid(eye, closure, side, down)
    frame = picture.crop_ycc(box)
    at_x = np.arange(box.width, dtype=np.float32)[None, :] + shift * -eye.across[1]
    at_y = np.arange(box.height, dtype=np.float32)[:, None] + shift * eye.across[0]
    drawn = warp.fetch(frame, at_x.astype(np.float32), at_y.astype(np.float32))
    mask = (255 * cover + 0.5).astype(np.uint8)
    picture.blend_ycc(box, drawn, mask)
    return Drawing(box, mask)


def _plainness(picture: Picture, eye: Eye) -> float:
    """How alike the skin over an eye is: its darkest tenth over its lightest, of luma above black."""
    x, y = eye.skin(
        np.linspace(0.1, 0.9, 33, dtype=np.float32),
        np.linspace(1.5 * _EDGE_SHARE, _SKIN_SHARE, 12, dtype=np.float32),
    )
    black = 0 if picture.color.is_full_range else 16
    luma = cv2.remap(picture.luma, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dark, light = np.quantile(luma.astype(np.float32) - black, [0.1, 0.9])
    return float(dark / max(light, 1.0))


def _corners(eye: Eye) -> Float32Array:
    """The rectangle that a blink may change, in picture pixels."""
    top = float(eye.upper[:, 1].min()) - _SKIN_SHARE * eye.width
    bottom = float(eye.lower[:, 1].max()) + (_BEYOND_SHARE + 2 * _LASH_SHARE) * eye.width
    own = np.array([[0, top], [eye.width, top], [0, bottom], [eye.width, bottom]], np.float32)
    turn = np.array([eye.across, [-eye.across[1], eye.across[0]]], np.float32)
    return np.asarray(eye.origin + own @ turn, np.float32)


def _lid(
    eye: Eye, closure: float, side: Float32Array, down: Float32Array
) -> tuple[Float32Array, Float32Array]:
    """How far below its place each pixel is fetched (above is negative), and how far the lid covers it."""
    upper, lower = lid_height(eye.upper, side), lid_height(eye.lower, side)
    open_by = np.maximum(lower - upper, 0)
    beyond = np.float32(_BEYOND_SHARE * eye.width) * open_by / max(float(open_by.max()), 1e-3)
    fall = np.float32(closure) * (open_by + beyond)
    skin = np.float32((_SKIN_SHARE - _EDGE_SHARE) * eye.width)
    edge = upper + fall
    top, rim = upper - np.float32(_SKIN_SHARE * eye.width), edge - np.float32(_EDGE_SHARE * eye.width)
    along = np.clip((down - top) / (rim - top), 0, 1)
    slope = np.float32(_END_SLOPE)
    eased = along + (slope - 1) * along * (1 - along) * (1 - 2 * along)  # slope at both ends, 1 in the mean
    shift = np.where(down > rim, -fall, top + skin * eased - down)
    lash = np.float32(_LASH_SHARE * eye.width)
    soft = np.float32(max(0.35 * _LASH_SHARE * eye.width, 0.5))
    cover = np.clip((edge + lash - down) / (2 * soft) + 0.5, 0, 1)
    is_lid = (down >= top) & (fall > 0.05) & (side >= 0) & (side <= eye.width)
    return np.asarray(shift, np.float32), np.asarray(np.where(is_lid, cover, 0), np.float32)
