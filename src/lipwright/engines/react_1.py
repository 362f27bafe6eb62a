"""react-1: the mouth follows the voice, and the face and the head with it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.engines.lipsync_2_pro import Lipsync2Pro
from lipwright.engines.options import ModelMode, ModelOptions
from lipwright.engines.reuse import FINE, OPENING_SHARES, draw_plan
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.acting import act, visibility
from lipwright.synthesis.action_units import (
    ExpressionField,
    Manner,
    Prompt,
    expression_field,
    manner_of,
    units_of,
)
from lipwright.synthesis.draw import Drawing, united
from lipwright.synthesis.face_map import PARTS, POINTS, FaceMap
from lipwright.synthesis.folds import FoldedFace, shade_folds
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.move_face import FaceMove, MovedFace, move_face
from lipwright.synthesis.occluder import cover_of

Float32Array = NDArray[np.float32]


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
    keeps_grain = True

    def __init__(self, options: ModelOptions = ModelOptions()) -> None:
        self._mouths = Lipsync2Pro()
        self._mode = ModelMode(options.model_mode)
        self._prompt = Prompt(options.prompt or Prompt.NEUTRAL)
        is_alone = self._mode is ModelMode.LIPS
        self._units = units_of(self._prompt, with_mouth_only=is_alone)
        self._manner = manner_of(self._prompt, with_mouth_only=is_alone)

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        return self._mouths.new_bank(max_face_resolution)

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``; what the face does stands in the plan beside the mouths."""
        has_expression, has_head = self._prompt is not Prompt.NEUTRAL, self._mode is ModelMode.HEAD
        if order.prosody is None or not (has_expression or has_head):
            return self._mouths.plan(scene, order)
        track = scene.analysis.tracks[order.track_id]
        seen = visibility(track.is_tracked, track.yaw)[order.source_frames - track.start]
        acting = act(order.prosody, seen, with_face=has_expression, with_head=has_head)
        spoken = _in_manner(order, self._manner, acting.amount)
        return replace(self._mouths.plan(scene, spoken), acting=acting)

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
        if (amount <= 0.0 or not self._units) and not turn.any():
            return None
        frame_index = int(plan.order.source_frames[row])
        cover = cover_of(scene.geometries[plan.order.track_id], frame_index)
        move = FaceMove(self._field(face), amount, turn, cover)
        moved = move_face(picture, face, frame_index - face.start, move)
        folded = FoldedFace(face, frame_index - face.start, moved.follow, moved.drawing.box, moved.free)
        folds = shade_folds(picture, folded, {unit: amount * share for unit, share in self._units.items()})
        return moved if folds is None else replace(moved, drawing=united(moved.drawing, folds))

    def _field(self, face: FaceMap) -> ExpressionField:
        return expression_field(self._units, face.shape, POINTS, PARTS, face.eye_distance)


def _in_manner(order: MouthOrder, manner: Manner, amount: Float32Array) -> MouthOrder:
    """The order as it is spoken in an expression; what shall be shut stays shut.

    Args:
        order: what the voice asks for.
        manner: of the expression.
        amount: float32, shape (n,), 0 to 1: of the expression.
    """
    measures = order.measures.copy()
    open_mm = np.maximum(measures[:, Measure.GAP] - CLOSED_GAP_MM, 0.0)
    further = amount * np.float32(manner.opening - 1.0) * open_mm
    measures[:, Measure.GAP] += further
    for measure, share in OPENING_SHARES.items():
        measures[:, measure] += share * further
    for measure in (Measure.WIDTH, Measure.INNER_WIDTH):
        measures[:, measure] += amount * np.float32(manner.width_mm)
    return replace(order, measures=measures)
