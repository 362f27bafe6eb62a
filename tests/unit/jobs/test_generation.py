"""The workflow of a job, on each database."""

import contextlib
import threading

import pytest
from dbos._sys_db import SystemDatabase
from sqlalchemy.exc import OperationalError

from lipwright.errors import NoRoomError
from lipwright.jobs.engine_table import workflows
from lipwright.jobs.generation import DEFECT, NO_ROOM
from lipwright.jobs.ports import JobCancelledError, JobError
from tests.unit.jobs.conftest import Jobs, wait_for
from tests.unit.jobs.fakes import FakeWork


def test_the_steps_of_a_job_are_done_once_and_in_order(jobs: Jobs) -> None:
    """Fetch, prepare, each chunk, finish."""
    work = FakeWork(n_chunks=2)
    jobs.work(work)
    jobs.enqueue("gen_order")
    wait_for(lambda: ("finish", "gen_order") in work.log)
    assert work.steps_of("gen_order") == ["fetch", "prepare", "render0", "render1", "finish"]


def test_a_job_exists_only_if_its_transaction_commits(jobs: Jobs) -> None:
    """What is enqueued in a transaction that fails is never done."""
    work = FakeWork()
    jobs.work(work)
    with contextlib.suppress(ZeroDivisionError), jobs.database.begin() as connection:
        jobs.queue.enqueue_generation(connection, "gen_undone", "acc_default")
        _ = 1 / 0
    jobs.enqueue("gen_done")
    wait_for(lambda: ("finish", "gen_done") in work.log)
    assert work.steps_of("gen_undone") == []


def test_a_job_that_cannot_be_done_fails_with_its_message(jobs: Jobs) -> None:
    """JobError ends a job at once, with its words and its code."""
    work = FakeWork(refusals={"prepare": JobError("no face", "generation_input_video_invalid")})
    jobs.work(work)
    jobs.enqueue("gen_bad")
    wait_for(lambda: any(entry[0] == "fail" for entry in work.log))
    assert work.log[-1] == ("fail", "gen_bad", "no face", "generation_input_video_invalid")
    assert work.steps_of("gen_bad")[:2] == ["fetch", "prepare"]


def test_an_accident_is_followed_by_another_attempt(jobs: Jobs) -> None:
    """A step that goes wrong in a way nobody foresaw is done again, and only that step."""
    work = FakeWork(n_chunks=1, accidents={"render": 2})
    jobs.work(work)
    jobs.enqueue("gen_luck")
    wait_for(lambda: ("finish", "gen_luck") in work.log)
    assert work.steps_of("gen_luck") == ["fetch", "prepare", "render0", "render0", "render0", "finish"]


def test_a_defect_fails_the_job_without_its_details(jobs: Jobs) -> None:
    """What goes wrong every time is for the log; users are told that it is not their fault."""
    work = FakeWork(accidents={"fetch": 99})
    jobs.work(work)
    jobs.enqueue("gen_defect")
    wait_for(lambda: any(entry[0] == "fail" for entry in work.log))
    assert work.log[-1] == ("fail", "gen_defect", DEFECT, "generation_unknown_error")


def test_a_job_waits_for_room_on_a_full_disk(jobs: Jobs) -> None:
    """More often than an accident is forgiven."""
    work = FakeWork(n_chunks=1, accidents={"render": 3}, accident=NoRoomError("full"))
    jobs.work(work)
    jobs.enqueue("gen_wait")
    wait_for(lambda: ("finish", "gen_wait") in work.log)
    assert work.steps_of("gen_wait").count("render0") == 4


def test_a_job_that_finds_no_room_for_long_fails_and_says_so(jobs: Jobs) -> None:
    """Its own folder may be what fills the disk."""
    work = FakeWork(accidents={"fetch": 99}, accident=OSError(28, "No space left on device"))
    jobs.work(work)
    jobs.enqueue("gen_full")
    wait_for(lambda: any(entry[0] == "fail" for entry in work.log))
    assert work.log[-1] == ("fail", "gen_full", NO_ROOM, "generation_infra_storage_error")


def test_a_job_whose_step_could_not_be_remembered_goes_on_later(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was full at that moment: neither is the job lost, nor does it fail."""
    work = FakeWork(n_chunks=1)
    jobs.work(work)
    record, failures = SystemDatabase.record_operation_result, ["full", "full"]

    def fail_sometimes(*args, **kwargs):
        if failures:
            raise OperationalError(failures.pop(), {}, Exception("database or disk is full"))
        return record(*args, **kwargs)

    monkeypatch.setattr(SystemDatabase, "record_operation_result", fail_sometimes)
    jobs.enqueue("gen_lucky")
    wait_for(lambda: ("finish", "gen_lucky") in work.log)
    assert work.steps_of("gen_lucky")[:3] == ["fetch", "fetch", "fetch"]
    wait_for(lambda: _status_of(jobs, "gen_lucky") == "SUCCESS")


def _status_of(jobs: Jobs, generation_id: str) -> str:
    with jobs.database.begin() as connection:
        rows = workflows(connection)
        return str(
            connection.execute(rows.select().where(rows.c.workflow_uuid == generation_id)).one().status
        )


def test_a_job_that_nobody_wants_is_abandoned(jobs: Jobs) -> None:
    """JobCancelledError is no failure."""
    work = FakeWork(refusals={"render": JobCancelledError("gone")})
    jobs.work(work)
    jobs.enqueue("gen_gone")
    wait_for(lambda: ("abandon", "gen_gone") in work.log)
    assert not any(entry[0] in {"fail", "finish"} for entry in work.log)


def test_a_cancelled_job_starts_no_further_step(jobs: Jobs) -> None:
    """What is at work ends, the next step does not begin, and the job is abandoned."""
    is_rendering, may_go_on = threading.Event(), threading.Event()

    def on_render(generation_id: str, chunk: int) -> None:
        is_rendering.set()
        may_go_on.wait(10)

    work = FakeWork(n_chunks=1, on_render=on_render)
    jobs.work(work)
    jobs.enqueue("gen_cancel")
    assert is_rendering.wait(10)
    work.ended.add("gen_cancel")
    jobs.queue.cancel(["gen_cancel"])
    may_go_on.set()
    wait_for(lambda: ("abandon", "gen_cancel") in work.log)
    assert work.steps_of("gen_cancel") == ["fetch", "prepare", "render0", "abandon"]


def test_an_account_runs_as_many_jobs_as_its_plan_allows(jobs: Jobs) -> None:
    """More of them wait; they are not refused, and other accounts do not wait for them."""
    running: set[str] = set()
    most: dict[str, int] = {"a": 0, "b": 0}
    lock, may_go_on = threading.Lock(), threading.Event()

    def on_render(generation_id: str, chunk: int) -> None:
        owner = generation_id[4]
        with lock:
            running.add(generation_id)
            most[owner] = max(most[owner], sum(name[4] == owner for name in running))
        may_go_on.wait(0.1)
        with lock:
            running.discard(generation_id)

    work = FakeWork(n_chunks=1, on_render=on_render)
    jobs.work(work)
    jobs.enqueue(*(f"gen_a{n}" for n in range(3)), account="acc_single")
    jobs.enqueue(*(f"gen_b{n}" for n in range(4)), account="acc_default")
    wait_for(lambda: sum(entry[0] == "finish" for entry in work.log) == 7)
    assert most == {"a": 1, "b": 2}


def test_jobs_of_an_account_run_in_their_order(jobs: Jobs) -> None:
    """First come, first served; items of a batch by their position."""
    work = FakeWork(n_chunks=0)
    with jobs.database.begin() as connection:
        jobs.queue.enqueue_generations(connection, [f"gen_item{n}" for n in range(6)], "acc_single")
    jobs.work(work)
    wait_for(lambda: sum(entry[0] == "finish" for entry in work.log) == 6)
    done = [entry[1] for entry in work.log if entry[0] == "finish"]
    assert done == [f"gen_item{n}" for n in range(6)]


def test_a_delivery_is_attempted_until_no_further_attempt_is_wanted(jobs: Jobs) -> None:
    """Each attempt says how long to wait for the next."""
    work = FakeWork(webhook_pauses=[0.01, 0.01, None])
    jobs.work(work)
    with jobs.database.begin() as connection:
        jobs.queue.enqueue_webhook(connection, "whd_x", "example.org")
    wait_for(lambda: work.log.count(("send", "whd_x")) == 3)


def test_a_slow_endpoint_delays_no_other(jobs: Jobs) -> None:
    """Its deliveries wait for each other only."""
    may_go_on = threading.Event()

    class SlowWork(FakeWork):
        def send_webhook(self, delivery_id: str) -> float | None:
            if delivery_id.startswith("slow"):
                may_go_on.wait(10)
            return super().send_webhook(delivery_id)

    work = SlowWork()
    jobs.work(work)
    with jobs.database.begin() as connection:
        for number in range(10):
            jobs.queue.enqueue_webhook(connection, f"slow{number}", "slow.example")
        jobs.queue.enqueue_webhook(connection, "quick", "quick.example")
    wait_for(lambda: ("send", "quick") in work.log)
    assert work.log == [("send", "quick")]
    may_go_on.set()
    wait_for(lambda: len(work.log) == 11)
