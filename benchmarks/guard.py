"""An engine that watches another one: what it plans, and that it draws nowhere but inside its masks."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lipwright.engines.base import Engine, MouthOrder, MouthPlan, Scene
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_bank import MouthBank


@dataclass(eq=False)
class GuardedEngine:
    """Stands in for an engine in a job; every answer is the engine's own."""

    engine: Engine
    scene: Scene | None = None
    mouths: list[MouthPlan] = field(default_factory=list)
    samples_outside: int = 0
    """Samples outside the masks that changed, over all frames and planes."""
    frames_drawn: int = 0

    def __post_init__(self) -> None:
        self.info = self.engine.info
        self.look_every = self.engine.look_every
        self.encoder_preset = self.engine.encoder_preset
        self.keeps_grain = self.engine.keeps_grain

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        return self.engine.new_bank(max_face_resolution)

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``."""
        self.scene = scene
        self.mouths.append(self.engine.plan(scene, order))
        return self.mouths[-1]

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``; compares the picture with what it was."""
        before = picture.copy()
        drawing = self.engine.draw(picture, scene, plan, row)
        self.samples_outside += changed_outside(before, picture, drawing)
        self.frames_drawn += drawing is not None
        return drawing


def changed_outside(before: Picture, after: Picture, drawing: Drawing | None) -> int:
    """How many samples differ that the drawing's mask does not cover."""
    mask = np.zeros((before.height + before.height % 2, before.width + before.width % 2), np.bool_)
    if drawing is not None:
        inside = drawing.box.clipped(before.width, before.height)
        left, top = inside.left - drawing.box.left, inside.top - drawing.box.top
        mask[inside.top : inside.bottom, inside.left : inside.right] = (
            drawing.mask[top : top + inside.height, left : left + inside.width] > 0
        )
    half = mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).any(axis=(1, 3))
    return (
        _changed(before.luma, after.luma, mask[: before.height, : before.width])
        + _changed(before.blue, after.blue, half)
        + _changed(before.red, after.red, half)
    )


def _changed(before: NDArray[np.uint8], after: NDArray[np.uint8], covered: NDArray[np.bool_]) -> int:
    return int(((before != after) & ~covered).sum())
