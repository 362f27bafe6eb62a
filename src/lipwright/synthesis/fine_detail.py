"""Resampling that keeps fine detail where it was: teeth, beard and grain as sharp as they were filmed.

``sharpness`` gives a whole layer one gain; here every place gets its own, so that a beard is not starved for
the sake of smooth skin, nor smooth skin made to sparkle for the sake of a beard.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_DETAIL_SIGMA_PIXELS = 0.8
_MAX_GAIN = 1.5
_SHRINK = 2
"""How much of the detail there is varies slowly: it is measured on every second pixel."""


def fetch_fine(
    image: UInt8Array, across: Float32Array, down: Float32Array, reach: float, lift: float = 1.0
) -> UInt8Array:
    """The image resampled, with as much fine detail in every place as there is where it was fetched from.

    Chroma, which has a quarter of the samples and no such detail, is sampled bilinearly: half the time.

    Args:
        image: uint8 Y'CbCr, shape (h, w, 3).
        across: float32, shape (height, width): absolute x in the image.
        down: float32, same shape: absolute y.
        reach: pixels round a place over which its detail is measured.
        lift: factor on the detail that is wanted, for an image that is softer than it should be.

    Returns:
        uint8, shape (height, width, 3); what lies outside the image repeats its edge.
    """
    drawn = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    luma = np.ascontiguousarray(image[..., 0])
    drawn[..., 0] = cv2.remap(luma, across, down, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    filmed = detail_level(luma.astype(np.float32), reach)
    wanted = cv2.remap(
        filmed,
        (across[::_SHRINK, ::_SHRINK] - 0.5) / _SHRINK,
        (down[::_SHRINK, ::_SHRINK] - 0.5) / _SHRINK,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return restore_detail(np.asarray(drawn, np.uint8), np.asarray(wanted * np.float32(lift)), reach)


def restore_detail(ycc: UInt8Array, wanted: Float32Array, reach: float) -> UInt8Array:
    """Adds the image's own fine detail, in every place as much as is missing there.

    Args:
        ycc: uint8 Y'CbCr, shape (height, width, 3).
        wanted: float32, as ``detail_level`` of such an image gives it; places that have more are left.
        reach: as given to ``detail_level``.
    """
    luma = ycc[..., 0].astype(np.float32)
    detail = luma - cv2.GaussianBlur(luma, (0, 0), _DETAIL_SIGMA_PIXELS)
    found, added = detail_level(luma, reach), detail_level(detail, reach)
    gain = np.clip((wanted - found) / np.maximum(added, np.float32(0.05)), 0.0, _MAX_GAIN)
    height, width = luma.shape
    everywhere = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
    sharp = ycc.copy()
    sharp[..., 0] = np.clip(luma + everywhere * detail + np.float32(0.5), 0, 255).astype(np.uint8)
    return sharp


def detail_level(luma: Float32Array, reach: float) -> Float32Array:
    """How much fine detail there is round every second pixel: the root mean square of the Laplacian, levels.

    Returns:
        float32, shape (ceil(height / 2), ceil(width / 2)).
    """
    power = np.square(cv2.Laplacian(luma, cv2.CV_32F))
    height, width = luma.shape
    size = ((width + _SHRINK - 1) // _SHRINK, (height + _SHRINK - 1) // _SHRINK)
    small = cv2.resize(power, size, interpolation=cv2.INTER_AREA)
    window = 2 * max(1, round(reach / _SHRINK)) + 1
    mean = cv2.blur(small, (window, window), borderType=cv2.BORDER_REPLICATE)
    # the running sum of the filter ends a little below zero where there is no detail at all
    return np.asarray(np.sqrt(np.maximum(mean, 0.0)), np.float32)
