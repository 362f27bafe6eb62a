"""Jobs whose inputs are downloaded: slow downloads keep nobody from computing."""

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from lipwright.jobs.generation import DEFECT
from lipwright.jobs.ports import JobCancelledError, JobError
from tests.unit.jobs.conftest import Jobs, wait_for
from tests.unit.jobs.fakes import FakeWork

N_SLOW = 8
"""More than ``jobs_at_once``."""


@dataclass
class Downloads(FakeWork):
    """The inputs of jobs whose name begins with ``gen_slow`` come when the test lets them."""

    may_come: threading.Event = field(default_factory=threading.Event)

    def fetch(self, generation_id: str) -> None:
        self._note("fetch", generation_id)
        if generation_id.startswith("gen_slow_one"):
            while not self.may_come.wait(0.05):
                if generation_id in self.ended:
                    raise JobCancelledError("gone")


def test_slow_downloads_take_no_place_of_others(jobs: Jobs) -> None:
    """However many accounts wait for bytes: jobs whose inputs are here, and quick downloads, go on."""
    work = Downloads(n_chunks=1)
    jobs.work(work)
    for number in range(N_SLOW):
        jobs.enqueue(
            f"gen_slow{number}", account="acc_default" if number % 2 else "acc_single", is_remote=True
        )
    wait_for(lambda: sum(entry[0] == "fetch" for entry in work.log) >= 3)
    jobs.enqueue("gen_here", account="acc_default")
    wait_for(lambda: ("finish", "gen_here") in work.log)
    work.may_come.set()
    wait_for(lambda: sum(entry[0] == "finish" for entry in work.log) == N_SLOW + 1)


def test_a_job_with_downloads_is_done_once_and_in_order(jobs: Jobs) -> None:
    """The second fetch finds the files of the first."""
    work = FakeWork(n_chunks=1)
    jobs.work(work)
    jobs.enqueue("gen_url", is_remote=True)
    wait_for(lambda: ("finish", "gen_url") in work.log)
    assert work.steps_of("gen_url") == ["fetch", "fetch", "prepare", "render0", "finish"]


@pytest.mark.parametrize(
    ("name", "trouble", "message"),
    [
        ("gen_refused", {"refusals": {"fetch": JobError("no such file", "inaccessible")}}, "no such file"),
        ("gen_accident", {"accidents": {"fetch": 3}}, DEFECT),
    ],
)
def test_a_download_that_cannot_be_had_fails_the_job(
    jobs: Jobs, name: str, trouble: dict[str, Any], message: str
) -> None:
    """It is never handed on."""
    work = FakeWork(**{key: dict(value) for key, value in trouble.items()})
    jobs.work(work)
    jobs.enqueue(name, is_remote=True)
    wait_for(lambda: any(entry[:3] == ("fail", name, message) for entry in work.log))
    assert "prepare" not in work.steps_of(name)


def test_a_job_that_is_cancelled_while_it_downloads_is_abandoned(jobs: Jobs) -> None:
    """And nothing more is done for it."""
    work = Downloads()
    jobs.work(work)
    jobs.enqueue("gen_slow_one", is_remote=True)
    wait_for(lambda: ("fetch", "gen_slow_one") in work.log)
    work.ended.add("gen_slow_one")
    jobs.queue.cancel(["gen_slow_one"])
    wait_for(lambda: ("abandon", "gen_slow_one") in work.log)
    assert work.steps_of("gen_slow_one")[:1] == ["fetch"]
    assert "prepare" not in work.steps_of("gen_slow_one")


def test_an_account_downloads_no_more_than_it_may_run(jobs: Jobs) -> None:
    """What has come waits for its turn in the places of the plan, or a long batch would fill the disk."""
    may_go_on = threading.Event()
    work = FakeWork(n_chunks=1, on_render=lambda generation_id, chunk: may_go_on.wait(10))
    jobs.work(work)
    with jobs.database.begin() as connection:
        ids = [f"gen_remote{number}" for number in range(6)]
        jobs.queue.enqueue_generations(connection, ids, "acc_single", remote=ids)
    wait_for(lambda: any(entry[0] == "render" for entry in work.log))
    wait_for(lambda: len({entry[1] for entry in work.log if entry[0] == "fetch"}) == 2)
    threading.Event().wait(0.5)
    assert len({entry[1] for entry in work.log if entry[0] == "fetch"}) == 2
    may_go_on.set()
    wait_for(lambda: sum(entry[0] == "finish" for entry in work.log) == 6)
    assert [entry[1] for entry in work.log if entry[0] == "finish"] == ids
