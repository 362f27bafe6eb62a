from dataclasses import replace

import cv2
import numpy as np
import pytest

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_edge import clean_edge
from lipwright.synthesis.open_shape import OpenShape, open_shape
from lipwright.synthesis.opening import Opening, opening
from lipwright.synthesis.target import bounds
from tests.unit.synthesis.stills import Still, opened, presenter_still


@pytest.fixture(scope="module")
def still() -> Still:
    return presenter_still(6.0)


@pytest.mark.parametrize("sigma", [0.7, 1.1, 1.6])
def test_no_rim_of_the_teeth_stays_on_the_lips(still: Still, sigma: float) -> None:
    """Where they pass into the lips they are half as light and nearly as red: a pale line, if it stayed."""
    shape = open_shape(still.geometry, 0, opened(still.own, 12.0))
    view = opening(shape, bounds(shape.wanted[mesh.INNER], margin=12 * shape.pixels_per_mm))
    look = replace(still.look, edge_sigma=sigma)
    teeth, outside = _teeth_past_the_lip(view, shape, sigma)
    drawn = look.lip + (look.enamel - look.lip) * teeth[..., None]
    clean = clean_edge(np.clip(drawn, 0, 255).astype(np.uint8), view, shape, look)
    on_lips = (view.cover == 0) & (outside < 1.5)
    rest = (clean[on_lips, 0] - look.lip[0]) / (look.enamel[0] - look.lip[0])
    assert teeth[on_lips].max() > 0.5
    assert rest.max() < 0.15


def _teeth_past_the_lip(view: Opening, shape: OpenShape, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Lower teeth that come along with their lip, 0 to 1, blurred; and the way out of the mouth, mm."""
    outside = np.maximum(view.y - view.upper, view.lower - view.y)
    is_tooth = (outside < 1.2) & (view.y < 0.5 * (view.upper + view.lower)) & (np.abs(view.side) < 0.7)
    return cv2.GaussianBlur(is_tooth.astype(np.float32), (0, 0), sigma), outside
