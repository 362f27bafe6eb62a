"""What drawings do to a thing that is in front of a mouth, in samples."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.covered import Covered, filled
from benchmarks.guard import GuardedEngine
from lipwright.engines.base import MouthPlan, Scene
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing

BoolArray = NDArray[np.bool_]

_LEVELS = 6
"""What changes by less is not seen."""
_SOLID = 0.98
FREE = 0.02
"""Where a thing hides less than this, nothing is in front."""


@dataclass(frozen=True)
class Toll:
    """What one drawing did, in samples."""

    solid: int
    """Of the thing, without its edge, where the drawing reaches."""
    changed: int
    """Those of them that changed visibly."""
    free: int
    """Of the lips, where nothing is in front of them."""
    left: int
    """Those of them that were not drawn."""


@dataclass(eq=False)
class WatchedEngine(GuardedEngine):
    """Notes beside each drawing what it did to the thing in front."""

    covered: Covered | None = None
    tolls: list[Toll] = field(default_factory=list)

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``."""
        before = picture.copy()
        drawing = super().draw(picture, scene, plan, row)
        frame = int(plan.order.source_frames[row])
        if drawing is not None and self.covered is not None and frame in self.covered.layers:
            self.tolls.append(toll(self.covered, frame, before, picture, drawing))
        return drawing


def toll(covered: Covered, frame_index: int, before: Picture, after: Picture, drawing: Drawing) -> Toll:
    """What a drawing did to the thing in front of a frame, and to the lips beside it."""
    changed = _changed(before, after)
    shape = before.height, before.width
    box = drawing.box.clipped(before.width, before.height)
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    alpha = covered.alpha(frame_index, shape)
    solid = cv2.erode((alpha >= _SOLID).astype(np.uint8), np.ones((3, 3), np.uint8))[inside] > 0
    free = filled(covered.lips(frame_index), shape) & (alpha <= FREE)
    is_left = np.ones(shape, np.bool_)
    top, left = box.top - drawing.box.top, box.left - drawing.box.left
    is_left[inside] = drawing.mask[top : top + box.height, left : left + box.width] < 128
    counts = solid, solid & changed[inside], free, free & is_left
    return Toll(*(int(np.count_nonzero(count)) for count in counts))


def _changed(before: Picture, after: Picture) -> BoolArray:
    """Which pixels differ visibly."""
    planes = [(before.luma, after.luma), (before.blue, after.blue), (before.red, after.red)]
    size = before.luma.shape[::-1]
    differ = [(np.abs(one.astype(np.int16) - other) > _LEVELS).astype(np.uint8) for one, other in planes]
    whole = [cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST) for plane in differ]
    return np.asarray(np.maximum.reduce(whole) > 0)
