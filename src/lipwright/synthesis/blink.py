"""Draws shut eyes: a lid of the skin over the eye comes down, its rim and lashes with it."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import LEFT_EYE, RIGHT_EYE
from lipwright.media.picture import Picture
from lipwright.synthesis import warp
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.eye import Eye, eye_of, lid_height
from lipwright.synthesis.eye_cover import has_cover
from lipwright.synthesis.eye_white import is_white_bare
from lipwright.synthesis.lid import lash_color, lid_skin
from lipwright.synthesis.lid_rim import LidRim, lid_rim
from lipwright.synthesis.target import bounds

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

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
_PLAIN_FROM = 0.12
"""Below this height lashes are part of it."""
_BELOW_SHARE = 0.5
"""Height of the skin that is looked at below an eye, as a share of its width."""
_LINE_SHARE = 0.03
"""So much of the eye's width over its landmarks the rim of the lid surely ends and the eye begins."""
_LASH_SHARE, _LASH_WEIGHT = 0.03, 0.85
"""Height of the line of lashes on the edge of a shut lid, as a share of the eye's width; how dark it is."""
_CORNER_SHARE = 0.05
"""So near to a corner, as a share of the eye's width, a lid fades out."""
_MOST_EYE_LIGHT = 0.58
"""Light of the darkest tenth between the lids, as a share of that of skin: above it no iris is seen. 0.66 on
an eye of a clay statue, up to 0.51 on those of 23 other faces."""
_BEYOND_SHARE = 0.03
"""How far below the lower lid a shut lid comes in the middle, as a share of the eye's width: landmarks lie up
to that much too high, and a rest of the iris would look like a squint."""
_TOP_SHARE = 0.04
"""Over the rim a lid passes into the skin above it within so much of the eye's width."""
_RIM_LIGHT = (0.9, 1.0)
"""Of the light of the skin of the lid: what is lighter between the lashes is a piece of the eye."""


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
        and _eye_light(picture, eye) <= _MOST_EYE_LIGHT
        for eye in (left, right)
    )
    if not can_blink or has_cover(picture, left, right) or is_white_bare(picture, (left, right)):
        return []
    return [left, right]


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
    frame = picture.crop_ycc(box)
    own = replace(eye, origin=eye.origin - np.array([box.left, box.top], np.float32))
    x = np.arange(box.width, dtype=np.float32)[None, :] - own.origin[0]
    y = np.arange(box.height, dtype=np.float32)[:, None] - own.origin[1]
    side = x * eye.across[0] + y * eye.across[1]
    down = y * eye.across[0] - x * eye.across[1]
    edge = lid_rim(frame[..., 0], own)
    fall, is_rim, cover = _lid(eye, closure, side, down, edge)
    skin = lid_skin(frame, own, side, down, edge)
    # landmarks lie too low at times: what would come along below the rim is a piece of the eye
    upper = lid_height(own.upper, side)
    line = upper - np.float32(_LINE_SHARE * own.width)
    rim = warp.fetch(frame, *own.at(side, np.minimum(down - fall, line)))
    lid = skin + (rim - skin) * (is_rim * _is_dark(rim, skin))[..., None]
    lid += (lash_color(frame, own, edge) - lid) * _lashes(own, side, down - upper - fall)[..., None]
    drawn = np.clip(lid + np.float32(0.5), 0, 255).astype(np.uint8)
    mask = (255 * cover + 0.5).astype(np.uint8)
    picture.blend_ycc(box, drawn, mask)
    return Drawing(box, mask)


def _lashes(eye: Eye, side: Float32Array, off: Float32Array) -> Float32Array:
    """Weight of the line of lashes at places so many pixels off the edge of the lid; thin at the corners."""
    line = np.exp(-np.square(off / np.float32(_LASH_SHARE * eye.width)))
    return np.asarray(np.float32(_LASH_WEIGHT) * _off_corners(eye, side) * line, np.float32)


def _is_dark(rim: UInt8Array, skin: Float32Array) -> Float32Array:
    """1 where a rim is darker than the skin of the lid, as lashes are; 0 where it is lighter."""
    low, high = _RIM_LIGHT
    light = rim[..., 0] / np.maximum(skin[..., 0], 1.0)
    return np.asarray(np.clip((high - light) / (high - low), 0, 1), np.float32)


def _off_corners(eye: Eye, side: Float32Array) -> Float32Array:
    """0 at the corners of an eye and beyond them, 1 between."""
    near = np.minimum(side, eye.width - side) / np.float32(_CORNER_SHARE * eye.width)
    return np.asarray(np.clip(near, 0, 1), np.float32)


def _plainness(picture: Picture, eye: Eye) -> float:
    """How alike the skin over an eye is: its darkest tenth over its lightest, of luma above black."""
    x, y = eye.skin(
        np.linspace(0.1, 0.9, 33, dtype=np.float32),
        np.linspace(_PLAIN_FROM, _SKIN_SHARE, 12, dtype=np.float32),
    )
    black = 0 if picture.color.is_full_range else 16
    luma = cv2.remap(picture.luma, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dark, light = np.quantile(luma.astype(np.float32) - black, [0.1, 0.9])
    return float(dark / max(light, 1.0))


def _eye_light(picture: Picture, eye: Eye) -> float:
    """Luma of the darkest tenth between the lids over that of the skin, above or below, that is lighter."""
    side = np.linspace(0.15, 0.85, 25, dtype=np.float32)[None, :] * np.float32(eye.width)
    upper, lower = lid_height(eye.upper, side), lid_height(eye.lower, side)
    inside = upper + np.linspace(0.2, 0.8, 9, dtype=np.float32)[:, None] * (lower - upper)
    skin = np.linspace(0.12, _SKIN_SHARE, 7, dtype=np.float32)[:, None] * np.float32(eye.width)
    black = 0 if picture.color.is_full_range else 16
    between, above, below = (
        cv2.remap(
            picture.luma,
            *eye.at(np.broadcast_to(side, down.shape), down),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ).astype(np.float32)
        - black
        for down in (inside, upper - skin, lower + 0.7 * skin)
    )
    return float(np.quantile(between, 0.1) / max(np.median(above), np.median(below), 1.0))


def _corners(eye: Eye) -> Float32Array:
    """The rectangle that a blink changes or takes colours from, in picture pixels."""
    top = float(eye.upper[:, 1].min()) - _SKIN_SHARE * eye.width
    bottom = float(eye.lower[:, 1].max()) + _BELOW_SHARE * eye.width
    own = np.array([[0, top], [eye.width, top], [0, bottom], [eye.width, bottom]], np.float32)
    turn = np.array([eye.across, [-eye.across[1], eye.across[0]]], np.float32)
    return np.asarray(eye.origin + own @ turn, np.float32)


def _lid(
    eye: Eye, closure: float, side: Float32Array, down: Float32Array, rim: LidRim
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """How far the lid's edge fell; where it is rim and lashes and not skin, 0 to 1; what it covers."""
    upper, lower = lid_height(eye.upper, side), lid_height(eye.lower, side)
    open_by = np.maximum(lower - upper, 0)
    beyond = np.float32(_BEYOND_SHARE * eye.width) * open_by / max(float(open_by.max()), 1e-3)
    fall = np.float32(closure) * (open_by + beyond)
    top, lash = upper - np.float32(rim.height * eye.width), np.float32(_LASH_SHARE * eye.width)
    soft = np.float32(max(0.35 * _LASH_SHARE * eye.width, 0.5))
    is_rim = np.clip((down - top - fall) / (2 * soft) + 0.5, 0, 1)
    cover = np.clip((upper + fall + lash - down) / (2 * soft) + 0.5, 0, 1)
    above = max(min(_TOP_SHARE, rim.band) * eye.width, float(soft))
    cover *= np.clip((down - top) / np.float32(above) + 1, 0, 1)
    cover *= _off_corners(eye, side) * (fall > 0.05)
    return fall, np.asarray(is_rim, np.float32), np.asarray(cover, np.float32)
