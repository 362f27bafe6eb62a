"""What no step could say: jobs whose workflow ended without a word."""

import pytest
from sqlalchemy import update

from lipwright.jobs import reconcile
from lipwright.jobs.engine_table import workflows
from lipwright.jobs.generation import DEFECT
from lipwright.jobs.reconcile import Reconciler
from tests.unit.jobs.conftest import Jobs
from tests.unit.jobs.fakes import FakeWork


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("ERROR", ("fail", "gen_x", DEFECT, "generation_unknown_error")),
        ("MAX_RECOVERY_ATTEMPTS_EXCEEDED", ("fail", "gen_x", DEFECT, "generation_unknown_error")),
        ("CANCELLED", ("abandon", "gen_x")),
    ],
)
def test_a_job_whose_workflow_ended_badly_is_ended_for_its_user(
    jobs: Jobs, status: str, expected: tuple[str, ...]
) -> None:
    """Once in the life of a worker; the work does nothing where it has ended already."""
    _ended(jobs, "gen_x", status)
    work = FakeWork()
    reconciler = Reconciler(jobs.database.begin, work)
    reconciler.look()
    reconciler.look()
    assert work.log == [expected]


def test_a_measuring_that_ended_badly_is_ended_for_its_report(jobs: Jobs) -> None:
    """The job has been completed, and is left alone."""
    with jobs.database.begin() as connection:
        jobs.queue.enqueue_measure(connection, "gen_x")
        connection.execute(update(workflows(connection)).values(status="MAX_RECOVERY_ATTEMPTS_EXCEEDED"))
    work = FakeWork()
    reconciler = Reconciler(jobs.database.begin, work)
    reconciler.look()
    reconciler.look()
    assert [entry[:2] for entry in work.log] == [("fail_measure", "gen_x")]


def test_jobs_that_are_done_or_wait_are_left_alone(jobs: Jobs) -> None:
    """That is no business of the reconciler."""
    _ended(jobs, "gen_done", "SUCCESS")
    jobs.enqueue("gen_waiting")
    work = FakeWork()
    Reconciler(jobs.database.begin, work).look()
    assert work.log == []


def test_what_ended_a_day_ago_is_forgotten(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users have our own rows; the engine's are for going on after a crash."""
    forgotten: list[str] = []
    monkeypatch.setattr(reconcile.DBOS, "delete_workflows", forgotten.extend)
    _ended(jobs, "gen_old", "SUCCESS", updated_at=1000)
    _ended(jobs, "gen_new", "SUCCESS", updated_at=2000 + 24 * 3600 * 1000)
    Reconciler(jobs.database.begin, FakeWork()).look()
    assert forgotten == ["gen_old"]


def _ended(jobs: Jobs, generation_id: str, status: str, updated_at: int | None = None) -> None:
    jobs.enqueue(generation_id)
    with jobs.database.begin() as connection:
        rows = workflows(connection)
        changes = {"status": status} if updated_at is None else {"status": status, "updated_at": updated_at}
        connection.execute(update(rows).where(rows.c.workflow_uuid == generation_id).values(changes))
