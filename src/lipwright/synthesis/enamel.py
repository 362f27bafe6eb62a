"""The colour of a face's teeth: as they are seen between its lips, or as the picture suggests it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_ENAMEL_TO_WHITE = 1.35
"""Teeth against the white of the eyes, which the lids shade (median of eight talking faces: 1.4)."""
_ENAMEL_TO_SKIN = (1.05, 1.35)
"""Teeth against skin: 1.0 to 1.5 in those faces."""
_HEADROOM_LEVELS = 95.0
"""Teeth come no nearer to white than this and half the light of the skin: above it they shine out."""
_ENAMEL_TO_SKIN_CHROMA, _ENAMEL_TO_WHITE_CHROMA = np.array([0.40, 0.65]), 0.9
"""Share of the chroma of skin (blue, red) and of the white of the eyes that teeth show in those faces: the
mouth reflects on them."""
_LEAST_SHOWN_MM, _PALER_LEVELS, _LEAST_TEETH = 3.0, 20.0, 0.12
"""Teeth are seen where lips are this far apart and so much brighter pixels make up that share of the gap."""
_MOST_TINT = 20.0
"""Levels of chroma from grey at which teeth would be called coloured."""
_HIGHLIGHT_QUANTILE = 0.95
"""Of the luma of the skin between nose and chin: teeth in the same light outshine no more of it."""
_IN_GAP_QUANTILE, _IN_GAP_TO_TEETH, _LEAST_TO_LIP = 0.9, 1.35, 1.3
"""Of the light between parted lips that show no surely white teeth: they lie in the shade of the lips there,
and a wider mouth lets in a third more; if they do not show at all, this much more than lips."""
_BRIGHT_SHARE, _PALEST_QUANTILE = 0.8, 0.02
"""Of what has so much of the light of skin, the palest tells whether anything in the picture is white."""
_TONED = (0.6, 0.85)
"""Its chroma for its light, against that of skin: 0 to 0.64 on 23 faces, 0.79 under an old varnish."""
_TONED_ENAMEL_CHROMA = 0.85
"""Share of the chroma of skin that teeth have in a picture that is toned throughout."""


def shown_enamel(
    crop: UInt8Array, mouth: Float32Array, lip: Float32Array, unit: float
) -> Float32Array | None:
    """The colour of teeth seen between the lips, paler than lips in every way; None if there are none."""
    inside = _between(crop, mouth, unit)
    if inside is None:
        return None
    is_paler = np.linalg.norm(inside[:, 1:] - 128, axis=1) < 0.85 * np.linalg.norm(lip[1:] - 128) + 1.0
    teeth = inside[is_paler & (inside[:, 0] > lip[0] + _PALER_LEVELS)]
    if len(teeth) < max(12, _LEAST_TEETH * len(inside)):
        return None
    bright = teeth[teeth[:, 0] >= np.quantile(teeth[:, 0], 0.6)]
    return np.asarray(np.median(bright, axis=0), np.float32)


def guessed_enamel(
    crop: UInt8Array,
    mouth: Float32Array,
    white: Float32Array,
    skin: Float32Array,
    black: float,
    in_gap: float,
) -> Float32Array:
    """Teeth as is usual in such light, no brighter than highlights of the skin, toned as the picture is.

    Args:
        in_gap: the most luma that what is seen between the lips allows.
    """
    enamel = _usual_enamel(white, skin, black)
    least = black + _ENAMEL_TO_SKIN[0] * (skin[0] - black)
    enamel[0] = min(enamel[0], max(_highlight(crop[..., 0], mouth), least), in_gap)
    toned = _TONED_ENAMEL_CHROMA * (skin[1:] - 128)
    enamel[1:] += np.float32(_toned_share(crop, skin, black)) * (128 + toned - enamel[1:])
    return enamel


def most_in_gap(luma: UInt8Array, mouth: Float32Array, lip: Float32Array, unit: float, black: float) -> float:
    """Luma that teeth may have beside what is between the lips; infinite where these are shut."""
    inside = _between(luma, mouth, unit)
    if inside is None:
        return float("inf")
    seen = _IN_GAP_TO_TEETH * (float(np.quantile(inside, _IN_GAP_QUANTILE)) - black)
    return black + max(seen, _LEAST_TO_LIP * (float(lip[0]) - black))


def _between(image: UInt8Array, mouth: Float32Array, unit: float) -> Float32Array | None:
    """The pixels between lips, shape (n, ...), n >= 1; None where these are too near to each other."""
    inner = mouth[mesh.INNER]
    gap = float(np.median(np.linalg.norm(inner[mesh.UPPER_HALF] - inner[mesh.LOWER_HALF][::-1], axis=1)))
    if gap < _LEAST_SHOWN_MM * unit:
        return None
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(inner * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    return np.asarray(image[mask > 0], np.float32) if mask.any() else None


def _highlight(luma: UInt8Array, mouth: Float32Array) -> float:
    """Luma of the brightest skin near the mouth, from the nose down and without the lips."""
    mask = np.zeros(luma.shape, np.uint8)
    outline = cv2.convexHull(mouth[3 * mesh.N_RING :])[:, 0]
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    cv2.fillPoly(mask, [np.round(mouth[mesh.OUTER] * 16).astype(np.int32)], (0,), cv2.LINE_8, 4)
    mask[: max(0, round(float(mouth[mesh.places((2,))[0], 1])))] = 0
    skin = cv2.GaussianBlur(luma, (0, 0), 1.0)[mask > 0]
    return float(np.quantile(skin, _HIGHLIGHT_QUANTILE)) if len(skin) > 8 else 255.0


def _toned_share(crop: UInt8Array, skin: Float32Array, black: float) -> float:
    """0 to 1: whether all of a face is as coloured as its skin, as under a varnish or a filter."""
    bright = crop[crop[..., 0] - black >= _BRIGHT_SHARE * (skin[0] - black)].astype(np.float32)
    own = float(np.linalg.norm(skin[1:] - 128)) / max(float(skin[0]) - black, 1.0)
    if len(bright) < 50 or own < 0.05:
        return 0.0
    chroma = np.linalg.norm(bright[:, 1:] - 128, axis=1) / (bright[:, 0] - np.float32(black))
    low, high = _TONED
    return float(np.clip((np.quantile(chroma, _PALEST_QUANTILE) / own - low) / (high - low), 0, 1))


def _usual_enamel(white: Float32Array, skin: Float32Array, black: float) -> Float32Array:
    skin_light = float(skin[0]) - black
    low, high = (share * skin_light for share in _ENAMEL_TO_SKIN)
    high = min(high, 0.5 * skin_light + _HEADROOM_LEVELS)
    luma = float(np.clip(_ENAMEL_TO_WHITE * (float(white[0]) - black), low, max(low, high)))
    guesses = _ENAMEL_TO_SKIN_CHROMA * (skin[1:] - 128), _ENAMEL_TO_WHITE_CHROMA * (white[1:] - 128)
    tint = np.clip(np.mean(guesses, axis=0), -_MOST_TINT, _MOST_TINT)
    return np.array([black + luma, *(128 + tint)], np.float32)
