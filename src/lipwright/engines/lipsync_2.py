"""lipsync-2: the speaker's own style, donors chosen over the whole shot."""

import numpy as np

from lipwright.engines.audition import auditioned
from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.engines.motion_blur import softness
from lipwright.engines.reuse import bank_of, donor_table, draw_plan, request_of
from lipwright.engines.suited import suited
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.selection import select_donors

_STAGES = 10
"""Frames of each face that are kept to try mouths on."""
_CROSSFADE = 0.45
"""Share of the old donor on the first frame after a jump, where the two agree."""


class Lipsync2:
    """Bank and whole-shot selection."""

    info = ModelInfo(
        id="lipsync-2",
        description="The speaker's own style: mouths chosen over the whole shot.",
        face_resolution=512,
        max_seconds=1800,
        price_per_second=0.05,
    )

    look_every = 1
    encoder_preset = "veryfast"
    keeps_grain = False

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        return bank_of(self.info.face_resolution, max_face_resolution, _STAGES)

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``; a jump between donors is softened by a one-frame crossfade."""
        table = auditioned(scene, order.track_id, donor_table(scene, order.track_id))
        order = suited(scene, order, table)
        rows = select_donors(table, request_of(scene, order, table))
        frames = table.frames[rows]
        previous = np.concatenate([frames[:1], frames[:-1]])
        follow_on = np.minimum(previous + 1, table.frames[-1])
        is_kept = np.isin(follow_on, table.frames)
        old = np.where(is_kept, follow_on, previous)
        is_jump = np.abs(frames - previous) > 1
        share = np.where(is_jump, _CROSSFADE, 0.0).astype(np.float32)
        return MouthPlan(
            order,
            np.stack([frames, old], axis=1),
            np.stack([1 - share, share], axis=1),
            softness=softness(scene, order, table, rows),
        )

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``."""
        return draw_plan(picture, scene, plan, row)
