"""What the engines that re-use the speaker's own mouth share: their donors' table and the drawing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.hidden import hidden_share
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.missing_lips import near_lips
from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.engines.base import MouthOrder, MouthPlan, Scene
from lipwright.engines.steady import shut_lips_about, steadied
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.closed_lips import doubt_of
from lipwright.synthesis.draw import Drawing, DrawOptions, draw_mouth
from lipwright.synthesis.inside import N_INSIDE
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from lipwright.synthesis.occluder import hidden_points, hides_anything
from lipwright.synthesis.selection import DonorTable, Request
from lipwright.synthesis.smear import lost_halvings, travel
from lipwright.synthesis.target import Placement

Float32Array = NDArray[np.float32]

_OCCLUDED = 0.25
"""From this occlusion on a mouth is not fit to be a donor."""
_FEWEST = 12
"""Half a second of mouths is next to nothing. Where no more are fit, those are as well that show their lips
and what is near them: nothing is taken of what is in front of the chin."""
_NEARER = tuple(near_lips(MOUTH_POINTS, millimetres) for millimetres in (11.0, 7.0, 1.0))
"""Which points must be free then, more of them if there are enough donors that show them."""
_PROFILE_DEGREES = 55.0
"""The mesh of a face turned as far is not to be trusted: nothing is drawn there, nor taken from it."""
_MISPLACED_MM = 3.0
"""Lips whose points lie this far from those of another look are not where the mesh says."""
_CONTRADICTED = 1.5
"""Doubt, in units of what makes a mouth unfit, about one whose gap is read differently from look to look."""
_MISREAD_SHARE = 0.25
"""Of the mouths that were looked at again, those that are read differently; of a face with more of them, a
mouth that was looked at once is as doubtful. Where faces are seen well it is none to 8 in a hundred."""
_SMEARED_HALVINGS = 2.0
"""A mouth a quarter as sharp as its like is smeared: under a sharp nose it shows as a ghost. Of 15 clips only
a singer's and a waving speaker's have more than one in 100 of them among the donors."""
_STRETCH, _STRETCH_MM = 1.25, 1.5
"""A donor's opening may be drawn a quarter and a little wider than it was filmed."""
_WIDTH_MM = 1.0
"""By how much mouths may be drawn wider or narrower than all but two in a hundred."""
OPENING_SHARES = {Measure.LOWER: 0.65, Measure.JAW: 0.5, Measure.UPPER: 0.35}
"""How far each goes along with a gap that is changed: the lower lip and the jaw do most of any opening."""
FINE = DrawOptions(is_fine=True)
_STRANGE_LEVELS = 25.0
"""Lips whose colour is this far from the speaker's usual one have something in front of them."""


def bank_of(
    face_resolution: int,
    max_face_resolution: int | None,
    most_stages: int = 0,
    budget_bytes: int = BankOptions.budget_bytes,
) -> MouthBank:
    """A bank that keeps faces up to the lower of the two heights, and stages for an audition."""
    height = min(face_resolution, max_face_resolution or face_resolution)
    return MouthBank(BankOptions(height, budget_bytes, most_stages))


def donor_table(scene: Scene, track_id: int) -> DonorTable:
    """All mouths of a track that are fit to be donors; of an occluded track, the least occluded."""
    track = scene.analysis.tracks[track_id]
    frames = scene.bank.frames(track_id)
    rows = frames - track.start
    frames = frames[track.is_tracked[rows]]
    frames = frames[_fitness(scene, track_id, frames)]
    rows = frames - track.start
    light = np.array([scene.bank.light(track_id, int(frame)) for frame in frames], np.float32)
    inside = np.array([scene.bank.inside(track_id, int(frame)) for frame in frames], np.float32)
    inside = inside.reshape(len(frames), N_INSIDE)
    sharpness = np.array([scene.bank.sharpness(track_id, int(frame)) for frame in frames], np.float32)
    gaps = np.array([scene.bank.seen_gap(track_id, int(frame)) for frame in frames], np.float32)
    doubt = doubt_of(frames, gaps)
    travelled = head_travel(scene, track_id)[rows]
    shapes = scene.geometries[track_id].lip_shapes(frames)
    pose = track.yaw[rows], track.pitch[rows]
    measures = scene.geometries[track_id].upright_measures()[rows]
    return DonorTable(frames, measures, *pose, light, inside, sharpness, doubt, travelled, shapes)


def head_travel(scene: Scene, track_id: int) -> Float32Array:
    """How far the head carries the mouth in each frame of a track, mm: of the pose alone, not of speech."""
    geometry = scene.geometries[track_id]
    track = geometry.track
    mouth = geometry.model.mean[mesh.OUTER].mean(axis=0)
    places = track.scales[:, None] * (track.rotations @ mouth) + track.translations
    return travel(places[:, :2], track.scales)


def _fitness(scene: Scene, track_id: int, frames: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which donors show nothing but the mouth; if none does, those that show most of it."""
    track = scene.analysis.tracks[track_id]
    strange = scene.bank.lip_colors(track_id) - scene.bank.usual_lip_color(track_id)
    is_known = np.isin(scene.bank.frames(track_id), frames)
    rows = frames - track.start
    covered = track.covered(rows)
    guessed = _guessed([scene.bank.looks(track_id, int(frame)) for frame in frames])
    doubt = np.maximum.reduce(
        [
            1.5 * (hidden_share(track, np.arange(len(track.is_tracked)))[rows] > 0),
            guessed,
            np.abs(np.nan_to_num(track.yaw[rows])) / _PROFILE_DEGREES,
            np.linalg.norm(strange[is_known], axis=1) / _STRANGE_LEVELS,
        ]
    )
    seen = np.maximum(np.nan_to_num(track.occlusion[rows]) / _OCCLUDED, _covered_doubt(covered))
    for is_asked in _NEARER:  # something may be in front of the chin all the time
        if (np.maximum(doubt, seen) < 1).sum() < _FEWEST:
            seen = _covered_doubt(covered & is_asked)
    doubt = np.maximum(doubt, seen)
    is_fit = np.asarray(doubt < max(1.0, float(doubt.min(initial=np.inf)) + 1e-6))
    # judged among those that are fit: the edge of a microphone is sharper than any lips
    sharpness = [scene.bank.sharpness(track_id, int(frame)) for frame in frames[is_fit]]
    lost = lost_halvings(track.measures[rows[is_fit], Measure.GAP], np.array(sharpness, np.float32))
    is_fit[is_fit] = lost < _SMEARED_HALVINGS
    return is_fit


def _covered_doubt(covered: NDArray[np.bool_]) -> Float32Array:
    """1 and more of donors with something in front of a point; shape (n,)."""
    n_covered = covered.sum(axis=1)
    return np.where(n_covered > 0, 1.0 + n_covered, 0.0).astype(np.float32)


def _guessed(looks: list[Looks | None]) -> Float32Array:
    """Doubt whether the points of each donor are where its lips are, shape (n,)."""
    agree = [seen.agree for seen in looks if seen is not None]
    is_misread = agree.count(False) > _MISREAD_SHARE * len(agree)
    unknown = _CONTRADICTED if is_misread else 0.0
    doubt = [unknown if seen is None else _contradiction(seen) for seen in looks]
    return np.array(doubt, np.float32)


def _contradiction(looks: Looks) -> float:
    return max(looks.lips_apart / _MISPLACED_MM, 0.0 if looks.agree else _CONTRADICTED)


def within_reach(order: MouthOrder, table: DonorTable) -> MouthOrder:
    """The order with mouths that no donor comes near made more usual.

    Over wider openings lips would be stretched over nothing; mouths wider or narrower than the face ever
    shows are drawn with cheeks and moustache pushed together.
    """
    widest = float(np.quantile(table.measures[:, Measure.GAP], 0.98)) * _STRETCH + _STRETCH_MM
    over = np.maximum(order.measures[:, Measure.GAP] - widest, 0.0)
    measures = order.measures.copy()
    for measure in (Measure.WIDTH, Measure.INNER_WIDTH):
        low, high = np.quantile(table.measures[:, measure], (0.02, 0.98))
        measures[:, measure] = np.clip(measures[:, measure], low - _WIDTH_MM, high + _WIDTH_MM)
    measures[:, Measure.GAP] -= over
    for measure, share in OPENING_SHARES.items():  # lips and jaw come back together
        measures[:, measure] -= share * over
    return replace(order, measures=measures)


def request_of(scene: Scene, order: MouthOrder, table: DonorTable) -> Request:
    """The order as the selection wants it; a frame's own light is that of the donor nearest in time."""
    track = scene.analysis.tracks[order.track_id]
    rows = order.source_frames - track.start
    after = np.minimum(np.searchsorted(table.frames, order.source_frames), len(table) - 1)
    before = np.maximum(after - 1, 0)
    is_before = np.abs(table.frames[before] - order.source_frames) < np.abs(
        table.frames[after] - order.source_frames
    )
    nearest = np.where(is_before, before, after)
    light, travelled = table.light[nearest], head_travel(scene, order.track_id)[rows]
    shapes = scene.geometries[order.track_id].wanted_lip_shapes(order.source_frames)
    return Request(order.measures, track.yaw[rows], track.pitch[rows], light, travelled, shapes)


def draw_plan(
    picture: Picture,
    scene: Scene,
    plan: MouthPlan,
    row: int,
    options: DrawOptions = DrawOptions(),
    follow: Callable[[Float32Array], Float32Array] | None = None,
) -> Drawing | None:
    """Draws one row of a plan with the mouths of the bank.

    Args:
        picture: changed.
        scene: of the job.
        plan: of a shot.
        row: of the plan.
        options: how much care is taken.
        follow: where points of the source's frame are in the picture, if its face was moved.
    """
    order = plan.order
    strength = float(order.strength[row])
    if strength <= 0.0:
        return None
    geometry = scene.geometries[order.track_id]
    frame_index = int(order.source_frames[row])
    own = geometry.own_points(frame_index)
    wanted = geometry.place(frame_index, order.measures[row], *shut_lips_about(scene, plan, row))
    place = frame_index - geometry.track.start
    placement = Placement(
        own if follow is None else follow(own),
        wanted if follow is None else follow(wanted),
        float(geometry.track.scales[place]),
        strength,
        geometry.track.covered(place),
    )
    tracks = (
        np.full(plan.donors.shape[1], order.track_id) if plan.donor_tracks is None else plan.donor_tracks[row]
    )
    places = zip(tracks.tolist(), plan.donors[row].tolist(), strict=True)
    donors = [
        (steadied(scene, plan, row, _donor(scene, *place), place), float(weight))
        for place, weight in zip(places, plan.weights[row], strict=True)
        if weight > 0
    ]
    if plan.softness is not None:
        main, share = donors[0]
        donors[0] = replace(main, softness=float(plan.softness[row])), share
    if plan.lifts is not None:
        main, share = donors[0]
        donors[0] = replace(main, lift=max(main.lift, float(plan.lifts[row]))), share
    return draw_mouth(picture, placement, donors, geometry.mouth_mesh, options)


def _donor(scene: Scene, track_id: int, frame_index: int) -> Donor:
    geometry = scene.geometries[track_id]
    donor = scene.bank.donor(track_id, frame_index, geometry.own_points(frame_index))
    covered = geometry.track.covered(frame_index - geometry.track.start)
    return replace(donor, is_hidden=hidden_points(covered)) if hides_anything(covered) else donor
