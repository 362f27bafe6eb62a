import cv2
import numpy as np

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_color import lip_mask
from lipwright.synthesis.lip_texture import lip_body, lip_texture
from tests.tracks import PIXELS_PER_MM, opened_face

SHAPE = (200, 240)


def _points(gap_mm: float, size: float = 1.0) -> np.ndarray:
    face = opened_face(gap_mm)[mesh.ROWS, :2] * (size * PIXELS_PER_MM, -size * PIXELS_PER_MM)
    return (face - face[: mesh.N_RING].mean(axis=0) + (120, 90)).astype(np.float32)


def _crop(points: np.ndarray, blur: float) -> np.ndarray:
    """Lips of some grain with white teeth between them."""
    crop = np.random.default_rng(1).normal(120, 12, (*SHAPE, 3)).astype(np.float32)
    crop[lip_mask(points, SHAPE) > 0] -= 40
    if blur:
        crop = cv2.GaussianBlur(crop, (0, 0), blur)
    cv2.fillPoly(crop, [points[mesh.INNER].astype(np.int32)], (235.0, 128.0, 128.0))
    return crop.clip(0, 255).astype(np.uint8)


def test_blurred_lips_are_told_from_sharp_ones_whatever_shows_between_them() -> None:
    """Teeth and the edges of the lips do not count."""
    texture = {
        (gap, blur): lip_texture(_crop(_points(gap), blur), _points(gap))
        for gap in (1.0, 12.0)
        for blur in (0.0, 1.2)
    }
    assert all(value is not None for value in texture.values())
    assert texture[1.0, 0.0] > 4 * texture[1.0, 1.2]
    assert texture[12.0, 0.0] > 4 * texture[12.0, 1.2]
    assert abs(texture[12.0, 0.0] / texture[1.0, 0.0] - 1) < 0.15


def test_too_little_red_tells_nothing() -> None:
    """Of a face of a few pixels, or lips outside the picture, there is no figure."""
    small, away = _points(1.0, 0.25), _points(1.0) + np.float32(500)
    assert lip_body(small, SHAPE) is None
    assert lip_texture(_crop(small, 0.0), small) is None
    assert lip_texture(_crop(small, 0.0), away) is None
