"""The guard sees every sample that changes outside a mask."""

import numpy as np

from benchmarks.guard import GuardedEngine, changed_outside
from lipwright.engines import registry
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing


def picture() -> Picture:
    """Grey, of odd size."""
    return Picture(
        np.full((9, 11), 90, np.uint8), np.full((5, 6), 120, np.uint8), np.full((5, 6), 130, np.uint8)
    )


def drawing() -> Drawing:
    """A box that hangs over the left edge, its mask on all but the box's first two rows."""
    mask = np.full((6, 6), 255, np.uint8)
    mask[:2] = 0
    return Drawing(Box(-2, 2, 4, 8), mask)


def test_changes_inside_the_mask_are_allowed() -> None:
    after = picture()
    after.luma[4:8, 0:4] += 1
    after.blue[2:4, 0:2] += 1
    assert changed_outside(picture(), after, drawing()) == 0


def test_every_sample_outside_counts() -> None:
    """One above the mask, one beside it, one of chroma."""
    after = picture()
    after.luma[3, 0] += 1
    after.luma[5, 4] += 1
    after.red[4, 5] += 1
    assert changed_outside(picture(), after, drawing()) == 3


def test_without_a_drawing_nothing_may_change() -> None:
    after = picture()
    assert changed_outside(picture(), after, None) == 0
    after.luma[0, 0] += 1
    assert changed_outside(picture(), after, None) == 1


def test_the_guard_stands_in_for_any_engine() -> None:
    """It offers all that the Protocol names."""
    engine = registry.engine("lipsync-2")
    guard = GuardedEngine(engine)
    for name in (name for name in vars(type(engine)) if not name.startswith("_")):
        assert hasattr(guard, name)
