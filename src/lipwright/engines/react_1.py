"""react-1: the mouth follows the voice, and the face and the head with it."""

from dataclasses import replace

import numpy as np

from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.engines.lipsync_2_pro import Lipsync2Pro
from lipwright.engines.options import ModelMode, ModelOptions
from lipwright.engines.reuse import FINE, OPENING_SHARES, draw_plan
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.acting import act, visibility
from lipwright.synthesis.action_units import OPENING, ExpressionField, Prompt, expression_field
from lipwright.synthesis.draw import Drawing, united
from lipwright.synthesis.face_map import PARTS, POINTS, FaceMap
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.move_face import FaceMove, MovedFace, move_face
from lipwright.synthesis.occluder import cover_of


class React1:
    """The mouths of lipsync-2-pro on a face that acts."""

    info = ModelInfo(
        id="react-1",
        description="Changes expression too: the face answers a prompt, the head moves with the voice.",
        face_resolution=1024,
        max_seconds=15,
        is_short_only=True,
        price_per_second=0.167,
        is_expressive=True,
    )

    look_every = 1
    encoder_preset = "veryfast"

    def __init__(self, options: ModelOptions = ModelOptions()) -> None:
        self._mouths = Lipsync2Pro()
        self._mode = ModelMode(options.model_mode)
        self._prompt = Prompt(options.prompt or Prompt.NEUTRAL)

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        return self._mouths.new_bank(max_face_resolution)

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``; what the face does stands in the plan beside the mouths."""
        has_expression = self._mode is not ModelMode.LIPS and self._prompt is not Prompt.NEUTRAL
        if has_expression:
            order = _opened(order, OPENING.get(self._prompt, 1.0))
        plan = self._mouths.plan(scene, order)
        has_head = self._mode is ModelMode.HEAD
        if order.prosody is None or not (has_expression or has_head):
            return plan
        track = scene.analysis.tracks[order.track_id]
        seen = visibility(track.is_tracked, track.yaw)[order.source_frames - track.start]
        return replace(plan, acting=act(order.prosody, seen, with_face=has_expression, with_head=has_head))

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``; first the face is moved, then the mouth drawn where it went."""
        moved = self._move(picture, scene, plan, row)
        if moved is None:
            return self._mouths.draw(picture, scene, plan, row)
        mouth = draw_plan(picture, scene, plan, row, FINE, moved.follow)
        return moved.drawing if mouth is None else united(moved.drawing, mouth)

    def _move(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> MovedFace | None:
        face = scene.geometries[plan.order.track_id].face_map
        if plan.acting is None or face is None:
            return None
        amount, turn = float(plan.acting.amount[row]), plan.acting.turns[row]
        if amount <= 0.0 and not turn.any():
            return None
        frame_index = int(plan.order.source_frames[row])
        cover = cover_of(scene.geometries[plan.order.track_id], frame_index)
        move = FaceMove(self._field(face), amount, turn, cover)
        return move_face(picture, face, frame_index - face.start, move)

    def _field(self, face: FaceMap) -> ExpressionField:
        return expression_field(self._prompt, face.shape, POINTS, PARTS, face.eye_distance)


def _opened(order: MouthOrder, factor: float) -> MouthOrder:
    """The order with open mouths opened further; what shall be shut stays shut."""
    further = (factor - 1.0) * np.maximum(order.measures[:, Measure.GAP] - CLOSED_GAP_MM, 0.0)
    if not further.any():
        return order
    measures = order.measures.copy()
    measures[:, Measure.GAP] += further
    for measure, share in OPENING_SHARES.items():
        measures[:, measure] += share * further
    return replace(order, measures=measures)
