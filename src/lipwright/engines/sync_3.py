"""sync-3: the whole video as one bank, and a mouth made up where the person never opens theirs."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.engines.audition import auditioned
from lipwright.engines.base import ModelInfo, MouthOrder, MouthPlan, Scene
from lipwright.engines.motion_blur import softness
from lipwright.engines.people import tracks_of_person
from lipwright.engines.pressing import press_for
from lipwright.engines.reuse import donor_table, draw_plan, request_of, within_reach
from lipwright.engines.suited import suited
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from lipwright.synthesis.open_mouth import Manner, draw_synthesized
from lipwright.synthesis.person_bank import PersonBank
from lipwright.synthesis.seen_teeth import TeethDonor, under_pose
from lipwright.synthesis.selection import DonorTable, join_tables, select_donors

IntArray = NDArray[np.intp]

_BUDGET_BYTES = 256 << 20
"""At 2048 pixels of face a mouth is 2 MB."""
_STAGES = 10
"""Frames of each face that are kept to try mouths on."""
_CROSSFADE = 0.45
"""Share of the old donor on the first frame after a jump, where the two agree."""
_LEAST_SHARE = 0.6
"""Of the openings that are wanted: what the donors reach by being stretched must come to this much."""
_LEAST_RANGE_MM = 3.0
"""Between the donors that are most shut and most open: below this, nobody was seen to speak."""
_TEETH_MM, _TEETH_DEGREES = 2.5, 12.0
"""A frame that may lend its teeth is open this far at least, and turned away from the usual no further."""
_FEWEST_OPEN = 8
"""Donors that must be open by half of that range: fewer are a yawn or a slip of the landmarks."""


class Sync3:
    """Own mouths wherever the person shows them, in any shot; made-up ones where they do not."""

    info = ModelInfo(
        id="sync-3",
        description="Everything: stills, quiet footage, one bank for all shots, up to 2048 pixels of face.",
        face_resolution=2048,
        max_seconds=1800,
        price_per_second=0.133,
        takes_stills=True,
    )

    look_every = 1
    encoder_preset = "veryfast"
    keeps_grain = False

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        height = min(self.info.face_resolution, max_face_resolution or self.info.face_resolution)
        return PersonBank(BankOptions(height, _BUDGET_BYTES, _STAGES))

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """See ``Engine.plan``; one way of drawing for a whole order, so that it never changes in a phrase."""
        people = tracks_of_person(scene, order.track_id)
        tables = {number: donor_table(scene, number) for number in people}
        if not _is_enough(_joined(tables)[0], order):
            return _made_up(scene, order)
        tried = {number: auditioned(scene, number, table) for number, table in tables.items() if len(table)}
        table, owners = _joined(tried)
        order = suited(scene, order, table)
        rows = select_donors(table, request_of(scene, order, table))
        return replace(_plan(order, table, owners, rows), softness=softness(scene, order, table, rows))

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """See ``Engine.draw``."""
        if not plan.is_made_up:
            return draw_plan(picture, scene, plan, row)
        order = plan.order
        strength = float(order.strength[row])
        if strength <= 0.0:
            return None
        assert isinstance(scene.bank, PersonBank)
        geometry = scene.geometries[order.track_id]
        frame_index = int(order.source_frames[row])
        return draw_synthesized(
            picture,
            geometry,
            frame_index,
            order.measures[row],
            scene.bank.look(order.track_id),
            Manner(strength, _teeth(scene, plan, row), plan.press),
        )


def _joined(tables: dict[int, DonorTable]) -> tuple[DonorTable, IntArray]:
    """The donors of all tracks of a person, and the track of each."""
    owners = np.repeat(np.array(list(tables), np.intp), [len(table) for table in tables.values()])
    table, places = join_tables(list(tables.values()))
    return table, owners[places]


def _is_enough(table: DonorTable, order: MouthOrder) -> bool:
    """Whether the donors' own range reaches what is asked for."""
    gap, wanted = table.measures[:, Measure.GAP], order.measures[:, Measure.GAP]
    if wanted.max() < CLOSED_GAP_MM:
        return len(gap) > 0 and float(gap.min()) < CLOSED_GAP_MM
    if len(gap) < _FEWEST_OPEN:
        return False
    shut, widest = np.quantile(gap, [0.02, 0.98])
    n_open = int((gap > shut + _LEAST_RANGE_MM / 2).sum())
    if widest - shut < _LEAST_RANGE_MM or n_open < _FEWEST_OPEN:
        return False
    reached = within_reach(order, table).measures[:, Measure.GAP]
    return float(np.quantile(reached, 0.95)) >= _LEAST_SHARE * float(np.quantile(wanted, 0.95))


def _teeth(scene: Scene, plan: MouthPlan, row: int) -> TeethDonor | None:
    order, frame_index = plan.order, int(plan.order.source_frames[row])
    lenders = [int(frame) for frame in plan.donors[row] if frame != frame_index]
    if not lenders:
        return None
    geometry = scene.geometries[order.track_id]
    mouth = scene.bank.donor(order.track_id, lenders[0], geometry.own_points(lenders[0]))
    return under_pose(mouth, geometry, lenders[0], frame_index)


def _made_up(scene: Scene, order: MouthOrder) -> MouthPlan:
    """Own lips parted throughout; a frame of the track that shows teeth, if one does, lends them to all."""
    track = scene.analysis.tracks[order.track_id]
    table = donor_table(scene, order.track_id)
    is_fit = (table.measures[:, Measure.GAP] > _TEETH_MM) & (
        np.abs(table.yaw - np.nanmedian(track.yaw)) < _TEETH_DEGREES
    )
    best = np.flatnonzero(is_fit)
    best = best[np.argsort(table.inside[best].mean(axis=1))][-1:]
    shape = (len(order.output_frames), len(best))
    donors = np.broadcast_to(table.frames[best], shape).astype(np.intp)
    press = press_for(scene, order)
    return MouthPlan(order, donors, np.zeros(shape, np.float32), is_made_up=True, press=press)


def _plan(order: MouthOrder, table: DonorTable, owners: IntArray, rows: IntArray) -> MouthPlan:
    """The donors with a one-frame crossfade where they jump; see ``Lipsync2.plan``."""
    before = np.concatenate([rows[:1], rows[:-1]])
    follow_on = np.minimum(before + 1, len(table) - 1)
    is_next = (table.frames[follow_on] == table.frames[before] + 1) & (owners[follow_on] == owners[before])
    old = np.where(is_next, follow_on, before)
    is_jump = np.abs(table.frames[rows] - table.frames[before]) > 1
    share = np.where(is_jump, _CROSSFADE, 0.0).astype(np.float32)
    both = np.stack([rows, old], axis=1)
    weights = np.stack([1 - share, share], axis=1)
    return MouthPlan(order, table.frames[both], weights, donor_tracks=owners[both])
