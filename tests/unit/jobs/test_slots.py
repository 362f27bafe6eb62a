"""Who computes next."""

import threading

import pytest

from lipwright.jobs.ports import JobCancelledError
from lipwright.jobs.slots import BATCH, INTERACTIVE, PrioritySlots
from tests.unit.jobs.conftest import wait_for


def test_the_urgent_go_first_then_first_come_first_served() -> None:
    """A single job overtakes all the batches that wait."""
    slots, order, waiting = PrioritySlots(1), [], []

    def take(name: str, priority: int) -> None:
        with slots.slot(priority):
            order.append(name)

    with slots.slot(BATCH):
        for name, priority in (("b1", BATCH), ("b2", BATCH), ("single", INTERACTIVE), ("b3", BATCH)):
            thread = threading.Thread(target=take, args=(name, priority))
            thread.start()
            waiting.append(thread)
            wait_for(lambda: slots.n_waiting == len(waiting))
    for thread in waiting:
        thread.join()
    assert order == ["single", "b1", "b2", "b3"]


def test_no_more_work_at_once_than_there_are_slots() -> None:
    """The third waits for one of the first two."""
    slots = PrioritySlots(2)
    with slots.slot(BATCH), slots.slot(BATCH):
        assert slots.n_busy == 2
        third = threading.Thread(target=_use, args=(slots,))
        third.start()
        wait_for(lambda: slots.n_waiting == 1)
    third.join()
    assert slots.n_busy == 0


def test_who_is_no_longer_wanted_leaves_the_line() -> None:
    """Cancelled while waiting: it gives up its turn."""
    slots = PrioritySlots(1)

    def unwanted() -> None:
        raise JobCancelledError("gone")

    with slots.slot(BATCH):
        with pytest.raises(JobCancelledError), slots.slot(INTERACTIVE, unwanted):
            pass
        assert slots.n_waiting == 0
    _use(slots)


def test_a_slot_is_free_again_after_an_error() -> None:
    """Whatever happens inside."""
    slots = PrioritySlots(1)
    with pytest.raises(ZeroDivisionError), slots.slot(BATCH):
        _ = 1 / 0
    _use(slots)


def test_closed_slots_let_the_work_end_and_begin_none() -> None:
    """That is how a worker stops at the end of a chunk."""
    slots = PrioritySlots(1)
    with slots.slot(BATCH):
        slots.close()
        assert not slots.wait_until_idle(0.01)
    assert slots.wait_until_idle(1)
    late = threading.Thread(target=_use, args=(slots,), daemon=True)
    late.start()
    late.join(0.1)
    assert late.is_alive()


def _use(slots: PrioritySlots) -> None:
    with slots.slot(BATCH):
        pass
