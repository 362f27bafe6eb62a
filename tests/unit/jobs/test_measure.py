"""The workflow that looks at a finished result."""

from lipwright.jobs.generation import DEFECT
from lipwright.jobs.ports import JobCancelledError, JobError
from tests.unit.jobs.conftest import Jobs, wait_for
from tests.unit.jobs.fakes import FakeWork


def _measure(jobs: Jobs, work: FakeWork, generation_id: str, n_notes: int) -> None:
    """Each test has an id of its own: the engine on PostgreSQL remembers steps of others."""
    jobs.work(work)
    with jobs.database.begin() as connection:
        jobs.queue.enqueue_measure(connection, generation_id)
    wait_for(lambda: len(work.log) >= n_notes)


def test_a_result_is_measured_once_after_accidents(jobs: Jobs) -> None:
    """As any other step."""
    work = FakeWork(accidents={"measure": 2})
    _measure(jobs, work, "gen_often", 3)
    assert work.log == [("measure", "gen_often")] * 3


def test_what_cannot_be_measured_is_said(jobs: Jobs) -> None:
    """The job itself is completed and stays so."""
    work = FakeWork(refusals={"measure": JobError("too blue", "x")})
    _measure(jobs, work, "gen_blue", 2)
    assert work.log == [("measure", "gen_blue"), ("fail_measure", "gen_blue", "too blue")]


def test_a_defect_ends_the_measuring_and_nothing_else(jobs: Jobs) -> None:
    work = FakeWork(accidents={"measure": 3})
    _measure(jobs, work, "gen_defect", 4)
    assert work.log[3] == ("fail_measure", "gen_defect", DEFECT)


def test_nothing_is_said_of_what_nobody_has_any_more(jobs: Jobs) -> None:
    """Deleted while it waited; the next one is measured all the same."""
    work = FakeWork(refusals={"measure": JobCancelledError("deleted")})
    _measure(jobs, work, "gen_gone", 1)
    with jobs.database.begin() as connection:
        jobs.queue.enqueue_measure(connection, "gen_y")
    wait_for(lambda: len(work.log) == 2)
    assert [entry[:2] for entry in work.log] == [("measure", "gen_gone"), ("measure", "gen_y")]
