"""Suits what is asked of a mouth to whose mouth it is."""

from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.inertia import with_inertia
from lipwright.engines.reuse import within_reach
from lipwright.engines.room import with_room
from lipwright.synthesis.selection import DonorTable


def suited(scene: Scene, order: MouthOrder, table: DonorTable) -> MouthOrder:
    """The order at this speaker's pace, within reach of these donors, above this chin."""
    filmed = scene.analysis.tracks[order.track_id].measures
    return with_room(scene, within_reach(with_inertia(order, filmed), table), table)
