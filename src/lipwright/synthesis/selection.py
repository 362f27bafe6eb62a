"""Which donor serves which output frame: the cheapest path through the bank over a whole shot."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.synthesis.smear import lost_halvings
from lipwright.synthesis.unhurried import UnhurriedPaths

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_MEASURE_WEIGHTS_PER_MM = {
    Measure.GAP: 0.55,
    Measure.WIDTH: 0.22,
    Measure.JAW: 0.08,
    Measure.PROTRUSION: 0.06,
    Measure.UPPER: 0.18,
    Measure.LOWER: 0.18,
    Measure.INNER_WIDTH: 0.18,
}

_TURNED_DEGREES = 15.0
_SHARP_MM = 5.0
"""A head that goes this much farther per frame than another shows no softer lips."""
_CROOKED_MM = 2.0
"""Root mean square over the lips. Of faces that are seen well none of the mouths that would be chosen are
further from what is wanted; of small, quick and half covered ones 9 to 26 in a hundred."""

_LEAP = (0.0, 0.05, 0.3, 0.6, 1.0)
"""Share of the jump cost by how many source frames apart two donors are: a held one and the next ones, in
either direction, cost next to nothing, but two that take turns must not beat one that is held."""
_HELD_LEAP = _LEAP[1]
"""Up to here two donors show the same teeth."""

_FREE_STRETCH = 0.3
"""Doublings by which an opening may be drawn wider at no extra cost."""
_USUAL_MM = 5.0
"""In wider openings a change of teeth counts by their height."""


@dataclass(frozen=True)
class SelectionOptions:
    """What a mismatch costs, in units in which one millimetre of gap costs about half."""

    yaw_cost_per_degree: float = 0.07
    turned_cost_per_degree: float = 0.15
    """Extra per degree of yaw beyond ``_TURNED_DEGREES``: what a donor hides there is stretched into view."""
    pitch_cost_per_degree: float = 0.07
    light_cost_per_level: float = 0.03
    blur_cost: float = 0.9
    """Per halving of sharpness against donors as open."""
    motion_cost: float = 0.25
    """Per unit of shape by which a donor moves within a frame: it is smeared, and its landmarks are late."""
    travel_cost_per_mm: float = 0.2
    """Per millimetre beyond ``_SHARP_MM`` that a donor's head goes farther in a frame than the frame's own:
    lips smeared by it stand out from a sharp face."""
    crooked_cost_per_mm: float = 1.5
    """Per millimetre beyond ``_CROOKED_MM`` by which a donor's lips have another shape than those that are to
    be drawn: smeared or broken pictures are seen crooked, and are bent straight or drawn crooked."""
    unseen_cost_per_mm: float = 0.25
    """Extra per millimetre by which a donor is less open than wanted: its teeth are not to be seen."""
    stretch_cost: float = 4.0
    """Extra per doubling of a donor's opening, from a quarter on: what it shows between its lips is all there
    is, teeth grow long and soft, and of lips that hardly part the red itself would be drawn out."""
    ajar_cost_per_mm: float = 0.6
    """Extra per millimetre by which a donor is open where shut lips are wanted: teeth would show."""
    doubt_cost_per_mm: float = 1.2
    """Per millimetre of a donor's ``doubt`` where shut lips are wanted."""
    jump_cost: float = 0.6
    """For leaving the source's own order of frames; more while a mouth is wide open."""
    haste_cost: float = 1.0
    """For teeth that leave as soon as they came into view; see ``UnhurriedPaths``."""
    flash_cost_per_level: float = 0.06
    """For teeth and tongue that differ from those in the same places of the frame before."""
    wide_mm: float = 6.0
    """Of openings beyond this it counts how many times wider one is than another, not how many millimetres:
    what is seen of teeth and tongue is drawn out by that much, and others in mid-opening are the worse."""
    most_shown: float = 2.5
    """How many times a change of teeth may count in a wide opening."""
    n_candidates: int = 24
    """Best donors per output frame that the path may use."""


_AT_ONCE = SelectionOptions(
    motion_cost=0.0, stretch_cost=1.5, flash_cost_per_level=0.03, wide_mm=1e3, most_shown=1.0
)
"""For who does not look ahead: whatever is held is soon too wide or too narrow, so that it is left early, and
a mouth on its way is not waited out."""


@dataclass(frozen=True, eq=False)
class DonorTable:
    """What is known of the donors of one face; row i is the i-th donor, in the order of their frames."""

    frames: IntArray
    """int, shape (n,), ascending."""
    measures: Float32Array
    """float32, shape (n, 7): canonical mm."""
    yaw: Float32Array
    """float32, shape (n,), degrees."""
    pitch: Float32Array
    """float32, shape (n,), degrees."""
    light: Float32Array
    """float32, shape (n,): mean luma."""
    inside: Float32Array
    """float32, shape (n, N_INSIDE), levels: what is seen between the lips; see ``inside_of``."""
    sharpness: Float32Array
    """float32, shape (n,): Laplacian variance of the lips, levels squared."""
    doubt: Float32Array
    """float32, shape (n,), mm: how far each mouth may look open though its lips are to be shut."""
    travel: Float32Array
    """float32, shape (n,), mm per frame: how fast the head carries each mouth through the picture."""

    lip_shapes: Float32Array
    """float32, shape (n, k), mm: what the measures do not explain; see ``FaceGeometry.lip_shapes``."""

    def __len__(self) -> int:
        return len(self.frames)


def join_tables(tables: list[DonorTable]) -> tuple[DonorTable, IntArray]:
    """One table of the donors of several, none of which share a frame.

    Args:
        tables: at least one.

    Returns:
        The table, and for each of its rows the place among all rows of the tables as they were given.
    """
    order = np.argsort(np.concatenate([table.frames for table in tables]), kind="stable")
    columns = {
        name.name: np.concatenate([getattr(table, name.name) for table in tables])[order]
        for name in fields(DonorTable)
    }
    return DonorTable(**columns), order


@dataclass(frozen=True, eq=False)
class Request:
    """The mouths wanted for consecutive output frames and the frames they go into; arrays have n rows."""

    measures: Float32Array
    """float32, shape (n, 7): canonical mm."""
    yaw: Float32Array
    """float32, shape (n,), degrees."""
    pitch: Float32Array
    """float32, shape (n,), degrees."""
    light: Float32Array
    """float32, shape (n,): mean luma of the frame's own mouth region."""
    travel: Float32Array
    """float32, shape (n,), mm per frame: of the frame's own head."""
    lip_shapes: Float32Array
    """float32, shape (n, k), mm: what the lips that are drawn have beyond their measures."""

    def __len__(self) -> int:
        return len(self.measures)


def select_donors(
    table: DonorTable, request: Request, options: SelectionOptions = SelectionOptions()
) -> IntArray:
    """Rows of the table, one per requested mouth, by dynamic programming.

    Args:
        table: at least one donor.
        request: any number of consecutive frames.

    Returns:
        int, shape (n,).
    """
    if len(request) == 0:
        return np.zeros(0, dtype=np.intp)
    candidates = _candidates(table, request, _blur(table, options), options)
    before, costs = next(candidates)
    paths = UnhurriedPaths(before, costs, options.haste_cost)
    for step, (best, costs) in enumerate(candidates, start=1):
        shown = _shown(request, step, options)
        leaps = _leaps(table, before, best)
        steps = leaps * _jump_costs(table, before, best, options, shown)
        if shown:
            paths.extend_shown(best, costs, steps, np.where(leaps > _HELD_LEAP, leaps, np.float32(0.0)))
        else:
            paths.extend(best, costs, steps)
        before = best
    return paths.best()


def _blur(table: DonorTable, options: SelectionOptions) -> Float32Array:
    """What each donor costs for being soft or smeared, whatever is wanted; float32, shape (n,)."""
    lost = lost_halvings(table.measures[:, Measure.GAP], table.sharpness)
    return np.asarray(options.blur_cost * lost + options.motion_cost * _motion(table), np.float32)


def _motion(table: DonorTable) -> Float32Array:
    """How fast each donor's mouth moves, in units of shape cost per frame."""
    if len(table) < 2:
        return np.zeros(len(table), np.float32)
    steps = np.abs(np.diff(table.measures, axis=0)) @ _weights() / np.diff(table.frames)
    after, before = np.append(steps, 0.0), np.insert(steps, 0, 0.0)
    return np.asarray(np.maximum(after, before), dtype=np.float32)


def nearest_donors(table: DonorTable, request: Request, options: SelectionOptions = _AT_ONCE) -> IntArray:
    """Rows of the table by the cheapest step from one frame to the next, without looking ahead."""
    rows = np.zeros(len(request), dtype=np.intp)
    everyone, blur = np.arange(len(table)), _blur(table, options)
    for step in range(len(request)):
        cost = _mismatch(table, request, step, options) + blur
        if step:
            before = rows[step - 1 : step]
            jumps = _jump_costs(table, before, everyone, options, _shown(request, step, options))
            cost = cost + (_leaps(table, before, everyone) * jumps)[0]
        rows[step] = cost.argmin()
    return rows


def _weights() -> Float32Array:
    return np.array([_MEASURE_WEIGHTS_PER_MM[measure] for measure in Measure], np.float32)


def _candidates(
    table: DonorTable, request: Request, blur: Float32Array, options: SelectionOptions
) -> Iterator[tuple[IntArray, Float32Array]]:
    """Per frame the best donors, those that follow in the source the best of the frame before; and costs."""
    best: IntArray | None = None
    n_best = min(options.n_candidates, len(table))
    for step in range(len(request)):
        cost = _mismatch(table, request, step, options) + blur
        before, best = best, np.argpartition(cost, n_best - 1)[:n_best]
        if before is not None:
            following = np.minimum(before + 1, len(table) - 1)
            cheap = following[cost[following] < cost[best].max() + options.jump_cost]
            best = np.union1d(best, cheap)
        yield best, cost[best].astype(np.float32)


def _mismatch(table: DonorTable, request: Request, step: int, options: SelectionOptions) -> Float32Array:
    wanted = request.measures[step]
    apart = table.measures - wanted
    felt, wanted_felt = (_felt(row[..., Measure.GAP], options.wide_mm) for row in (table.measures, wanted))
    apart[:, Measure.GAP] = felt - wanted_felt
    shape = np.sqrt(((apart * _weights()) ** 2).sum(axis=1))
    unseen = np.maximum(0.0, wanted[Measure.GAP] - table.measures[:, Measure.GAP] - 1.0)
    stretch = np.log2(_opening(wanted[Measure.GAP]) / _opening(table.measures[:, Measure.GAP]))
    ajar = np.maximum(0.0, table.measures[:, Measure.GAP] - wanted[Measure.GAP] - 0.3)
    open_lips = options.ajar_cost_per_mm * ajar + options.doubt_cost_per_mm * table.doubt
    turned = np.abs(table.yaw - request.yaw[step])
    farther = np.maximum(0.0, table.travel - request.travel[step] - _SHARP_MM)
    return np.asarray(
        shape
        + open_lips * float(wanted[Measure.GAP] < CLOSED_GAP_MM)
        + options.unseen_cost_per_mm * unseen
        + options.travel_cost_per_mm * farther
        + options.crooked_cost_per_mm * np.maximum(0.0, _crookedness(table, request, step) - _CROOKED_MM)
        + options.stretch_cost * np.maximum(0.0, stretch - _FREE_STRETCH)
        + options.yaw_cost_per_degree * turned
        + options.turned_cost_per_degree * np.maximum(0.0, turned - _TURNED_DEGREES)
        + options.pitch_cost_per_degree * np.abs(table.pitch - request.pitch[step])
        + options.light_cost_per_level * np.abs(table.light - request.light[step]),
        dtype=np.float32,
    )


def _crookedness(table: DonorTable, request: Request, step: int) -> Float32Array:
    """How far the lips of each donor are from the shape wanted, whatever their measures; shape (n,), mm."""
    return np.asarray(np.linalg.norm(table.lip_shapes - request.lip_shapes[step], axis=1), np.float32)


def _opening(gap: Float32Array) -> Float32Array:
    """What a stretch is a share of, mm: lips that are shut have an edge that can be drawn out a little."""
    return np.asarray(np.maximum(gap, 0.0) + np.float32(1.0), np.float32)


def _felt(gap: Float32Array, wide: float) -> Float32Array:
    """A gap by how it looks, mm: as it is up to ``wide``, then by shares."""
    beyond = np.log(np.maximum(gap, wide) / np.float32(wide))
    return np.asarray(np.minimum(gap, wide) + np.float32(wide) * beyond, np.float32)


def _shown(request: Request, step: int, options: SelectionOptions) -> float:
    """How much is seen of a change of teeth from the frame before; 0 where shut lips hide it."""
    gap = float(request.measures[step - 1 : step + 1, Measure.GAP].min())
    return min(max(gap / _USUAL_MM, 1.0), options.most_shown) if gap >= CLOSED_GAP_MM else 0.0


def _leaps(table: DonorTable, before: IntArray, after: IntArray) -> Float32Array:
    """Share of the jump cost from each of ``before`` to each of ``after``: float32, shape (k, m)."""
    apart = np.abs(table.frames[after][None, :] - table.frames[before][:, None])
    return np.asarray(np.array(_LEAP, np.float32)[np.minimum(apart, len(_LEAP) - 1)])


def _jump_costs(
    table: DonorTable, before: IntArray, after: IntArray, options: SelectionOptions, shown: float
) -> Float32Array:
    """Cost of ``after`` next to ``before`` where they have nothing to do with each other: float32, (k, m).

    Args:
        shown: see ``_shown``.
    """
    follows = np.minimum(before + 1, len(table) - 1)
    change = np.abs(table.measures[after][None] - table.measures[follows][:, None]) * _weights()
    cost = options.jump_cost + 0.3 * change.sum(axis=-1)
    if shown:
        apart = np.abs(table.inside[after][None] - table.inside[before][:, None])
        cost += options.flash_cost_per_level * apart.mean(axis=-1)
        cost *= shown
    return np.asarray(cost, dtype=np.float32)
