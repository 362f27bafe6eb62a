"""lipsync-2-pro: full detail; teeth, beard and grain of one donor, the shading of several."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from lipwright.engines.audition import auditioned
from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.engines.motion_blur import softness
from lipwright.engines.reuse import FINE, bank_of, donor_table, draw_plan, request_of
from lipwright.engines.suited import suited
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.selection import DonorTable, SelectionOptions, select_donors

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_SHARP = SelectionOptions(blur_cost=2.0, jump_cost=0.8)
"""Softer donors cost more than in lipsync-2, and so do jumps between donors."""
_STAGES = 10
"""Frames of each face that are kept to try mouths on."""
_REACH = 2
"""Output frames to either side whose donors lend their shading."""
_SHARES = np.array([6, 4, 4, 1, 1], np.float32) / 16
"""Of the frame's own donor and those of the frames 1 before, 1 after, 2 before and 2 after: binomial."""
_BANK_BYTES = 160 << 20
"""Crops of a face of 1024 pixels take half a megabyte each."""
_LIKE_DONORS = 41
"""How many donors of nearly the same opening say how sharp such a mouth usually is."""
_MAX_LIFT = 1.35
"""More would make grain of what is merely out of focus."""


class Lipsync2Pro:
    """Several donors, blended by bands."""

    info = ModelInfo(
        id="lipsync-2-pro",
        description="Full detail up to 1024 pixels of face: teeth, beard and grain kept, light steady.",
        face_resolution=1024,
        max_seconds=1800,
        price_per_second=0.083,
    )

    look_every = 1
    encoder_preset = "veryfast"
    keeps_grain = True

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        return bank_of(self.info.face_resolution, max_face_resolution, _STAGES, _BANK_BYTES)

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``; each frame's first donor gives the detail, its neighbours' lend shading.

        What evens the frames out stands in the plan, not in the drawing of the frame before: a chunk that is
        drawn alone is the same.
        """
        table = auditioned(scene, order.track_id, donor_table(scene, order.track_id))
        order = suited(scene, order, table)
        rows = select_donors(table, request_of(scene, order, table), _SHARP)
        donors = table.frames[_with_neighbours(rows)]
        weights = np.repeat(_SHARES[None], len(rows), axis=0)
        soft = softness(scene, order, table, rows)
        return MouthPlan(order, *_merged(donors, weights), lifts=_lifts(table)[rows], softness=soft)

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``."""
        return draw_plan(picture, scene, plan, row, FINE)


def _with_neighbours(rows: IntArray) -> IntArray:
    """Each row followed by those 1 before, 1 after, 2 before, 2 after; shape (n, 5), ends repeated."""
    padded = np.pad(rows, _REACH, mode="edge")
    return np.stack([padded[_REACH + k : _REACH + k + len(rows)] for k in (0, -1, 1, -2, 2)], axis=1)


def _merged(donors: IntArray, weights: Float32Array) -> tuple[IntArray, Float32Array]:
    """Donors that stand in a row twice keep their first place with the sum of their weights."""
    weights = weights.copy()
    for late in range(1, donors.shape[1]):
        for early in range(late):
            is_same = (donors[:, late] == donors[:, early]) & (weights[:, early] > 0)
            weights[is_same, early] += weights[is_same, late]
            weights[is_same, late] = 0.0
    return donors, weights


def _lifts(table: DonorTable) -> Float32Array:
    """What brings each donor's detail to that of donors as open as it; an open mouth shows more edges."""
    order = np.argsort(table.measures[:, Measure.GAP], kind="stable")
    level = np.sqrt(table.sharpness + 1.0)[order]
    usual = median_filter(level, size=min(len(level), _LIKE_DONORS), mode="nearest")
    lifts = np.empty(len(level), np.float32)
    lifts[order] = np.clip(usual / level, 1.0, _MAX_LIFT)
    return lifts
