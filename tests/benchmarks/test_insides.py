"""What counts as another inside of a mouth: where both frames show it, and not what lips do."""

import numpy as np
import pytest

from benchmarks.insides import Inside, change, look_inside, unusual
from lipwright.analysis.faces.landmarks import INNER_LIP, MEAN_FACE
from lipwright.media.picture import ColorTags, Picture

_SCALE = 2.0


def _face(gap_mm: float, inside: int, moved: float = 0.0) -> Inside:
    """A face of even skin whose inner lips are as far apart, with one level between them."""
    landmarks = MEAN_FACE.copy()
    landmarks[INNER_LIP[1:10], 1] = landmarks[INNER_LIP[0], 1] + gap_mm / 2
    landmarks[INNER_LIP[11:], 1] = landmarks[INNER_LIP[0], 1] - gap_mm / 2
    landmarks = landmarks * np.array([_SCALE, -_SCALE, -_SCALE], np.float32)
    landmarks[:, :2] += 200 + moved
    luma = np.full((400, 400), 120, np.uint8)
    low, high = landmarks[INNER_LIP, :2].min(axis=0), landmarks[INNER_LIP, :2].max(axis=0)
    luma[int(low[1]) : int(high[1]) + 1, int(low[0]) : int(high[0]) + 1] = inside
    grey = np.full((200, 200), 128, np.uint8)
    return look_inside(Picture(luma, grey, grey, ColorTags()), landmarks, (0, int(moved)))


def test_other_teeth_are_a_change_and_a_head_that_moves_is_none() -> None:
    dark = _face(12.0, 30)
    assert change(dark, _face(12.0, 30, moved=1)) == pytest.approx(0.0, abs=0.5)
    assert change(dark, _face(12.0, 90, moved=1)) == pytest.approx(60.0, abs=3.0)


def test_lips_that_part_are_no_change() -> None:
    """What the narrower of two openings hides is not compared."""
    assert change(_face(8.0, 30), _face(14.0, 30, moved=1)) == pytest.approx(0.0, abs=1.0)


def test_shut_lips_and_lost_frames_tell_nothing() -> None:
    assert np.isnan(change(_face(12.0, 30), _face(0.0, 30, moved=1)))
    assert np.isnan(change(_face(12.0, 30), _face(12.0, 30, moved=2)))


def test_the_source_has_one_unusual_change_in_twenty() -> None:
    source = np.arange(100, dtype=np.float32)
    assert unusual(source, source) == pytest.approx(0.05)
    assert unusual(source, source + 100) == 1.0
