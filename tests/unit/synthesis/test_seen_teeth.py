"""Teeth that a frame shows, on a mouth painted in plain colours."""

import numpy as np
import pytest

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape, open_shape
from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.seen_teeth import SeenTeeth, own_teeth
from lipwright.synthesis.target import bounds
from tests.tracks import make_track
from tests.unit.synthesis.stills import opened

LIP, ENAMEL, DARK = (
    np.array(color, np.float32) for color in ((90, 115, 150), (190, 124, 132), (30, 126, 134))
)
LOOK = MouthLook(
    skin=np.array([140, 112, 150], np.float32),
    lip=LIP,
    enamel=ENAMEL,
    shows_teeth=True,
    black=16.0,
    edge_sigma=1.0,
    grain=3.0,
    detail=1.0,
)


def _seen(gum_mm: float, crown_mm: float) -> tuple[OpenShape, SeenTeeth, float]:
    """A mouth open by 16 mm that shows so much gum, then teeth, then the dark; and its upper lip's height."""
    geometry = measure_geometry(make_track(np.array([16.0])), 25.0)
    assert geometry is not None
    shape = open_shape(geometry, 0, opened(geometry.track.measures[0], 20.0))
    box = bounds(shape.own[mesh.INNER], margin=6)
    rows, columns = np.mgrid[box.top : box.bottom, box.left : box.right].astype(np.float32)
    height = shape.plane.plane(np.stack([columns, rows], axis=-1))[..., 1]
    top = float(shape.plane.plane(shape.own[mesh.INNER])[15, 1])
    frame = np.where((height > top - gum_mm)[..., None], LIP, ENAMEL)
    frame = np.where((height > top - gum_mm - crown_mm)[..., None], frame, DARK)
    return shape, own_teeth(frame.astype(np.uint8), box, shape, LOOK), top


def _weight_at(shape: OpenShape, seen: SeenTeeth, height: float) -> float:
    x, y = shape.plane.pixels(np.array([shape.rest[0], height], np.float32))
    box = bounds(shape.own[mesh.INNER], margin=6)
    return float(seen.weight[round(float(y)) - box.top, round(float(x)) - box.left])


@pytest.mark.parametrize("gum_mm", [0.0, 1.0, 2.0])
def test_whole_teeth_are_kept_to_their_ends(gum_mm: float) -> None:
    """Gum above them does not make them longer than crowns can be."""
    shape, seen, top = _seen(gum_mm, 10.5)
    assert seen.edge == pytest.approx(top - gum_mm - 10.5, abs=1.0)
    assert _weight_at(shape, seen, top - gum_mm - 9.0) > 0.9


def test_gum_above_whole_teeth_is_kept_with_them() -> None:
    """Both belong to the skull; crowns made up over the gum would look like a second row."""
    shape, seen, top = _seen(2.0, 10.0)
    assert _weight_at(shape, seen, top - 1.2) > 0.9


def test_shadow_above_the_ends_of_teeth_is_not_kept() -> None:
    """Where a little of the teeth shows, the dark above is the lip's shadow: it goes with the lip."""
    shape, seen, top = _seen(2.0, 3.0)
    assert _weight_at(shape, seen, top - 3.5) > 0.8
    assert _weight_at(shape, seen, top - 1.0) < 0.3
