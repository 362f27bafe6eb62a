"""Which mouths are cut off by the edge of the picture, and that what lies beyond it is not looked at."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.cut_off import is_cut_off, is_inside
from lipwright.analysis.faces.landmarks import MEASURE_CENTERS, OUTER_LIP
from lipwright.analysis.faces.occlusion import sample_look
from tests.tracks import PIXELS_PER_MM, make_track

Float32Array = NDArray[np.float32]

FACE: Float32Array = np.asarray(make_track(np.zeros(1)).landmarks[0])
LIPS = FACE[OUTER_LIP, :2]
SIZE = 400, 300


def _moved(right: float, down: float) -> Float32Array:
    return FACE + np.array([right, down, 0], np.float32) * np.float32(PIXELS_PER_MM)


def _mm_inside() -> tuple[float, float]:
    """How far the lower lip is above the lower edge, and the left corner from the left one."""
    return float(299 - LIPS[:, 1].max()) / PIXELS_PER_MM, float(LIPS[:, 0].min()) / PIXELS_PER_MM


@pytest.mark.parametrize(("beyond_mm", "expected"), [(-10, False), (-1, False), (3, False), (7, True)])
def test_a_mouth_whose_lower_lip_is_beyond_the_edge_cannot_be_read(beyond_mm: float, expected: bool) -> None:
    """A third of the lip may be missing."""
    below, _ = _mm_inside()
    assert is_cut_off(_moved(0, below + beyond_mm), SIZE) is expected


def test_half_a_mouth_at_the_side_can_be_read() -> None:
    """It shows both lips; three quarters of it beyond the edge are too much."""
    _, left = _mm_inside()
    half = float(np.ptp(LIPS[:, 0])) / 2 / PIXELS_PER_MM
    assert not is_cut_off(_moved(-left - half + 8, 0), SIZE)
    assert is_cut_off(_moved(-left - 1.5 * half, 0), SIZE)


def test_points_are_inside_up_to_the_last_row_and_column() -> None:
    corners = FACE.copy()
    corners[:4, :2] = [(0, 0), (399, 299), (-1, 5), (5, 300)]
    assert is_inside(corners, SIZE)[:4].tolist() == [True, True, False, False]


def test_points_beyond_the_edge_have_no_color() -> None:
    """The picture's last row, repeated, is no sight of a chin."""
    crop = np.full((300, 400, 3), 120, np.uint8)
    is_seen = np.ones(len(FACE), np.bool_)
    is_seen[MEASURE_CENTERS] = False
    looks = sample_look(crop, FACE, is_seen)
    assert sample_look(crop, FACE).any(axis=1).all()
    assert (~looks.any(axis=1)).sum() == len(MEASURE_CENTERS)
