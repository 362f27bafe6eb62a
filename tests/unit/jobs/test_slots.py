"""Who computes next."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from lipwright.jobs.ports import JobCancelledError
from lipwright.jobs.slots import BATCH, INTERACTIVE, LEISURE, Claim, PrioritySlots
from tests.unit.jobs.conftest import wait_for


@dataclass
class Clock:
    """A time that tests set."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class FakeWork:
    """Remembers whether it may compute."""

    is_paused: bool = False

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False


@dataclass
class Step:
    """A step of a job that computes until it is told to end."""

    work: FakeWork = field(default_factory=FakeWork)
    has_begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    @property
    def is_computing(self) -> bool:
        return self.has_begun.is_set() and not self.work.is_paused

    def end(self) -> None:
        self.may_end.set()
        self.thread.join()


def begin(slots: PrioritySlots, claim: Claim) -> Step:
    step = Step()

    def run() -> None:
        with slots.slot(claim) as place, place.running(step.work):
            step.has_begun.set()
            while not step.may_end.wait(0.02):
                place.look()

    step.thread = threading.Thread(target=run, daemon=True)
    before = slots.n_waiting + slots.n_busy + slots.n_paused
    step.thread.start()
    wait_for(lambda: slots.n_waiting + slots.n_busy + slots.n_paused > before)
    wait_for(lambda: step.has_begun.is_set() or slots.n_waiting > 0)
    return step


def single(name: str, *, is_last: bool = False) -> Claim:
    return Claim(name, INTERACTIVE, is_last=is_last)


def item(name: str, *, is_last: bool = True) -> Claim:
    return Claim(name, BATCH, is_last=is_last)


@contextmanager
def ended(*steps: Step) -> Iterator[None]:
    try:
        yield
    finally:
        for step in steps:
            step.end()


def test_the_urgent_go_first_then_first_come_first_served() -> None:
    """A single job overtakes all the batches that wait."""
    slots, order, waiting = PrioritySlots(1), [], []

    def take(claim: Claim) -> None:
        with slots.slot(claim):
            order.append(claim.job)

    with slots.slot(item("first")):
        for claim in (item("b1"), item("b2"), single("single", is_last=True), item("b3")):
            thread = threading.Thread(target=take, args=(claim,))
            thread.start()
            waiting.append(thread)
            wait_for(lambda: slots.n_waiting == len(waiting))
    for thread in waiting:
        thread.join()
    assert order == ["single", "b1", "b2", "b3"]


def test_no_more_work_at_once_than_there_are_slots() -> None:
    """The third waits for one of the first two."""
    slots = PrioritySlots(2)
    with slots.slot(item("a")), slots.slot(item("b")):
        assert slots.n_busy == 2
        third = threading.Thread(target=_use, args=(slots,))
        third.start()
        wait_for(lambda: slots.n_waiting == 1)
    third.join()
    assert slots.n_busy == 0


def test_a_single_pauses_a_batch_in_the_middle_of_a_step() -> None:
    """Analysing a long video takes minutes: nobody may have to wait for that."""
    slots = PrioritySlots(1)
    long = begin(slots, item("long"))
    quick = begin(slots, single("quick", is_last=True))
    with ended(long):
        assert quick.is_computing
        assert not long.is_computing
        quick.end()
        wait_for(lambda: long.is_computing)


def test_singles_take_turns_when_one_of_them_takes_long() -> None:
    """The first is not disturbed before its turn is over; the second then computes, and then the first."""
    clock = Clock()
    slots = PrioritySlots(1, turn_seconds=5, clock=clock)
    first = begin(slots, single("first"))
    clock.seconds = 4
    second = begin(slots, single("second"))
    with ended(first, second):
        assert not second.has_begun.is_set()
        clock.seconds = 5
        wait_for(lambda: second.is_computing)
        assert not first.is_computing
        clock.seconds = 11
        wait_for(lambda: first.is_computing)
        assert not second.is_computing


def test_batches_are_not_paused_for_each_other() -> None:
    """Nobody waits for one of them in particular; each paused one would only hold memory."""
    clock = Clock()
    slots = PrioritySlots(1, turn_seconds=5, clock=clock)
    first = begin(slots, item("first"))
    second = begin(slots, item("second"))
    with ended(first, second):
        clock.seconds = 60
        threading.Event().wait(0.4)
        assert first.is_computing
        assert not second.has_begun.is_set()
        first.end()
        wait_for(lambda: second.is_computing)


def test_no_more_is_paused_than_there_are_slots() -> None:
    """Each keeps its memory meanwhile."""
    clock = Clock()
    slots = PrioritySlots(1, turn_seconds=5, clock=clock)
    batch = begin(slots, item("batch"))
    first = begin(slots, single("first", is_last=True))
    clock.seconds = 6
    second = begin(slots, single("second", is_last=True))
    with ended(first, second, batch):
        threading.Event().wait(0.4)
        assert slots.n_paused == 1
        assert not second.has_begun.is_set()


@pytest.mark.parametrize("claim", [single("single"), item("item")])
def test_what_is_done_at_leisure_gives_way_to_everything(claim: Claim) -> None:
    """It goes on when nothing else computes, and nothing else waits."""
    slots = PrioritySlots(1)
    measure = begin(slots, Claim("measure", LEISURE, is_last=True))
    job = begin(slots, claim)
    with ended(measure, job):
        assert (measure.is_computing, job.is_computing) == (False, True)
        job.end()
        wait_for(lambda: measure.is_computing)


def test_what_is_done_at_leisure_waits_behind_batches() -> None:
    slots = PrioritySlots(1)
    first = begin(slots, item("first"))
    measure, second = begin(slots, Claim("measure", LEISURE, is_last=True)), begin(slots, item("second"))
    with ended(first, second, measure):
        first.end()
        wait_for(second.has_begun.is_set)
        assert not measure.has_begun.is_set()


def test_a_single_pauses_a_batch_that_has_paused_leisure() -> None:
    """What nobody waits for must not use up what a single may pause."""
    slots = PrioritySlots(1)
    measure = begin(slots, Claim("measure", LEISURE, is_last=True))
    batch, one = begin(slots, item("batch")), begin(slots, single("one", is_last=True))
    with ended(one, batch, measure):
        assert [step.is_computing for step in (measure, batch, one)] == [False, False, True]
        assert slots.n_paused == 2


def test_a_job_keeps_its_place_for_its_next_step() -> None:
    """Who waits gets it after the last one, or when the next one does not come."""
    clock = Clock()
    slots = PrioritySlots(1, clock=clock)
    begin(slots, single("first")).end()
    other = begin(slots, single("other"))
    assert not other.has_begun.is_set()
    again = begin(slots, single("first", is_last=True))
    assert again.is_computing
    assert not other.has_begun.is_set()
    again.end()
    wait_for(lambda: other.is_computing)
    other.end()
    late = begin(slots, single("late"))
    clock.seconds = 1
    with ended(late):
        wait_for(lambda: late.is_computing)


def test_a_place_that_is_kept_for_a_batch_goes_to_a_single() -> None:
    """Nothing has to be paused for it."""
    slots = PrioritySlots(1, clock=Clock())
    begin(slots, item("batch", is_last=False)).end()
    quick = begin(slots, single("quick"))
    with ended(quick):
        assert quick.is_computing


def test_the_chunks_of_one_job_share_its_turn() -> None:
    """A job with all places gives one back to the next job once it has computed for a turn in all."""
    clock = Clock()
    slots = PrioritySlots(2, turn_seconds=5, clock=clock)
    chunks = [begin(slots, single("long")) for _ in range(2)]
    clock.seconds = 3
    other = begin(slots, single("other"))
    with ended(other, *chunks):
        wait_for(lambda: other.is_computing)
        assert sum(chunk.is_computing for chunk in chunks) == 1


def test_a_fresh_process_in_a_paused_place_is_paused_too() -> None:
    """It stands in for one that died meanwhile."""
    slots = PrioritySlots(1)
    fresh, is_asked, is_there = FakeWork(), threading.Event(), threading.Event()
    may_end = threading.Event()

    def crash_and_go_on() -> None:
        with slots.slot(item("batch")) as place:
            with place.running(FakeWork()):
                is_asked.wait(10)
            with place.running(fresh):
                is_there.set()
                may_end.wait(10)

    thread = threading.Thread(target=crash_and_go_on)
    thread.start()
    wait_for(lambda: slots.n_busy == 1)
    quick = begin(slots, single("quick", is_last=True))
    is_asked.set()
    assert is_there.wait(10)
    assert fresh.is_paused
    quick.end()
    wait_for(lambda: not fresh.is_paused)
    may_end.set()
    thread.join()


def test_those_who_wait_let_each_other_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """They look now and then; if each look woke the others, they would keep a core busy."""
    slots, looks = PrioritySlots(1), []
    with slots.slot(item("batch")) as place:
        waiting = [begin(slots, item(f"other {number}")) for number in range(3)]
        arrange = slots._arrange
        monkeypatch.setattr(slots, "_arrange", lambda: looks.append(1) or arrange())
        place.look()
        threading.Event().wait(0.5)
        assert len(looks) < 30
    for step in waiting:
        step.end()


def test_who_is_no_longer_wanted_leaves_the_line() -> None:
    """Cancelled while waiting: it gives up its turn."""
    slots = PrioritySlots(1)

    def unwanted() -> None:
        raise JobCancelledError("gone")

    with slots.slot(item("batch")):
        with pytest.raises(JobCancelledError), slots.slot(Claim("gone", INTERACTIVE, unwanted)):
            pass
        assert slots.n_waiting == 0
    _use(slots)


def test_a_slot_is_free_again_after_an_error() -> None:
    """Whatever happens inside."""
    slots = PrioritySlots(1)
    with pytest.raises(ZeroDivisionError), slots.slot(item("batch")):
        _ = 1 / 0
    _use(slots)


def test_closed_slots_let_the_work_end_and_begin_none() -> None:
    """That is how a worker stops at the end of a chunk; one that was paused in its middle goes on."""
    slots = PrioritySlots(1)
    batch = begin(slots, item("batch"))
    quick = begin(slots, single("quick"))
    slots.close()
    assert not slots.wait_until_idle(0.01)
    quick.end()
    wait_for(lambda: batch.is_computing)
    batch.end()
    assert slots.wait_until_idle(1)
    late = threading.Thread(target=_use, args=(slots,), daemon=True)
    late.start()
    late.join(0.1)
    assert late.is_alive()


def _use(slots: PrioritySlots) -> None:
    with slots.slot(item("some")):
        pass
