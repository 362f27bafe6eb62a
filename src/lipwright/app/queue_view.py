"""How long the queue is before a generation, without counting it anew for everyone who asks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from lipwright.store.database import Database
from lipwright.store.ids import Clock, utc_now
from lipwright.store.records import Generation
from lipwright.store.waiting import waiting_ids

_FRESH_SECONDS = 1.0
_FRESH_ENOUGH_SECONDS = 0.2
"""For a generation that was accepted after the last look."""


@dataclass(frozen=True)
class _Look:
    at: float
    """Seconds of the monotonic clock."""
    moment: datetime
    positions: dict[str, int] = field(default_factory=dict)
    n_singles: int = 0


class QueueView:
    """Positions of pending generations, at most a second old.

    Counting costs a query over all that is pending, so it is done once for all who ask within a second;
    thousands of clients that poll a long queue would else keep the database busy with counting.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.monotonic, now: Clock = utc_now
    ) -> None:
        self._database, self._clock, self._now = database, clock, now
        self._look = _Look(-_FRESH_SECONDS - 1, datetime.min.replace(tzinfo=now().tzinfo))
        self._lock = Lock()

    def position(self, generation: Generation) -> int | None:
        """How many come before it, single ones before those of batches; None unless it is pending."""
        if generation.status != "pending":
            return None
        look = self._look
        age = self._clock() - look.at
        is_unknown = generation.id not in look.positions and generation.created_at > look.moment
        if age > _FRESH_SECONDS or (is_unknown and age > _FRESH_ENOUGH_SECONDS):
            look = self._look_again(look)
        behind_all = look.n_singles if generation.batch_id is None else len(look.positions)
        return look.positions.get(generation.id, behind_all)

    def _look_again(self, seen: _Look) -> _Look:
        """One thread looks; the others wait for it, and take what it saw."""
        with self._lock:
            if self._look is not seen:
                return self._look
            at, moment = self._clock(), self._now()
            with self._database.read() as connection:
                singles, others = waiting_ids(connection)
            positions = {generation_id: place for place, generation_id in enumerate([*singles, *others])}
            self._look = _Look(at, moment, positions, len(singles))
            return self._look
