"""The inside of an opened mouth: cavity, tongue and teeth, lit as a mouth is lit."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape
from lipwright.synthesis.opening import Opening
from lipwright.synthesis.teeth import lower_edge, paint_row

Float32Array = NDArray[np.float32]

_CAVITY_LIGHT, _CAVITY_TINT = 0.20, 0.75
"""The depth of the mouth against the lips (measured on open mouths of eight talking faces)."""
_SHADOW_LIGHT = 0.08
_SLIT_LIGHT = 0.55
"""The line between lips that hardly part is their own shadow, not the depth behind."""
_TONGUE_LIGHT, _TONGUE_TINT = 0.74, 0.85
_GRAIN_SHARE = 0.8
"""Of the grain of the skin: what is smooth and in shadow shows less."""


def paint_interior(view: Opening, shape: OpenShape, look: MouthLook, upper_edge: float) -> Float32Array:
    """What is seen between the lips.

    Args:
        upper_edge: height of the upper teeth's cutting edge in the plane of the lips, millimetres.

    Returns:
        float32 Y'CbCr, shape (height, width, 3); of any value where ``view.cover`` is 0.
    """
    image = np.empty((*view.x.shape, 3), np.float32)
    slit = 1 - float(_ramp(np.float32(shape.gap), 0.0, 3.0))
    image[:] = _of_lips(look, _CAVITY_LIGHT + (_SLIT_LIGHT - _CAVITY_LIGHT) * slit, _CAVITY_TINT)
    tongue = _of_lips(look, _TONGUE_LIGHT, _TONGUE_TINT)
    image += (tongue - image) * _tongue(view, shape.gap)[..., None]
    image = paint_row(image, view, shape, look, lower_edge(shape, upper_edge), is_upper=False)
    image = paint_row(image, view, shape, look, upper_edge, is_upper=True)
    # what gets no light is dark red, not grey: it is lit by the mouth itself
    shadow = _of_lips(look, _SHADOW_LIGHT, _CAVITY_TINT)
    lit = shadow + (image - shadow) * _light(view, shape.gap)[..., None]
    image = soften_edges(_lit_from_a_side(np.asarray(lit, np.float32), view, look), look)
    image[..., 0] += np.float32(_GRAIN_SHARE * look.grain) * _noise(view, shape)
    return image


def soften_edges(image: Float32Array, look: MouthLook) -> Float32Array:
    """An image with edges as soft as those of the face: it is drawn with edges of about half a pixel.

    Args:
        image: float32, shape (height, width) or (height, width, 3).
    """
    sigma = 0.8 * np.sqrt(max(look.edge_sigma**2 - 0.9**2, 0.0))
    return image if sigma < 0.3 else np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def _of_lips(look: MouthLook, light: float, tint: float) -> Float32Array:
    luma = look.black + light * (look.lip[0] - look.black)
    return np.array([luma, *(128 + tint * (look.lip[1:] - 128))], np.float32)


def _tongue(view: Opening, gap: float) -> Float32Array:
    """A dim mound on the floor of the mouth, 0 to 1: the further the lips are apart, the more of it."""
    above = view.y - view.lower
    height = np.float32(0.30 * gap) * np.clip(1 - np.square(view.side / 0.8), 0, 1)
    return np.asarray(
        _ramp(height - above, -0.25 * gap, 0.2 * gap) * _ramp(np.float32(gap), 2.0, 8.0), np.float32
    )


def _light(view: Opening, gap: float) -> Float32Array:
    """Share of the light that reaches each spot: less under the upper lip, in the corners, in a slit."""
    below, above = np.maximum(view.upper - view.y, 0), np.maximum(view.y - view.lower, 0)
    wide = float(_ramp(np.float32(gap), 0.5, 7.0))
    lip = 1 - (0.66 - 0.20 * wide) * np.exp(-np.square(below / (0.9 + 0.13 * gap)))
    rim = 1 - 0.30 * np.exp(-np.square(above / 0.7))
    corners = 1 - 0.85 * _ramp(np.abs(view.side), 0.42, 1.05)
    open_share = float(_ramp(np.float32(gap), 0.0, 2.0))
    shade = lip * rim * corners * (0.74 + 0.26 * wide)
    return np.asarray(1 - (0.35 + 0.65 * open_share) * (1 - shade), np.float32)


def _lit_from_a_side(image: Float32Array, view: Opening, look: MouthLook) -> Float32Array:
    """An image with the half dimmed that is turned away from the light, as lips and skin about it are.

    The other half is no lighter than it would be in even light: teeth would shine out of it.
    """
    light = np.minimum(np.exp(np.float32(look.side_light) * np.clip(view.side, -1, 1)), 1)[..., None]
    dark = np.array([look.black, 128, 128], np.float32)
    return np.asarray(dark + (image - dark) * light, np.float32)


def _noise(view: Opening, shape: OpenShape) -> Float32Array:
    """Noise of deviation 1 that goes with the mouth, so that the teeth of a still do not boil."""
    left, top = (round(float(value)) for value in shape.plane.origin)
    noise = _noise_field()
    rows = np.arange(view.box.top - top, view.box.bottom - top) % len(noise)
    columns = np.arange(view.box.left - left, view.box.right - left) % len(noise)
    return np.asarray(noise[np.ix_(rows, columns)], np.float32)


@cache
def _noise_field() -> Float32Array:
    """float32, shape (512, 512): a little coarser than pixels, as noise is after a camera and a codec."""
    white = np.random.default_rng(7).normal(0, 1, (512, 512)).astype(np.float32)
    noise = cv2.GaussianBlur(white, (0, 0), 0.7, borderType=cv2.BORDER_REFLECT)
    return np.asarray(noise / noise.std(), np.float32)


def _ramp(value: Float32Array | np.float32, low: float, high: float) -> Float32Array:
    t = np.clip((value - np.float32(low)) * np.float32(1 / (high - low)), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
