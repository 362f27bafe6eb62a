"""A face without what is in front of it: skin that moves takes none of it along."""

import cv2
import numpy as np
from numpy.typing import NDArray

UInt8Array = NDArray[np.uint8]

_HALF = 127
"""What is less than half in front is skin, and would be missed where it is seen."""
_LEAST_MM = 2.0
"""Half the width of the narrowest thing: slivers of its shadow, as seen from the mouth, are skin."""
_SPREAD_MM = 6.0
"""Skin that is so near tells what the skin behind it may look like."""
_STEP = 4
_LEAST_SHARE = 1e-3
"""Of what is seen about a place; with less, nothing is known of it."""


def without(frame: UInt8Array, front: UInt8Array, pixels_per_mm: float) -> UInt8Array:
    """The frame with the smooth color of the skin about it in place of what is in front.

    Args:
        frame: uint8, shape (height, width, 3).
        front: uint8, shape (height, width): 0 where nothing is in front.
        pixels_per_mm: of the face.

    Returns:
        uint8, shape (height, width, 3): as the frame is where nothing is in front, nor hardly beside it.
    """
    is_thing, disc = (front > _HALF).astype(np.uint8), _disc(_LEAST_MM * pixels_per_mm)
    is_broad = cv2.morphologyEx(is_thing, cv2.MORPH_OPEN, disc)
    is_front = np.minimum(is_thing, cv2.dilate(is_broad, disc))  # opened, corners would be lost as well
    height, width = is_front.shape
    size = (max(1, width // _STEP), max(1, height // _STEP))
    seen = cv2.resize(1 - is_front.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    shown = (frame * (1 - is_front)[..., np.newaxis]).astype(np.float32)
    sums = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    sigma = max(_SPREAD_MM * pixels_per_mm / _STEP, 1.0)
    share = cv2.GaussianBlur(seen, (0, 0), sigma)
    smooth = cv2.GaussianBlur(sums, (0, 0), sigma) / np.maximum(share, _LEAST_SHARE)[..., np.newaxis]
    whole = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    known = cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR) > _LEAST_SHARE
    is_filled = (is_front > 0) & known
    return np.where(is_filled[..., np.newaxis], np.rint(whole).clip(0, 255).astype(np.uint8), frame)


def _disc(radius: float) -> UInt8Array:
    """A kernel of that many pixels to each side."""
    size = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
