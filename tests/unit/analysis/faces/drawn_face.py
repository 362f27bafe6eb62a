"""A shaded cartoon face, drawn well enough for the face mesh to track it, and clips made of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture

UInt8Array = NDArray[np.uint8]

_SKIN = (224, 172, 138)
_SHADE = (170, 112, 84)
_LIP = (176, 78, 80)

LEAST_OPENING = 0.012
"""Height of the dark line between closed lips, as a share of the face."""


def draw_face(
    canvas: UInt8Array, center: tuple[float, float], height: float, opening: float = 0.0
) -> UInt8Array:
    """The canvas with a frontal face on it.

    Args:
        canvas: uint8 RGB, shape (height, width, 3); left as it is.
        center: x, y of the middle of the face, pixels.
        height: forehead to chin, pixels.
        opening: height of the mouth's opening as a share of the face, 0 to 0.2.
    """
    image = canvas.copy()
    x, y = center
    unit = height / 200.0

    def at(dx: float, dy: float) -> tuple[int, int]:
        return round((x + dx * unit) * 16), round((y + dy * unit) * 16)

    def ellipse(dx: float, dy: float, rx: float, ry: float, color: tuple[int, int, int]) -> None:
        axes = (max(1, round(rx * unit * 16)), max(1, round(ry * unit * 16)))
        cv2.ellipse(image, at(dx, dy), axes, 0, 0, 360, color, -1, cv2.LINE_AA, shift=4)

    drop = 200 * opening
    ellipse(0, -25, 98, 125, (60, 40, 30))
    ellipse(0, 130, 45, 60, _SHADE)
    ellipse(0, 8 + drop * 0.25, 78, 104 + drop * 0.25, _SHADE)
    ellipse(0, 4 + drop * 0.25, 74, 100 + drop * 0.25, _SKIN)
    for side in (-1, 1):
        ellipse(side * 34, -22, 17, 9, _SHADE)
        ellipse(side * 34, -20, 15, 7.5, (245, 245, 245))
        ellipse(side * 34, -20, 7, 7, (70, 50, 40))
        ellipse(side * 34, -43, 22, 4, (70, 46, 34))
        ellipse(side * 9, 24, 6, 4, _SHADE)
    ellipse(0, 16, 13, 12, (236, 186, 152))
    ellipse(0, 26, 15, 4, _SHADE)
    ellipse(0, 20, 11, 8, (236, 186, 152))
    ellipse(0, 55 + drop / 2, 31, 9 + drop / 2, _LIP)
    ellipse(0, 55 + drop / 2, 25, max(100 * LEAST_OPENING, drop / 2), (60, 22, 24))
    blur = max(1, int(unit * 3)) | 1
    return np.asarray(cv2.GaussianBlur(image, (blur, blur), 0), np.uint8)


def plain_canvas(width: int, height: int, gray: int = 118) -> UInt8Array:
    """A wall with a soft vertical gradient, uint8 RGB, shape (height, width, 3)."""
    ramp = np.linspace(-20, 20, height)[:, np.newaxis, np.newaxis] + gray
    return np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8)


def as_picture(rgb: UInt8Array) -> Picture:
    """An RGB image as the decoder would give it; even width and height."""
    height, width = rgb.shape[:2]
    planes = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    return Picture(planes[:height].copy(), chroma[0].copy(), chroma[1].copy())
