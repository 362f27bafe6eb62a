"""Who computes next: the urgent first, then first come, first served, a turn at a time.

A job keeps its place from one step to the next while its turn lasts. Work that a single job may overtake is
paused for it in the middle, so that what waits never waits for the end of a long step.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lipwright.jobs.seats import Job, Pausable, Seat, State

INTERACTIVE = 1
BATCH = 100
LEISURE = 1000
"""Priorities; the lower goes first. Nobody waits for what is done at leisure."""

TURN_SECONDS = 5.0
"""Of computing, after which a job lets others of its priority go before it: half a chunk or so."""

_KEPT_SECONDS = 0.5
"""For the next step of a job to come: remembering the last one takes some hundredths."""

_LOOK_SECONDS = 0.25
_WANTED_SECONDS = 1.0

Clock = Callable[[], float]


def _always() -> None:
    """It is still wanted."""


@dataclass(frozen=True)
class Claim:
    """Who asks for a place, and how urgently."""

    job: str
    """Its id; all places of a job share its turn."""
    priority: int
    """Lower goes first."""
    still_wanted: Callable[[], None] = _always
    """Asked about once a second while waiting; raises to give up."""
    is_last: bool = False
    """Whether the job needs no further place after this one."""


class PrioritySlots:
    """A number of places at work; whoever wants one waits for it.

    Of equal priority the first comes first, until its turn is over. Singles pause what runs in a place that
    they need: batches at once, other singles once their turn is over. What was paused goes on in its turn.

    Args:
        n_slots: how many there are. As many again may be paused, each with the memory of its process, and
            all that is done at leisure.
        turn_seconds: see ``TURN_SECONDS``.
        clock: seconds, from any moment on.
    """

    def __init__(
        self, n_slots: int, turn_seconds: float = TURN_SECONDS, clock: Clock = time.monotonic
    ) -> None:
        self.n_slots = n_slots
        self._turn_seconds = turn_seconds
        self._clock = clock
        self._condition = threading.Condition()
        self._seats: list[Seat] = []
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count()
        self._is_closed = False

    @property
    def n_waiting(self) -> int:
        """How many wait for a place."""
        return self._count(State.WAITING)

    @property
    def n_busy(self) -> int:
        """How many have one."""
        return self._count(State.RUNNING)

    @property
    def n_paused(self) -> int:
        """How many had one, and wait for it to come back."""
        return self._count(State.PAUSED)

    @contextmanager
    def slot(self, claim: Claim) -> Iterator["Place"]:
        """A place for as long as the context lasts."""
        seat = self._sit_down(claim)
        try:
            self._wait_for(seat, claim.still_wanted)
            yield Place(self, seat)
        finally:
            self._stand_up(seat, claim)

    @property
    def is_closed(self) -> bool:
        """Whether no place is given any more."""
        return self._is_closed

    def close(self) -> None:
        """Gives no place from now on: who waits, waits until the process ends; what is paused goes on."""
        with self._condition:
            self._is_closed = True
            self._arrange()

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Whether all who had a place gave it back in time."""

        def is_idle() -> bool:
            return self.n_busy + self.n_paused == 0

        with self._condition:
            return self._condition.wait_for(is_idle, timeout_seconds)

    def look(self) -> None:
        """Gives places to those whose turn it is; to be called about once a second by who has a place."""
        with self._condition:
            self._arrange()

    def attach(self, seat: Seat, work: Pausable | None) -> None:
        """Says what runs in a place from now on; for ``Place``."""
        with self._condition:
            seat.attach(work)

    def paused_seconds(self, seat: Seat) -> float:
        """For how long a place has been paused; for ``Place``."""
        with self._condition:
            return self._clock() - seat.since if seat.state is State.PAUSED else 0.0

    def _sit_down(self, claim: Claim) -> Seat:
        with self._condition:
            job = self._jobs.get(claim.job)
            if job is None:
                job = self._jobs[claim.job] = Job(claim.priority, next(self._numbers))
            seat = Seat(job, next(self._numbers), self._clock())
            self._seats.append(seat)
            self._arrange()
            return seat

    def _wait_for(self, seat: Seat, still_wanted: Callable[[], None]) -> None:
        while not self._is_given(seat):
            still_wanted()

    def _is_given(self, seat: Seat) -> bool:
        """Waits up to a second for a place."""
        deadline = self._clock() + _WANTED_SECONDS
        with self._condition:
            while seat.state is State.WAITING:
                if self._clock() >= deadline:
                    return False
                if not self._condition.wait(_LOOK_SECONDS):
                    self._arrange()  # a turn, or the time that a place was kept, may be over
            return True

    def _stand_up(self, seat: Seat, claim: Claim) -> None:
        with self._condition:
            now, job = self._clock(), seat.job
            had_place = seat.state is State.RUNNING
            seat.leave(now)
            self._seats.remove(seat)
            has_more = any(other.job is job for other in self._seats)
            if job.used_seconds >= self._turn_seconds:
                self._end_turn(job, now)
            elif had_place and not (has_more or claim.is_last or self._is_closed):
                job.kept_until = now + _KEPT_SECONDS
            if claim.is_last and not has_more:
                self._jobs.pop(claim.job, None)
            self._forget_idle_jobs(now)
            self._arrange()
            self._condition.notify_all()  # who waits for the end of all

    def _forget_idle_jobs(self, now: float) -> None:
        """A job that comes back later than its place is kept is a new one here."""
        at_work = {id(seat.job) for seat in self._seats}
        self._jobs = {
            name: job
            for name, job in self._jobs.items()
            if id(job) in at_work or (job.kept_until or 0.0) > now
        }

    def _arrange(self) -> None:
        """Gives places to those whose turn it is."""
        now = self._clock()
        waiting = [seat for seat in self._seats if seat.state in {State.WAITING, State.PAUSED}]
        heapq.heapify(waiting)
        while waiting:
            seat = heapq.heappop(waiting)
            may_begin = seat.state is State.PAUSED or not self._is_closed
            if may_begin and (seat.job.is_kept(now) or self._has_room(now) or self._make_room(seat, now)):
                seat.job.kept_until = None
                seat.begin(now)
                self._condition.notify_all()

    def _has_room(self, now: float) -> bool:
        kept = sum(job.is_kept(now) for job in self._jobs.values())
        return self.n_busy + kept < self.n_slots

    def _make_room(self, seat: Seat, now: float) -> bool:
        """Takes a place from a job that has to give way; whether there was one."""
        for job in self._jobs.values():
            if job.is_kept(now) and job.priority > seat.job.priority:
                job.kept_until = None
                return True
        adds_one = seat.state is State.WAITING
        if self._is_closed or (adds_one and self._n_paused_jobs() >= self.n_slots):
            return False
        victim = max((other for other in self._seats if self._gives_way(other, seat, now)), default=None)
        if victim is None:
            return False
        victim.pause(now)
        if victim.job.priority == seat.job.priority:
            self._end_turn(victim.job, now)
        return True

    def _gives_way(self, other: Seat, seat: Seat, now: float) -> bool:
        if other.state is not State.RUNNING or other.work is None or other.job is seat.job:
            return False
        if other.job.priority != seat.job.priority:
            return other.job.priority > seat.job.priority
        return seat.job.priority == INTERACTIVE and self._used(other.job, now) >= self._turn_seconds

    def _end_turn(self, job: Job, now: float) -> None:
        for seat in self._seats:
            if seat.job is job:
                seat.leave(now)
        job.renew(next(self._numbers))

    def _used(self, job: Job, now: float) -> float:
        return job.used_seconds + sum(seat.run_seconds(now) for seat in self._seats if seat.job is job)

    def _n_paused_jobs(self) -> int:
        """What is done at leisure must not take from singles what they may pause."""
        return sum(seat.state is State.PAUSED and seat.job.priority < LEISURE for seat in self._seats)

    def _count(self, state: State) -> int:
        return sum(seat.state is state for seat in tuple(self._seats))


class Place:
    """A place that somebody has; see ``PrioritySlots.slot``.

    Args:
        slots: whose.
        seat: which.
    """

    def __init__(self, slots: PrioritySlots, seat: Seat) -> None:
        self._slots = slots
        self._seat = seat

    @contextmanager
    def running(self, work: Pausable) -> Iterator[None]:
        """What is paused and resumed from now on, until the context ends."""
        self._slots.attach(self._seat, work)
        try:
            yield
        finally:
            self._slots.attach(self._seat, None)

    def look(self) -> None:
        """To be called about once a second, paused or not: turns may be over."""
        self._slots.look()

    @property
    def paused_seconds(self) -> float:
        """For how long it has been paused; 0 while it is not."""
        return self._slots.paused_seconds(self._seat)

    @property
    def is_closed(self) -> bool:
        """Whether the places are being given up, because the process stops."""
        return self._slots.is_closed

    @property
    def waited_seconds(self) -> float:
        """From asking for the place to getting it, and while it was paused."""
        return self._seat.waited_seconds
