"""passthrough: draws every frame's own mouth back into it, to prove the geometry.

Not published: what differs from the source in its output is the error of the drawing itself.
"""

import numpy as np

from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing, draw_mouth
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from lipwright.synthesis.target import Placement


class Passthrough:
    """The frame's own mouth, through all the steps of the drawing."""

    info = ModelInfo(
        id="passthrough",
        description="Draws each frame's own mouth: shows what the drawing alone changes.",
        face_resolution=4096,
        max_seconds=1800,
        price_per_second=0.0,
    )

    look_every = 1
    encoder_preset = "medium"
    keeps_grain = False

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:  # noqa: ARG002 (Protocol)
        """A bank that keeps nothing: donors are taken from the frame itself."""
        return MouthBank(BankOptions(self.info.face_resolution, budget_bytes=0))

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:  # noqa: ARG002 (Protocol)
        """Every frame is its own donor."""
        donors = order.source_frames[:, None]
        return MouthPlan(order, donors, np.ones(donors.shape, np.float32))

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """Draws the frame's own mouth at its own place."""
        geometry = scene.geometries[plan.order.track_id]
        track = geometry.track
        place = int(plan.order.source_frames[row]) - track.start
        points = geometry.own_points(place + track.start)
        low, high = points.min(axis=0) - 8, points.max(axis=0) + 8
        box = Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).even()
        donor = Donor(picture.crop_ycc(box), points - np.array([box.left, box.top], np.float32))
        placement = Placement(points, points, float(track.scales[place]))
        return draw_mouth(picture, placement, [(donor, 1.0)], geometry.mouth_mesh)
