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
from lipwright.synthesis.enamel import guessed_enamel, most_in_gap, shown_enamel
from lipwright.synthesis.lip_color import lip_mask
from lipwright.synthesis.side_light import side_light

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_CHEEKS = mesh.places((205, 425, 50, 280, 187, 411, 207, 427, 199, 200))
"""Where skin is looked at: cheeks and chin, away from lips and nose."""
_WHITE_QUANTILE = 0.85
"""Of the luma inside the lids: lashes and iris are darker, a catchlight is brighter."""
_SMOOTH_GRAIN, _ROUGH_GRAIN = 0.6, 2.2
"""Levels of luma: drawn and rendered faces have 0.5 to 1.6, photographs from 2.2 up."""

_DOT_MM = 0.7
"""Standard deviation of a blur that makes tones of the dots and strokes of printed and drawn pictures: their
medians are ink or paper. In 23 other pictures it changes no colour of skin or lips by more than 2 levels."""
_EDGE_REACHES = 4, 8, 16
"""Pixels to either side of an edge over which its height is looked for."""
_EDGE_HALF = 1.9
"""Standard deviations to either side of a blurred edge that hold 94 % of its height."""
_EDGE_SIGMAS = 0.5, 8.0


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
    side_light: float = 0.0
    """How unequally the halves of the mouth are lit, see ``side_light``."""


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
    tones = np.asarray(cv2.GaussianBlur(crop, (0, 0), max(_DOT_MM * unit, 0.1)), np.uint8)
    skin = _skin_color(tones, mouth, unit)
    white = _eye_white(crop, (points[LEFT_EYE], points[RIGHT_EYE]), skin)
    black = 0.0 if picture.color.is_full_range else 16.0
    grain = _grain(crop[..., 0], mouth, unit)
    lip = _lip_color(tones, mouth, skin)
    seen = shown_enamel(crop, mouth, lip, unit)
    in_gap = most_in_gap(crop[..., 0], mouth, lip, unit, black)
    return MouthLook(
        skin=skin,
        lip=lip,
        enamel=guessed_enamel(crop, mouth, white, skin, black, in_gap) if seen is None else seen,
        shows_teeth=seen is not None,
        black=black,
        edge_sigma=_edge_sigma(crop[..., 0]),
        grain=grain,
        detail=float(np.clip((grain - _SMOOTH_GRAIN) / (_ROUGH_GRAIN - _SMOOTH_GRAIN), 0, 1)),
        side_light=side_light(tones[..., 0], mouth, black),
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
        side_light=number("side_light"),
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


def _edge_sigma(luma: UInt8Array) -> float:
    """Pixels: how soft the sharpest edges are; a window must hold a whole edge to tell its height."""
    for reach in _EDGE_REACHES:
        sigma = _sigma_within(luma.astype(np.float32), reach)
        if sigma * _EDGE_HALF <= reach:
            break
    return float(np.clip(sigma, *_EDGE_SIGMAS))


def _sigma_within(image: Float32Array, reach: int) -> float:
    """From the steepest edges: a step of height h blurred by s rises by h / (s sqrt(2 pi)) a pixel."""
    across, down = (
        cv2.Sobel(image, cv2.CV_32F, 1, 0, scale=0.125),
        cv2.Sobel(image, cv2.CV_32F, 0, 1, scale=0.125),
    )
    steep = np.hypot(across, down)
    window = np.ones((2 * reach + 1,) * 2)
    height = cv2.dilate(image, window) - cv2.erode(image, window)
    edges = steep > np.quantile(steep, 0.99)
    ratio = np.median(height[edges] / np.maximum(steep[edges], 1e-3))
    return float(ratio / np.sqrt(2 * np.pi))


def _grain(luma: UInt8Array, mouth: Float32Array, unit: float) -> float:
    noise = []
    for spot in _spots(luma, mouth, 3 * unit):
        image = spot.astype(np.float32)
        fine = image - cv2.GaussianBlur(image, (0, 0), 1.5)
        noise.append(1.4826 * float(np.median(np.abs(fine - np.median(fine)))))
    return float(np.median(noise))
