"""Where the video cuts from one shot to another."""

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture

_SIZE = (32, 18)
_LEAST_DISTANCE = 0.1
"""A picture that keeps nine tenths of its structure is no cut, however still it was before."""
_MEMORY = 12


class ShotDetector:
    """Says of each frame, in order, whether a new shot starts with it.

    Frames are compared as thumbnails with brightness and contrast removed, so that flashes and fades of the
    light do not count; a cut must also stand out from the motion just before it, so that a shaken camera does
    not either.
    """

    def __init__(self) -> None:
        """Starts before the first frame."""
        self._last: NDArray[np.float32] | None = None
        self._distances: deque[float] = deque(maxlen=_MEMORY)

    def push(self, picture: Picture) -> bool:
        """True when this frame is the first of a shot; always so for the first frame of the video."""
        thumbnail = cv2.resize(picture.luma, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        last, self._last = self._last, thumbnail
        if last is None:
            return True
        distance = structure_distance(last, thumbnail)
        usual = max(self._distances, default=0.0)
        if distance > _least_cut(usual):
            self._distances.clear()
            return True
        self._distances.append(distance)
        return False


def _least_cut(usual: float) -> float:
    # Measured on real cuts and real motion: cuts stand out at least fivefold from a calm shot; in a wild
    # one (whip pans reach 0.3) nothing stands out that far, and a cut loses most of the structure instead.
    return max(_LEAST_DISTANCE, min(0.05 + 4.0 * usual, 0.5 + 0.5 * usual))


def structure_distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """How differently two thumbnails are built, 0 (alike up to brightness and contrast) to 1 (unrelated).

    One minus their correlation, at most 1. Two flat pictures are alike; a flat one and another are not.
    """
    one, other = one - one.mean(), other - other.mean()
    energy, other_energy = float((one**2).mean()), float((other**2).mean())
    # 2 grey levels of noise are added to both, so that nearly flat pictures do not correlate by chance
    shared = float((one * other).mean()) + 4.0
    return 1.0 - max(0.0, shared / float(np.sqrt((energy + 4.0) * (other_energy + 4.0))))
