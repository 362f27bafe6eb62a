"""Many things of one job at once."""

import threading

import pytest

from lipwright.jobs.parallel import StillWanted, in_parallel
from lipwright.jobs.ports import JobCancelledError, JobError


def ask_for_ever(still_wanted: StillWanted) -> None:
    while True:
        still_wanted()


def test_everything_is_done_once_and_some_of_it_at_the_same_time() -> None:
    """As much at once as was asked for."""
    done: list[int] = []
    both_are_here = threading.Barrier(2)

    def verb(number: int, still_wanted: StillWanted) -> None:
        both_are_here.wait(10)
        still_wanted()
        done.append(number)

    in_parallel(verb, range(4), 2)
    assert sorted(done) == [0, 1, 2, 3]


def test_nothing_to_do_is_done_at_once() -> None:
    """All chunks were there."""
    in_parallel(lambda number, still_wanted: None, [], 0)


def test_the_first_error_stops_the_others_and_is_raised() -> None:
    """What has not begun does not begin; what is at work hears of it where it asks."""
    begun: list[int] = []
    is_at_work, has_failed = threading.Event(), threading.Event()

    def verb(number: int, still_wanted: StillWanted) -> None:
        begun.append(number)
        if number == 0:
            is_at_work.wait(10)
            has_failed.set()
            raise JobError("no room", "x")
        is_at_work.set()
        has_failed.wait(10)
        with pytest.raises(JobCancelledError):
            ask_for_ever(still_wanted)

    with pytest.raises(JobError, match="no room"):
        in_parallel(verb, range(9), 2)
    assert sorted(begun) == [0, 1]
