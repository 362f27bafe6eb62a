"""How much softer the mouths of a plan are to be drawn than their donors were filmed: as soft as the frame.

A sharp mouth in a face that is smeared by its own movement looks pasted on. How far a head went tells only
that it may be smeared, as shutters differ; how sharp its own mouth is tells only that it is soft, which lips
that move are on still heads too. Both together tell: of three clips of nodding heads mouths have lost 1.0 to
1.3 halvings at more than 8 mm a frame, of a fourth, with a short shutter, 0.2 as on still heads.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.reuse import head_travel
from lipwright.measures import Measure
from lipwright.synthesis.selection import DonorTable
from lipwright.synthesis.smear import lost_halvings

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_STILL_MM, _FAST_MM = 3.0, 6.0
"""Per frame: slower heads are not smeared, from the second on all that a mouth lost is put down to that."""
_FREE, _MOST = 0.5, 3.0
"""Halvings: sharpness varies by the first from mouth to mouth; of what has lost more, little is left."""


def softness(scene: Scene, order: MouthOrder, table: DonorTable, rows: IntArray) -> Float32Array:
    """Halvings of sharpness that each row's donor has to lose.

    Args:
        scene: which holds the frames.
        order: of the plan.
        table: of the donors.
        rows: int, shape (n,): of the main donor of each mouth that is ordered.

    Returns:
        float32, shape (n,); 0 where the bank knows nothing of a frame's own mouth.
    """
    lost = _lost(scene, order.track_id)
    start = scene.analysis.tracks[order.track_id].start
    own = lost[order.source_frames - start]
    given = lost_halvings(table.measures[:, Measure.GAP], table.sharpness)[rows]
    far = head_travel(scene, order.track_id)[order.source_frames - start]
    is_moving = np.clip((far - _STILL_MM) / (_FAST_MM - _STILL_MM), 0.0, 1.0)
    return np.asarray(is_moving * np.clip(own - given - _FREE, 0.0, _MOST), np.float32)


def _lost(scene: Scene, track_id: int) -> Float32Array:
    """Of each frame of a track, halvings; 0 where the bank has none."""
    track = scene.analysis.tracks[track_id]
    frames = scene.bank.frames(track_id)
    rows = frames - track.start
    frames, rows = frames[track.is_tracked[rows]], rows[track.is_tracked[rows]]
    sharpness = np.array([scene.bank.sharpness(track_id, int(frame)) for frame in frames], np.float32)
    lost = np.zeros(len(track.is_tracked), np.float32)
    lost[rows] = lost_halvings(track.measures[rows, Measure.GAP], sharpness)
    return lost
