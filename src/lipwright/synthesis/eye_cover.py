"""Whether hair or glasses are in front of eyes: drawn down with the lids they would be smeared."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.eye import Eye

Float32Array = NDArray[np.float32]

_SKIN = (0.12, 0.3)
"""Heights over the lid, shares of the eye's width: above the lashes, below the brow."""
_SIDES = (0.05, 0.95)
_STRAND_WIDTH, _SKIN_SAMPLES = 13, (24, 48)
"""Samples: what is narrower than a quarter of the eye is a strand; folds of lids run the other way."""
_MOST_STRAND = 36.0
"""8-bit CIE Lab. Uncovered lids of 21 portraits reach 32, those under strands of hair 40 and more; of 42
strands drawn into portraits 38 do."""
_BRIDGE_WIDTH, _BRIDGE_HEIGHT, _BRIDGE_SAMPLES = 0.12, 0.6, (64, 9)
"""Of the nose between the eyes, half the sides of what is looked at, shares of the distance between them."""
_RIM = 15
"""Samples: what is lower than that along the nose may be the bridge of glasses, which all of them have."""
_MOST_BRIDGE = 22.0
"""Noses of 20 portraits and 32 clips reach 19; those under the wire and the rimless glasses of two clips 27
to 32. Of dark rims drawn into portraits all are found, of pale and thin ones 26 in 42."""


def has_cover(picture: Picture, left: Eye, right: Eye) -> bool:
    """Whether something is before the eyes of a face, as far as it can be told: thin and pale rims may not.

    Args:
        picture: which shows it.
        left: eye, in the picture.
        right: eye.
    """
    corners = [np.stack(eye.at(*_room(eye)), axis=-1) for eye in (left, right)]
    points = np.concatenate(corners)
    low, high = points.min(axis=0), points.max(axis=0)
    box = Box(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1).even()
    lab = cv2.cvtColor(picture.crop_rgb(box), cv2.COLOR_RGB2LAB).astype(np.float32)
    origin = np.array([box.left, box.top], np.float32)
    if max(_strand(lab, origin, eye) for eye in (left, right)) > _MOST_STRAND:
        return True
    return _bridge(lab, origin, left, right) > _MOST_BRIDGE


def _room(eye: Eye) -> tuple[Float32Array, Float32Array]:
    """Corners of all that is looked at round an eye, in its coordinates."""
    far = np.float32(eye.width)
    return np.array([-far, 2 * far, -far, 2 * far]), np.array([-far, -far, far, far])


def _strand(lab: Float32Array, origin: Float32Array, eye: Eye) -> float:
    """How much the skin over a lid differs from that to its left and right, at most, levels."""
    rows, columns = _SKIN_SAMPLES
    x, y = eye.skin(
        np.linspace(*_SIDES, columns, dtype=np.float32), np.linspace(*_SKIN, rows, dtype=np.float32)
    )
    skin = _sampled(lab, x - origin[0], y - origin[1])
    line = _line(skin, np.ones((1, _STRAND_WIDTH), np.uint8)).mean(axis=0)
    half = _STRAND_WIDTH // 2
    return float(np.linalg.norm(line[half:-half].max(axis=0)))


def _bridge(lab: Float32Array, origin: Float32Array, left: Eye, right: Eye) -> float:
    """How much a line across the nose differs from the skin above and below it, levels."""
    start, end = left.origin + left.width * left.across, right.origin
    across = end - start
    length = max(float(np.linalg.norm(across)), 1.0)
    across = across / length
    rows, columns = _BRIDGE_SAMPLES
    side = length * np.linspace(-_BRIDGE_WIDTH, _BRIDGE_WIDTH, columns, dtype=np.float32)[None, :]
    down = length * np.linspace(-_BRIDGE_HEIGHT, _BRIDGE_HEIGHT, rows, dtype=np.float32)[:, None]
    middle = 0.5 * (start + end) - origin
    x = middle[0] + side * across[0] - down * across[1]
    y = middle[1] + side * across[1] + down * across[0]
    profile = np.median(_sampled(lab, x, y), axis=1, keepdims=True).astype(np.float32)
    line = _line(profile, np.ones((_RIM, 1), np.uint8))[:, 0]
    return float(np.linalg.norm(line[_RIM // 2 : -(_RIM // 2)].max(axis=0)))


def _line(image: Float32Array, kernel: NDArray[np.uint8]) -> Float32Array:
    """Of each channel how much lighter or darker, whichever is more, each spot is than what is round it."""
    darker, lighter = (
        cv2.morphologyEx(image, kind, kernel) for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT)
    )
    return np.asarray(np.maximum(darker, lighter), np.float32)


def _sampled(image: Float32Array, x: Float32Array, y: Float32Array) -> Float32Array:
    return np.asarray(
        cv2.remap(
            image,
            np.asarray(x, np.float32),
            np.asarray(y, np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )
