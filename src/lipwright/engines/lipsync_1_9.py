"""lipsync-1.9: the fastest: every second frame looked at, the nearest donor, a face of 256 pixels."""

import numpy as np

from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.engines.motion_blur import softness
from lipwright.engines.reuse import bank_of, donor_table, draw_plan, request_of
from lipwright.engines.suited import suited
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.selection import nearest_donors


class Lipsync19:
    """Nearest donor, one at a time."""

    info = ModelInfo(
        id="lipsync-1.9",
        description="The fastest: the nearest mouth, up to 256 pixels of face detail.",
        face_resolution=256,
        max_seconds=1800,
        price_per_second=0.025,
    )

    look_every = 2
    encoder_preset = "veryfast"
    keeps_grain = False

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        return bank_of(self.info.face_resolution, max_face_resolution)

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``."""
        table = donor_table(scene, order.track_id)
        order = suited(scene, order, table)
        rows = nearest_donors(table, request_of(scene, order, table))
        donors = table.frames[rows][:, None]
        weights = np.ones(donors.shape, np.float32)
        return MouthPlan(order, donors, weights, softness=softness(scene, order, table, rows))

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``."""
        return draw_plan(picture, scene, plan, row)
