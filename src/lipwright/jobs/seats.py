"""What ``slots`` keeps of jobs and of their places; all of it under the lock of its owner."""

import enum
from dataclasses import dataclass
from typing import Protocol


class Pausable(Protocol):
    """Something that computes, and can be stopped in the middle for a while. Neither verb may block."""

    def pause(self) -> None:
        """Stops it, until it is resumed."""

    def resume(self) -> None:
        """Lets it go on."""


class State(enum.Enum):
    """How a seat is."""

    WAITING = enum.auto()
    RUNNING = enum.auto()
    PAUSED = enum.auto()
    """Began, and has to wait in the middle."""


@dataclass(eq=False)
class Job:
    """What all places of one job share."""

    priority: int
    ticket: int
    """Its place in the line of its priority."""
    used_seconds: float = 0.0
    """Of its turn, by places that were given back."""
    kept_until: float | None = None
    """A place is kept for its next step, until that moment."""

    def is_kept(self, now: float) -> bool:
        """Whether a place is kept for it."""
        return self.kept_until is not None and now < self.kept_until

    def renew(self, ticket: int) -> None:
        """Ends its turn: it goes to the end of the line."""
        self.ticket, self.used_seconds = ticket, 0.0


@dataclass(eq=False)
class Seat:
    """One place, wanted or had. The lesser of two goes first."""

    job: Job
    number: int
    since: float
    """When its state began."""
    state: State = State.WAITING
    work: Pausable | None = None
    waited_seconds: float = 0.0

    def __lt__(self, other: "Seat") -> bool:
        return self._order < other._order

    def run_seconds(self, now: float) -> float:
        """For how long it has been running without a pause."""
        return now - self.since if self.state is State.RUNNING else 0.0

    def begin(self, now: float) -> None:
        """Gets the place, or gets it back."""
        self.waited_seconds += now - self.since
        if self.state is State.PAUSED and self.work is not None:
            self.work.resume()
        self.state, self.since = State.RUNNING, now

    def pause(self, now: float) -> None:
        """Gives the place to somebody else for a while."""
        assert self.work is not None
        self.work.pause()
        self.leave(now)
        self.state, self.since = State.PAUSED, now

    def leave(self, now: float) -> None:
        """Counts the time that it had the place so far."""
        if self.state is State.RUNNING:
            self.job.used_seconds += now - self.since
            self.since = now

    def attach(self, work: Pausable | None) -> None:
        """Says what runs in it; while the seat is paused, that is paused too."""
        if self.work is not None and self.state is State.PAUSED:
            self.work.resume()  # its process may be used by others from now on
        self.work = work
        if work is not None and self.state is State.PAUSED:
            work.pause()

    @property
    def _order(self) -> tuple[int, int, int]:
        return self.job.priority, self.job.ticket, self.number
