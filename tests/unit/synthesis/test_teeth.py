from dataclasses import replace

import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.synthesis.open_shape import open_shape
from lipwright.synthesis.opening import Opening
from lipwright.synthesis.teeth import paint_row
from tests.unit.synthesis.stills import Still, opened, presenter_still

ROW_MM = 16.0
"""So much of a row is looked at to either side of its cutting edge."""


@pytest.fixture(scope="module")
def still() -> Still:
    return presenter_still(0.0)


@pytest.mark.parametrize("pixels_per_mm", [0.35, 0.5, 0.7, 1.5, 4.0, 9.0])
@pytest.mark.parametrize("is_upper", [True, False])
def test_teeth_end_at_their_cutting_edge(still: Still, pixels_per_mm: float, is_upper: bool) -> None:
    """In faces of any size: in small ones teeth are a pixel or two high, and the cavity stays dark."""
    shape = open_shape(still.geometry, 0, opened(still.own, 12.0))
    shape = replace(shape, pixels_per_mm=pixels_per_mm, rest=np.zeros(2, np.float32))
    view = _plain_view(pixels_per_mm)
    dark = np.full((*view.x.shape, 3), 30, np.float32)
    luma = paint_row(dark, view, shape, still.look, 0.0, is_upper=is_upper)[..., 0]
    off_edge = view.y if is_upper else -view.y
    pixel = 1 / pixels_per_mm
    assert luma[off_edge < -2.5 * pixel].max() < 31
    assert luma[(off_edge > 1.5 * pixel) & (off_edge < 6)].mean() > 70


def _plain_view(pixels_per_mm: float) -> Opening:
    """The middle of a mouth, seen through an opening with no lips."""
    half = round(2.5 * pixels_per_mm), round(ROW_MM * pixels_per_mm)
    across, up = (np.arange(-n, n + 1, dtype=np.float32) / np.float32(pixels_per_mm) for n in half)
    x, y = np.meshgrid(across, up[::-1])
    nothing = np.zeros_like(x)
    return Opening(Box(0, 0, x.shape[1], x.shape[0]), x, y, nothing, nothing, nothing, nothing)
