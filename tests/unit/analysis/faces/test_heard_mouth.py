"""Whether the mouth that is heard at the moment is this one."""

import numpy as np
import pytest

from lipwright.analysis.faces.heard_mouth import local_match
from tests.unit.analysis.faces.test_speaker import track
from tests.unit.analysis.faces.test_turns import openings

HEARD = openings(200, 1)


@pytest.mark.parametrize("lag", [-4, 0, 4])
def test_the_mouth_that_is_heard_matches_and_another_does_not(lag: int) -> None:
    """Also out of sync: each face is compared where it fits best."""
    own, other = (local_match(track(gap), HEARD) for gap in (np.roll(HEARD, -lag), openings(200, 2)))
    assert own.mean() > 0.2
    assert other.mean() < 0.0


def test_a_mouth_that_goes_on_as_heard_from_a_moment_on_matches_from_there() -> None:
    gap = np.concatenate([openings(100, 3), HEARD[100:]])
    match = local_match(track(gap), HEARD)
    assert match[130:].mean() > match[:70].mean() + 0.2


def test_lost_frames_say_nothing_and_do_not_spoil_the_others() -> None:
    gap = HEARD.copy()
    gap[80:120] = np.nan
    match = local_match(track(gap), HEARD)
    assert np.isfinite(match).all()
    assert match[:60].mean() > 0.2


@pytest.mark.parametrize("n", [0, 1, 9])
def test_a_glimpse_says_nothing(n: int) -> None:
    assert not local_match(track(HEARD[:n]), HEARD).any()


def test_nothing_is_said_where_nobody_listened_or_nothing_moves() -> None:
    assert not local_match(track(HEARD), None).any()
    assert np.isfinite(local_match(track(0 * HEARD), HEARD)).all()


def test_a_face_that_is_first_seen_late_is_compared_with_its_own_time() -> None:
    assert local_match(track(HEARD[120:], start=120), HEARD).mean() > 0.2
