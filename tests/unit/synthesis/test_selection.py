from dataclasses import replace

import numpy as np
import pytest

from lipwright.measures import Measure
from lipwright.synthesis.inside import N_INSIDE
from lipwright.synthesis.selection import (
    DonorTable,
    Request,
    SelectionOptions,
    nearest_donors,
    select_donors,
)


def _table(gaps: np.ndarray, **changes: np.ndarray) -> DonorTable:
    n = len(gaps)
    measures = np.zeros((n, 7), np.float32)
    measures[:, Measure.GAP] = gaps
    columns = {name: np.zeros(n, np.float32) for name in ("yaw", "pitch", "doubt", "travel")}
    columns |= {name: np.full(n, 100, np.float32) for name in ("light", "sharpness")}
    columns["inside"] = np.full((n, N_INSIDE), 100, np.float32)
    columns["lip_shapes"] = np.zeros((n, 4), np.float32)
    return DonorTable(np.arange(n), measures, **(columns | changes))


def _columns(gaps: np.ndarray) -> tuple[np.ndarray, ...]:
    """Measures, yaw, pitch and light."""
    table = _table(gaps)
    return table.measures, table.yaw, table.pitch, table.light


def _request(gaps: np.ndarray) -> Request:
    measures = np.zeros((len(gaps), 7), np.float32)
    measures[:, Measure.GAP] = gaps
    zeros = np.zeros(len(gaps), np.float32)
    return Request(measures, zeros, zeros, zeros + 100, zeros, np.zeros((len(gaps), 4), np.float32))


@pytest.mark.parametrize("choose", [select_donors, nearest_donors])
def test_the_source_itself_is_found_again(choose) -> None:
    """Asked for what was filmed, the path follows the film frame by frame."""
    gaps = (6 + 5 * np.sin(np.arange(120) / 4)).astype(np.float32)
    rows = choose(_table(gaps), _request(gaps[30:80]))
    assert np.abs(gaps[rows] - gaps[30:80]).max() < 0.5
    assert (np.abs(np.diff(rows)) == 1).mean() > 0.8


@pytest.mark.parametrize("choose", [select_donors, nearest_donors])
def test_one_donor_serves_every_frame(choose) -> None:
    """A bank of one is enough, and no frames want no donors."""
    table = _table(np.array([3.0]))
    assert choose(table, _request(np.linspace(0, 9, 7))).tolist() == [0] * 7
    assert len(choose(table, _request(np.zeros(0)))) == 0


def test_whole_shot_selection_jumps_less_than_the_nearest() -> None:
    """A noisy wish is answered by a calm path: jumps are paid for."""
    rng = np.random.default_rng(0)
    gaps = rng.uniform(0, 10, 200).astype(np.float32)
    wanted = (5 + 4 * np.sin(np.arange(100) / 9) + rng.normal(0, 0.5, 100)).astype(np.float32)
    calm = select_donors(_table(gaps), _request(wanted))
    nearest = np.abs(gaps[None] - wanted[:, None]).argmin(axis=1)
    assert (np.abs(np.diff(calm)) > 1).sum() < (np.abs(np.diff(nearest)) > 1).sum()


def test_a_head_turned_like_the_frame_is_preferred() -> None:
    """Among equal mouths the one in the frame's own pose is taken."""
    yaw = np.array([-30, 0, 30], np.float32)
    rows = select_donors(_table(np.full(3, 5.0), yaw=yaw), _request(np.full(10, 5.0)))
    assert (rows == 1).all()


def test_a_head_turned_far_from_the_frame_is_a_last_resort() -> None:
    """Rather a mouth six millimetres too open than one of another side; a few degrees do not matter."""
    gaps, wanted = np.array([5.0, 11.0], np.float32), _request(np.full(5, 5.0))
    assert (select_donors(_table(gaps, yaw=np.array([35, 0], np.float32)), wanted) == 1).all()
    assert (select_donors(_table(gaps, yaw=np.array([12, 0], np.float32)), wanted) == 0).all()
    assert (select_donors(_table(gaps[:1], yaw=np.array([35], np.float32)), wanted) == 0).all()


def test_a_smeared_mouth_is_no_donor_when_a_sharp_one_will_do() -> None:
    """Among equal mouths the sharp one is taken."""
    sharpness = np.array([100, 100, 2, 100, 100], np.float32)
    gaps = np.array([0, 8, 5, 5.1, 0], np.float32)
    table, wanted = _table(gaps, sharpness=sharpness), _request(np.full(10, 5.0))
    assert (select_donors(table, wanted) == 3).all()
    assert (nearest_donors(table, wanted) == 3).all()


def test_a_head_that_stands_still_is_not_given_the_lips_of_one_in_flight() -> None:
    """They are smeared, as sharp as they may measure; a head in flight itself, or a bank of no other, is."""
    gaps, travel = np.array([0, 6, 0.3], np.float32), np.array([11, 1, 1], np.float32)
    table, still = _table(gaps, travel=travel), _request(np.zeros(6))
    assert (select_donors(table, still) == 2).all()
    assert (select_donors(table, replace(still, travel=still.travel + 9)) == 0).all()
    assert (select_donors(_table(gaps[:1], travel=travel[:1]), still) == 0).all()


def test_shut_lips_come_from_shut_lips() -> None:
    """A mouth ajar is no donor for a closure when a shut one is there, though it would save a jump."""
    gaps = np.array([6, 2, 1.2, 1.2, 1.2, 6, 7, 0.1, 0.1, 6], np.float32)
    rows = select_donors(_table(gaps), _request(np.array([2.0, 1.2, 0, 0, 0, 0])))
    assert set(rows[3:]) <= {7, 8}


def test_lips_that_are_surely_shut_are_preferred_for_a_closure_only() -> None:
    """Doubt decides among mouths of no gap, and says nothing of open ones."""
    gaps = np.array([0, 6, 0, 6, 0, 6], np.float32)
    doubt = np.array([1, 9, 1, 9, 0, 9], np.float32)
    table = _table(gaps, doubt=doubt)
    assert select_donors(table, _request(np.zeros(8))).tolist() == [4] * 8
    free, doubted = _table(gaps), _request(np.full(8, 6.0))
    assert select_donors(table, doubted).tolist() == select_donors(free, doubted).tolist()


def test_lips_of_another_shape_give_way_to_others() -> None:
    """A straight mouth that is a little less open comes first, unless the frame's own lips are as crooked, or
    there is nothing else."""
    gaps, shapes = np.array([8, 6.5], np.float32), np.zeros((2, 4), np.float32)
    shapes[0] = 2.0  # four millimetres, root mean square
    table, wanted = _table(gaps, lip_shapes=shapes), _request(np.full(6, 8.0))
    assert (select_donors(_table(gaps), wanted) == 0).all()
    assert (select_donors(table, wanted) == 1).all()
    assert (select_donors(table, replace(wanted, lip_shapes=wanted.lip_shapes + 2)) == 0).all()
    assert (select_donors(_table(gaps[:1], lip_shapes=shapes[:1]), wanted) == 0).all()


def test_lips_that_are_bent_a_little_cost_nothing() -> None:
    """Every mouth differs by a millimetre or two from what seven measures say."""
    shapes = np.zeros((2, 4), np.float32)
    shapes[0] = 0.9
    table = _table(np.array([8, 7.9], np.float32), lip_shapes=shapes)
    assert (select_donors(table, _request(np.full(6, 8.0))) == 0).all()


@pytest.mark.parametrize("dark", [slice(None), slice(0, 3)])
def test_teeth_do_not_flash(dark) -> None:
    """Of two equal mouths the one with the inside of the mouth before is taken, be all darker or a part."""
    inside = np.full((4, N_INSIDE), 90, np.float32)
    inside[2, dark] = 30
    inside[2, 3:] += 0 if dark == slice(None) else 60  # no darker as a whole
    table = replace(_table(np.array([9.0, 3, 8, 8]), inside=inside), frames=np.array([0, 10, 20, 30]))
    assert select_donors(table, _request(np.array([9, 9, 3, 3, 8, 8]))).tolist()[-1] == 3


def test_no_teeth_are_shown_for_a_frame_between_others() -> None:
    """A single frame that is less open is no reason to fetch other teeth, eight of them are."""
    table = replace(_table(np.array([9.0, 2.0, 0.0])), frames=np.array([0, 30, 60]))
    brief, long = np.array([9, 9, 9, 2, 9, 9, 9]), np.array([9, 9, 9, *np.full(8, 2), 9, 9, 9])
    assert set(select_donors(table, _request(brief)).tolist()) == {0}
    assert select_donors(table, _request(long)).tolist()[3:11] == [1] * 8
    hasty = select_donors(table, _request(brief), SelectionOptions(haste_cost=0.0))
    assert hasty.tolist() == [0, 0, 0, 1, 0, 0, 0]


def _two_insides(narrow: float, wide: float) -> DonorTable:
    """Two mouths that have nothing to do with each other, dark and light between the lips."""
    inside = np.full((2, N_INSIDE), 60, np.float32)
    inside[1] = 110
    return replace(_table(np.array([narrow, wide]), inside=inside), frames=np.array([0, 30]))


def test_other_teeth_come_while_a_mouth_is_still_narrow() -> None:
    """The wider it is, the more of a change is seen: it is made early, not half-way in between."""
    opening = np.array([3, 5, 7, 9, 11, 13, 15, 15, 15], np.float32)
    change = int(np.diff(select_donors(_two_insides(5, 15), _request(opening))).argmax())
    assert opening[change + 1] <= 7


def test_a_wide_mouth_that_opens_further_keeps_its_teeth() -> None:
    """An opening of 15 mm that is drawn at 20 is drawn out by a third, one of 3 mm at 8 to far more."""
    wide, narrow = np.array([15, 16, 18, 20, 20, 17, 15]), np.array([3, 3, 3, 8, 8, 8, 3, 3, 3])
    assert len(set(select_donors(_two_insides(15, 20), _request(wide)).tolist())) == 1
    assert len(set(select_donors(_two_insides(3, 8), _request(narrow)).tolist())) == 2


def test_who_does_not_look_ahead_leaves_a_narrow_mouth_in_time() -> None:
    """The nearest mouth is taken in mid-opening too: one that is held would be drawn out to twice as much."""
    opening = np.array([5, 8, 12, 16, 20, 20], np.float32)
    assert nearest_donors(_two_insides(5, 20), _request(opening)).tolist()[-3:] == [1] * 3


def test_teeth_are_not_drawn_out_by_more_than_half() -> None:
    """Neither is it better to keep them: four frames of 17 mm are worth other teeth than those of 10 mm."""
    opening = np.array([*np.full(12, 10), *np.full(4, 17), *np.full(12, 10)], np.float32)
    rows = select_donors(_two_insides(10, 17), _request(opening))
    assert rows.tolist() == [*[0] * 12, *[1] * 4, *[0] * 12]


def test_what_shut_lips_hide_changes_at_will() -> None:
    """Teeth may be other ones after a closure, however short: the best mouth for each opening is taken."""
    inside = np.full((3, N_INSIDE), 90, np.float32)
    inside[0], inside[1] = 200, 20
    table = replace(_table(np.array([9.0, 0, 5]), inside=inside), frames=np.array([0, 30, 60]))
    assert select_donors(table, _request(np.array([9, 9, 0, 5, 5]))).tolist() == [0, 0, 1, 2, 2]


def test_lips_that_are_shut_are_not_drawn_out_over_an_opening() -> None:
    """Two frames ajar between frames that are shut: an open mouth is fetched, though it takes two jumps."""
    gaps = np.array([*np.full(6, 0.4), 9.0, 9.0, 9.0, 3.0, 9.0], np.float32)
    rows = select_donors(_table(gaps), _request(np.array([0, 0, 0.4, 2.9, 3.4, 0.9, 0, 0])))
    assert set(rows[3:5]) == {9}
    assert set(rows[:3]) | set(rows[6:]) <= set(range(6))
