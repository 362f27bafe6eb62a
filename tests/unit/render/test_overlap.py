import threading
from collections.abc import Iterator

import pytest

from lipwright.render.overlap import Behind, ahead


def test_items_come_in_order_and_all_of_them() -> None:
    """Working ahead changes nothing but the time it takes."""
    assert list(ahead(iter(range(100)), depth=3)) == list(range(100))
    assert list(ahead([])) == []


def test_an_error_ahead_is_raised_where_it_belongs() -> None:
    """What came before the error is delivered first."""

    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    stream = ahead(items())
    assert next(stream) == 1
    with pytest.raises(ValueError, match="no more"):
        next(stream)


def test_a_reader_who_stops_stops_the_thread() -> None:
    """An endless source does not run on, nor does its thread."""
    before = threading.active_count()
    stream = ahead(iter(int, 1), depth=2)
    next(stream)
    stream.close()
    assert threading.active_count() == before


def test_everything_put_is_done_on_leaving() -> None:
    """In order, and before the with block ends."""
    done: list[int] = []
    with Behind(done.append, depth=2) as sink:
        for number in range(50):
            sink.put(number)
    assert done == list(range(50))


def test_an_error_behind_reaches_the_caller() -> None:
    """At the next put or on leaving, and the caller is never left waiting."""

    def fail(number: int) -> None:
        raise OSError(f"disk full at {number}")

    def put_all() -> None:
        with Behind(fail, depth=1) as sink:
            for number in range(1000):
                sink.put(number)

    with pytest.raises(OSError, match="disk full at 0"):
        put_all()


def test_an_error_of_the_caller_is_not_hidden() -> None:
    """What waits is dropped and the caller's own error is raised."""

    def give_up() -> None:
        with Behind(lambda number: None) as sink:
            sink.put(1)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        give_up()
