"""Opens a mouth no further than there is room for above the chin: a bowed head has less of it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.engines.base import MouthOrder, Scene
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.synthesis.selection import DonorTable

Float32Array = NDArray[np.float32]

_LEAST_QUANTILE = 0.02
"""Of the room of all donors, as they were filmed: narrower ones are slips of the landmarks."""


def with_room(scene: Scene, order: MouthOrder, table: DonorTable) -> MouthOrder:
    """The order with lower lips that come no nearer to the chin than the face ever shows.

    Drawn lower, a lip lies over the chin with the edge of a paper cut. The upper lip and the jaw stay.
    """
    lean, track = scene.geometries[order.track_id].lean, scene.analysis.tracks[order.track_id]
    shown = _room(table.measures + lean.at(table.pitch))
    wanted = _room(order.measures + lean.at(track.pitch[order.source_frames - track.start]))
    lack = np.maximum(np.quantile(shown, _LEAST_QUANTILE) - wanted, 0.0)
    lack = np.minimum(lack, np.maximum(order.measures[:, Measure.GAP] - CLOSED_GAP_MM, 0.0))
    measures = order.measures.copy()
    measures[:, Measure.GAP] -= lack
    measures[:, Measure.LOWER] -= lack
    return replace(order, measures=measures)


def _room(measures: Float32Array) -> Float32Array:
    """From the lower lip to the chin, mm, shape (n,)."""
    return measures[:, Measure.JAW] - measures[:, Measure.LOWER]
