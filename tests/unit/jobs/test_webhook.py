"""Webhook deliveries: a slow receiver keeps no other one's waiting."""

import threading
from dataclasses import dataclass, field

import pytest

from lipwright.jobs import lanes
from lipwright.jobs import queue as queue_module
from tests.unit.jobs.conftest import Jobs, wait_for
from tests.unit.jobs.fakes import FakeWork

N_SLOW = 3


@dataclass
class SlowReceivers(FakeWork):
    """Deliveries whose name begins with ``slow`` hang until the test lets them go."""

    may_answer: threading.Event = field(default_factory=threading.Event)

    def send_webhook(self, delivery_id: str) -> float | None:
        self._note("send", delivery_id)
        if delivery_id.startswith("slow"):
            self.may_answer.wait(10)
        self._note("sent", delivery_id)
        return None


def deliver(jobs: Jobs, *deliveries: tuple[str, str]) -> None:
    with jobs.database.begin() as connection:
        for delivery_id, lane in deliveries:
            jobs.queue.enqueue_webhook(connection, delivery_id, lane)


@pytest.fixture
def receivers(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> SlowReceivers:
    """At work, with as few places as there are slow receivers."""
    monkeypatch.setattr(queue_module, "_WEBHOOKS_AT_ONCE", N_SLOW)
    monkeypatch.setattr(queue_module, "_WEBHOOKS_PER_LANE", 1)
    monkeypatch.setattr(lanes, "SLOW_SECONDS", 0.05)
    work = SlowReceivers()
    jobs.work(work)
    yield work
    work.may_answer.set()


def test_receivers_that_were_slow_leave_the_places_to_others(jobs: Jobs, receivers: SlowReceivers) -> None:
    """However many they are: they wait for each other, and nobody else for them."""
    slow = [(f"slow{number}", f"lane{number}") for number in range(N_SLOW)]
    deliver(jobs, *slow)
    wait_for(lambda: sum(entry[0] == "send" for entry in receivers.log) == N_SLOW)
    threading.Event().wait(2 * lanes.SLOW_SECONDS)
    receivers.may_answer.set()
    wait_for(lambda: sum(entry[0] == "sent" for entry in receivers.log) == N_SLOW)
    receivers.may_answer.clear()
    deliver(jobs, *((f"{name}again", lane) for name, lane in slow))
    wait_for(lambda: sum(entry[0] == "send" for entry in receivers.log) == 2 * N_SLOW)
    deliver(jobs, ("quick", "another"))
    wait_for(lambda: ("sent", "quick") in receivers.log)
    assert not any(entry[1].endswith("again") for entry in receivers.log if entry[0] == "sent")
    receivers.may_answer.set()
    wait_for(lambda: sum(entry[0] == "sent" for entry in receivers.log) == 2 * N_SLOW + 1)


class TestLanes:
    """What is remembered of a lane."""

    def test_a_lane_is_slow_after_a_long_attempt_until_a_short_one(self) -> None:
        """One answer in time is enough."""
        clock = [0.0]
        seen = lanes.Lanes(lambda: clock[0])
        assert not seen.is_slow("a")
        with seen.attempt("a"):
            clock[0] += lanes.SLOW_SECONDS + 1
            assert seen.is_slow("a")  # while it hangs, too
        assert seen.is_slow("a")
        assert not seen.is_slow("b")
        with seen.attempt("a"):
            clock[0] += 0.1
        assert not seen.is_slow("a")

    def test_a_slow_lane_has_another_chance(self) -> None:
        """Nobody is remembered for ever."""
        clock = [0.0]
        seen = lanes.Lanes(lambda: clock[0])
        with seen.attempt("a"):
            clock[0] += lanes.SLOW_SECONDS + 1
        assert seen.is_slow("a")
        clock[0] += 3600
        assert not seen.is_slow("a")
