"""What the inside of a mouth must look like to belong to a face: its light, its colours, its style."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import LEFT_EYE, RIGHT_EYE
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_mask

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_CHEEKS = mesh.places((205, 425, 50, 280, 187, 411, 207, 427, 199, 200))
"""Where skin is looked at: cheeks and chin, away from lips and nose."""
_WHITE_QUANTILE = 0.85
"""Of the luma inside the lids: lashes and iris are darker, a catchlight is brighter."""
_SMOOTH_GRAIN, _ROUGH_GRAIN = 0.6, 2.2
"""Levels of luma: drawn and rendered faces have 0.5 to 1.6, photographs from 2.2 up."""
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
_BRIGHT_SHARE, _PALEST_QUANTILE = 0.8, 0.02
"""Of what has so much of the light of skin, the palest tells whether anything in the picture is white."""
_TONED = (0.6, 0.85)
"""Its chroma for its light, against that of skin: 0 to 0.64 on 23 faces, 0.79 under an old varnish."""
_TONED_ENAMEL_CHROMA = 0.85
"""Share of the chroma of skin that teeth have in a picture that is toned throughout."""


@dataclass(frozen=True, eq=False)
class MouthLook:
    """Colours are Y'CbCr, float32, shape (3,), levels of the picture."""

    skin: Float32Array
    lip: Float32Array
    enamel: Float32Array
    """The brightest teeth are this light."""
    shows_teeth: bool
    """Whether ``enamel`` was seen; else it is guessed from the white of the eyes and the skin."""
    black: float
    """Luma of black: 16, or 0 in full range."""
    edge_sigma: float
    """Pixels: how soft the sharpest edges of the face are."""
    grain: float
    """Standard deviation of the noise on skin, levels of luma."""
    detail: float
    """0 to 1: how much fine texture the skin has. 1 is a photograph; 0 is a drawing or a smooth painting, in
    which teeth are a band of light and not each for itself."""


def measure_look(picture: Picture, landmarks: Float32Array) -> MouthLook:
    """The look of a face.

    Args:
        picture: which shows it.
        landmarks: float32, shape (N_VERTICES, 2 or 3): picture pixels.
    """
    face = landmarks[:, :2].astype(np.float32)
    box = _bounds(face)
    crop = picture.crop_ycc(box)
    points = face - np.array([box.left, box.top], np.float32)
    mouth = points[mesh.ROWS]
    unit = max(float(np.linalg.norm(points[LEFT_EYE[0]] - points[RIGHT_EYE[8]])) / 90.0, 0.05)
    skin = _skin_color(crop, mouth, unit)
    white = _eye_white(crop, (points[LEFT_EYE], points[RIGHT_EYE]), skin)
    black = 0.0 if picture.color.is_full_range else 16.0
    grain = _grain(crop[..., 0], mouth, unit)
    lip = _lip_color(crop, mouth, skin)
    seen = _shown_enamel(crop, mouth, lip, unit)
    return MouthLook(
        skin=skin,
        lip=lip,
        enamel=_guessed_enamel(crop, mouth, white, skin, black) if seen is None else seen,
        shows_teeth=seen is not None,
        black=black,
        edge_sigma=_edge_sigma(crop[..., 0]),
        grain=grain,
        detail=float(np.clip((grain - _SMOOTH_GRAIN) / (_ROUGH_GRAIN - _SMOOTH_GRAIN), 0, 1)),
    )


def settle_look(looks: Sequence[MouthLook]) -> MouthLook:
    """One look of several frames of a face, at least one: medians, and teeth of the frames that show any."""
    shown = [look for look in looks if look.shows_teeth]

    def color(name: str, of: Sequence[MouthLook]) -> Float32Array:
        return np.asarray(np.median([getattr(look, name) for look in of], axis=0), np.float32)

    def number(name: str) -> float:
        return float(np.median([getattr(look, name) for look in looks]))

    return MouthLook(
        skin=color("skin", looks),
        lip=color("lip", looks),
        enamel=color("enamel", shown or looks),
        shows_teeth=bool(shown),
        black=number("black"),
        edge_sigma=number("edge_sigma"),
        grain=number("grain"),
        detail=number("detail"),
    )


def _bounds(points: Float32Array) -> Box:
    low, high = points.min(axis=0), points.max(axis=0)
    return Box(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1).even()


def _skin_color(crop: UInt8Array, mouth: Float32Array, unit: float) -> Float32Array:
    """The median over a few spots of skin."""
    spots = [np.median(spot.reshape(-1, 3), axis=0) for spot in _spots(crop, mouth, 3 * unit)]
    return np.asarray(np.median(spots, axis=0), np.float32)


def _spots(crop: UInt8Array, mouth: Float32Array, reach: float) -> list[UInt8Array]:
    half = max(1, round(reach))
    centers = np.round(mouth[_CHEEKS]).astype(int)
    x = np.clip(centers[:, 0], half, max(crop.shape[1] - half - 1, half))
    y = np.clip(centers[:, 1], half, max(crop.shape[0] - half - 1, half))
    return [crop[b - half : b + half + 1, a - half : a + half + 1] for a, b in zip(x, y, strict=True)]


def _lip_color(crop: UInt8Array, mouth: Float32Array, skin: Float32Array) -> Float32Array:
    lips = crop[lip_mask(mouth, crop.shape) > 0]
    return np.asarray(np.median(lips, axis=0), np.float32) if len(lips) > 8 else skin


def _eye_white(crop: UInt8Array, eyes: tuple[Float32Array, Float32Array], skin: Float32Array) -> Float32Array:
    """Bright and grey inside the lids; skin made paler where no white is seen."""
    mask = np.zeros(crop.shape[:2], np.uint8)
    for ring in eyes:
        cv2.fillPoly(mask, [np.round(ring * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    inside = crop[mask > 0].astype(np.float32)
    pale = np.array([skin[0] * 1.08, *(128 + 0.25 * (skin[1:] - 128))], np.float32)
    if len(inside) < 12:
        return pale
    level = np.quantile(inside[:, 0], _WHITE_QUANTILE)
    white = np.median(inside[np.abs(inside[:, 0] - level) <= 12], axis=0)
    return np.asarray(white, np.float32)


def _guessed_enamel(
    crop: UInt8Array, mouth: Float32Array, white: Float32Array, skin: Float32Array, black: float
) -> Float32Array:
    """Teeth as is usual in such light, no brighter than highlights of the skin, toned as the picture is."""
    enamel = _usual_enamel(white, skin, black)
    least = black + _ENAMEL_TO_SKIN[0] * (skin[0] - black)
    enamel[0] = min(enamel[0], max(_highlight(crop[..., 0], mouth), least))
    toned = _TONED_ENAMEL_CHROMA * (skin[1:] - 128)
    enamel[1:] += np.float32(_toned_share(crop, skin, black)) * (128 + toned - enamel[1:])
    return enamel


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


def _shown_enamel(
    crop: UInt8Array, mouth: Float32Array, lip: Float32Array, unit: float
) -> Float32Array | None:
    """The colour of teeth seen between the lips, paler than lips in every way; None if there are none."""
    inner = mouth[mesh.INNER]
    gap = float(np.median(np.linalg.norm(inner[mesh.UPPER_HALF] - inner[mesh.LOWER_HALF][::-1], axis=1)))
    if gap < _LEAST_SHOWN_MM * unit:
        return None
    mask = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(inner * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    inside = crop[mask > 0].astype(np.float32)
    is_paler = np.linalg.norm(inside[:, 1:] - 128, axis=1) < 0.85 * np.linalg.norm(lip[1:] - 128) + 1.0
    teeth = inside[is_paler & (inside[:, 0] > lip[0] + _PALER_LEVELS)]
    if len(teeth) < max(12, _LEAST_TEETH * len(inside)):
        return None
    bright = teeth[teeth[:, 0] >= np.quantile(teeth[:, 0], 0.6)]
    return np.asarray(np.median(bright, axis=0), np.float32)


def _edge_sigma(luma: UInt8Array) -> float:
    """From the steepest edges: a step of height h blurred by s rises by h / (s sqrt(2 pi)) a pixel."""
    image = luma.astype(np.float32)
    across, down = (
        cv2.Sobel(image, cv2.CV_32F, 1, 0, scale=0.125),
        cv2.Sobel(image, cv2.CV_32F, 0, 1, scale=0.125),
    )
    steep = np.hypot(across, down)
    height = cv2.dilate(image, np.ones((9, 9))) - cv2.erode(image, np.ones((9, 9)))
    edges = steep > np.quantile(steep, 0.99)
    ratio = np.median(height[edges] / np.maximum(steep[edges], 1e-3))
    return float(np.clip(ratio / np.sqrt(2 * np.pi), 0.5, 4.0))


def _grain(luma: UInt8Array, mouth: Float32Array, unit: float) -> float:
    noise = []
    for spot in _spots(luma, mouth, 3 * unit):
        image = spot.astype(np.float32)
        fine = image - cv2.GaussianBlur(image, (0, 0), 1.5)
        noise.append(1.4826 * float(np.median(np.abs(fine - np.median(fine)))))
    return float(np.median(noise))
