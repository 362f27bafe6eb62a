from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwright.errors import UsageError
from lipwright.media.frame_clock import FrameClock

NTSC = Fraction(30000, 1001)
STEPS = st.lists(st.integers(1, 5000), min_size=1, max_size=50)


def variable(steps: list[int], first: int = 0) -> FrameClock:
    stamps = first + np.cumsum([0, *steps[:-1]])
    return FrameClock.variable(stamps.astype(np.int64), Fraction(1, 90000), steps[-1])


def test_a_constant_clock_is_exact_far_into_a_long_video() -> None:
    """No rounding builds up: frame 107892 of NTSC video is shown at exactly 3599.9964 s."""
    clock = FrameClock.constant(NTSC, 200_000)
    assert clock.seconds(107_892) == Fraction(107_892 * 1001, 30000)
    assert clock.fps == NTSC
    assert clock.duration == 200_000 / NTSC
    assert not clock.is_variable


@given(STEPS, st.integers(-(10**6), 10**6))
def test_a_variable_clock_starts_at_zero_and_lasts_as_long_as_its_frames(
    steps: list[int], first: int
) -> None:
    """Where the stamps start does not matter; the mean rate is frames over duration."""
    clock = variable(steps, first)
    assert clock.pts(0) == 0
    assert clock.duration == Fraction(sum(steps), 90000)
    assert clock.fps * clock.duration == len(steps)


@given(STEPS)
def test_the_frame_on_screen_is_the_one_whose_time_has_come(steps: list[int]) -> None:
    """At its own stamp and until just before the next one a frame is shown."""
    clock = variable(steps)
    for i in range(clock.n_frames):
        assert clock.frame_at(clock.seconds(i)) == i
        assert clock.frame_at(clock.seconds(i) - Fraction(1, 10**9)) == max(0, i - 1)
    assert clock.frame_at(clock.duration + 1) == clock.n_frames - 1


@given(STEPS, st.data())
def test_a_part_keeps_the_distances_of_its_frames(steps: list[int], data: st.DataObject) -> None:
    """A chunk's clock starts at 0 and covers exactly the time up to the next chunk."""
    clock = variable(steps)
    start = data.draw(st.integers(0, clock.n_frames - 1))
    stop = data.draw(st.integers(start + 1, clock.n_frames))
    part = clock.part(start, stop)
    end = clock.duration if stop == clock.n_frames else clock.seconds(stop)
    assert part.duration == end - clock.seconds(start)
    assert [part.seconds(i) for i in range(part.n_frames)] == [
        clock.seconds(i) - clock.seconds(start) for i in range(start, stop)
    ]


def test_a_clock_that_cannot_run_is_refused() -> None:
    """No frames, no rate, or stamps that stand still."""
    with pytest.raises(UsageError):
        FrameClock.constant(NTSC, 0)
    with pytest.raises(UsageError):
        FrameClock.constant(Fraction(0), 3)
    with pytest.raises(UsageError):
        FrameClock.variable(np.array([0, 3, 3]), Fraction(1, 1000), 1)
