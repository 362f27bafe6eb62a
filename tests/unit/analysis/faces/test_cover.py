"""Which points have something in front of them, told from one frame to the next."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cover import Neighbourhood

BoolArray = NDArray[np.bool_]

ACROSS, DOWN = np.meshgrid(np.arange(-30.0, 31.0, 6.0), np.arange(-80.0, -29.0, 6.0))
POINTS = np.stack([ACROSS.ravel(), DOWN.ravel(), np.zeros(ACROSS.size)], axis=1).astype(np.float32)
"""Canonical mm, 6 from one to the next: those at the sides and below are at the edge of the face."""


def _from_left(reach: float, height: float = 10.0) -> BoolArray:
    """What comes in from the left at the height of the mouth covers the points as far as this."""
    return np.asarray((POINTS[:, 0] <= reach) & (np.abs(POINTS[:, 1] + 56) <= height), np.bool_)


def _covered(*unusual: BoolArray) -> BoolArray:
    return Neighbourhood(POINTS).covered(np.stack(unusual))


NOTHING = np.zeros(len(POINTS), np.bool_)


def test_what_stays_is_found() -> None:
    """It covers neighbours together and reaches in from outside."""
    hand = _from_left(0)
    covered = _covered(NOTHING, hand, hand, hand, NOTHING)
    assert (covered[1:4] == hand).all()
    assert not covered[[0, 4]].any()


def test_what_moves_on_in_every_frame_is_found_where_it_is() -> None:
    """A finger is over other points in each frame: none of them is covered in two of three."""
    finger = _from_left(0)
    moved = np.asarray((POINTS[:, 0] <= -18) & (np.abs(POINTS[:, 1] + 44) <= 8), np.bool_)
    covered = _covered(NOTHING, finger, finger, moved, NOTHING, NOTHING)
    assert (finger & moved).any()
    assert (covered[3] == moved).all()


def test_what_comes_and_goes_at_once_is_found_where_it_touches_what_is_sure() -> None:
    """In the frame before and after; what is elsewhere in a single frame is a blur."""
    hand = _from_left(0)
    before = np.asarray((POINTS[:, 0] <= -12) & (POINTS[:, 1] <= -60), np.bool_)
    elsewhere = np.asarray((POINTS[:, 0] >= 6) & (POINTS[:, 1] <= -60), np.bool_)
    assert (_covered(NOTHING, before, hand, hand, hand)[1] == before).all()
    assert (_covered(hand, hand, hand, before, NOTHING)[3] == before).all()
    assert not _covered(NOTHING, elsewhere, hand, hand, hand)[1].any()


def test_few_points_beside_what_is_sure_are_none_of_it() -> None:
    """A shadow on the chin while a hand is there."""
    hand, shadow = _from_left(-12), (POINTS[:, 0] <= -24) & (np.abs(POINTS[:, 1] + 62) <= 4)
    assert shadow.sum() < 5
    assert (hand & shadow).any()
    assert not _covered(NOTHING, shadow, hand, hand, hand)[1].any()
