"""The noise of a camera, new in every frame and always the same for the same frame."""

import cv2
import numpy as np

from lipwright.samples.canvas import UInt8Array

_STRENGTH = 2.2
"""Standard deviation, in steps of 255."""
_SPARE = 96
"""Pixels by which the stored noise is larger than a frame; every frame cuts out another place."""


class Grain:
    """Monochrome noise for frames of one size."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        """Draws the noise once; frames take differing cuts of it."""
        noise = np.round(rng.normal(0, _STRENGTH, (height + _SPARE, width + _SPARE, 1))).repeat(3, axis=2)
        self._size = (width, height)
        self._lighter = np.clip(noise, 0, 255).astype(np.uint8)
        self._darker = np.clip(-noise, 0, 255).astype(np.uint8)

    def add(self, frame: UInt8Array, frame_index: int) -> UInt8Array:
        """The frame with the noise of one moment; uint8 RGB like the input."""
        # two strides without a common factor with the spare room: 96 * 96 frames until a cut comes again
        left, top = (frame_index * 37) % _SPARE, (frame_index * 61 + frame_index // _SPARE) % _SPARE
        cut = slice(top, top + self._size[1]), slice(left, left + self._size[0])
        return np.asarray(cv2.subtract(cv2.add(frame, self._lighter[cut]), self._darker[cut]), np.uint8)
