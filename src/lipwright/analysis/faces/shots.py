"""Where the video cuts from one shot to another."""

import math
from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture

Float32Array = NDArray[np.float32]

_SIZE = (48, 36)
_READ_WIDTH = 480
_BLOCK = 6
_LEAST_CHANGE = 0.2
"""Measured on 37 real clips: cuts change half of the picture by 0.31 and more; graphics that pop up, whip
pans and people who jump about stay below 0.09."""
_TIMES_USUAL = 2.5
_MOST_SHIFT = (20, 12)
"""Thumbnail pixels, right and down, by which a camera may move the picture in one frame."""
_MEMORY = 12
"""Frames whose motion counts as usual: about half a second."""


class ShotDetector:
    """Says of each frame, in order, whether a new shot starts with it.

    Frames are compared as thumbnails. A cut changes most of the picture at once, and more than the motion
    just before it did; flashes, fades, pop-up graphics and moves of the camera do not count.
    """

    def __init__(self) -> None:
        """Starts before the first frame."""
        self._last: Float32Array | None = None
        self._changes: deque[float] = deque(maxlen=_MEMORY)

    def push(self, picture: Picture) -> bool:
        """True when this frame is the first of a shot; always so for the first frame of the video."""
        # reading every pixel of a large picture for a thumbnail would cost as much as finding its faces
        step = max(1, picture.width // _READ_WIDTH)
        read = np.ascontiguousarray(picture.luma[::step, ::step])
        thumbnail = cv2.resize(read, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        last, self._last = self._last, thumbnail
        if last is None:
            return True
        change = typical_change(last, thumbnail)
        if change > _LEAST_CHANGE:
            change = min(change, typical_change(*_overlap(last, thumbnail)))
        usual = max(self._changes, default=0.0)
        if change > _LEAST_CHANGE and change > _TIMES_USUAL * usual:
            self._changes.clear()
            return True
        self._changes.append(change)
        return False


def typical_change(one: Float32Array, other: Float32Array) -> float:
    """How much the middle one of all blocks of a picture changed, in units of the picture's contrast.

    The median over blocks ignores whatever happens in less than half of the picture. The frames are compared
    as they are and with brightness and contrast removed, and the smaller change counts: a flash explains the
    one, a graphic so bright that it shifts brightness and contrast of the whole the other.

    Args:
        one: float32 luma, 0 to 255, shape (height, width) of at least 6 pixels each.
        other: the same part of the next frame.
    """
    # 2 grey levels are added to the contrast, so that noise in a nearly black picture is not blown up
    contrast, other_contrast = one.std() + 2.0, other.std() + 2.0
    plain = (one - other) / min(contrast, other_contrast)
    relative = (one - one.mean()) / contrast - (other - other.mean()) / other_contrast
    return min(_middle_block(plain), _middle_block(relative))


def _middle_block(difference: Float32Array) -> float:
    rows, columns = difference.shape[0] // _BLOCK, difference.shape[1] // _BLOCK
    whole = np.abs(difference[: rows * _BLOCK, : columns * _BLOCK])
    blocks = whole.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    return float(np.median(blocks))


def _overlap(one: Float32Array, other: Float32Array) -> tuple[Float32Array, Float32Array]:
    """What both thumbnails show when the camera moved between them: the parts that lie on each other."""
    # copies, because OpenCV 4.11 multiplies the window into its arguments
    (right, down), _ = cv2.phaseCorrelate(
        one.copy(), other.copy(), cv2.createHanningWindow(_SIZE, cv2.CV_32F)
    )
    right, down = (max(-most, min(most, shift)) for shift, most in zip((right, down), _MOST_SHIFT))
    moved = cv2.warpAffine(
        one, np.array([[1, 0, right], [0, 1, down]]), _SIZE, borderMode=cv2.BORDER_REPLICATE
    )
    height, width = one.shape
    rows = slice(max(0, math.ceil(down)), height - max(0, math.ceil(-down)))
    columns = slice(max(0, math.ceil(right)), width - max(0, math.ceil(-right)))
    return np.asarray(moved, np.float32)[rows, columns], other[rows, columns]
