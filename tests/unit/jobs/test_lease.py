"""Who is alive, and what happens to the jobs of those who are not."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, insert, text, update

from lipwright.errors import NoRoomError
from lipwright.jobs.engine_table import RUNNING, WAITING, check_columns, workflows
from lipwright.jobs.identity import is_surely_dead, this_process
from lipwright.jobs.lease import Lease, LeaseOptions, leases
from lipwright.jobs.running import Running
from tests.unit.jobs.conftest import Jobs, wait_for
from tests.unit.jobs.fakes import FakeWork

PATIENT = LeaseOptions(beat_seconds=60, ttl_seconds=120)


def test_jobs_of_the_living_are_left_alone(jobs: Jobs) -> None:
    """A sweep takes nothing from a worker that holds its lease."""
    lease = Lease(jobs.database.begin, PATIENT)
    lease.start()
    _begin_job(jobs, "gen_alive", lease.executor_id)
    assert "gen_alive" not in lease.sweep()
    assert lease.release() == ["gen_alive"]


def test_jobs_of_workers_without_a_lease_go_back_to_the_queue(jobs: Jobs) -> None:
    """However it came about: a crash during a recovery strands jobs too."""
    lease = Lease(jobs.database.begin, PATIENT)
    lease.start()
    _begin_job(jobs, "gen_stranded", "nobody")
    assert lease.sweep() == ["gen_stranded"]
    assert _status(jobs, "gen_stranded") == WAITING
    assert lease.sweep() == []
    lease.release()


def test_a_worker_that_fell_silent_counts_as_dead(jobs: Jobs) -> None:
    """On another machine nothing else can be known of it. The sweeping worker beats itself."""
    lease = Lease(jobs.database.begin, LeaseOptions(beat_seconds=60, ttl_seconds=0.2))
    lease.start()
    _add_lease(jobs, "silent", place="another machine", beat_ms=2**60)
    _begin_job(jobs, "gen_silent", "silent")
    assert lease.sweep() == []
    threading.Event().wait(0.25)
    lease.beat()
    assert lease.sweep() == ["gen_silent"]
    lease.release()


def test_a_clock_that_is_set_makes_nobody_dead(jobs: Jobs) -> None:
    """The time in a lease is of a clock that somebody may set, forwards or back."""
    lease = Lease(jobs.database.begin, PATIENT)
    lease.start()
    _add_lease(jobs, "alive", place="another machine", beat_ms=0)
    _begin_job(jobs, "gen_elsewhere", "alive")
    assert lease.sweep() == []
    assert _status(jobs, "gen_elsewhere") == RUNNING
    lease.release()


def test_a_worker_that_is_seen_dead_is_not_waited_for(jobs: Jobs) -> None:
    """After kill -9 and a restart on one machine, jobs go on at once."""
    lease = Lease(jobs.database.begin, PATIENT)
    lease.start()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    _add_lease(jobs, "killed", place=this_process().place, pid=gone.pid, beat_ms=2**60)
    _begin_job(jobs, "gen_killed", "killed")
    assert lease.sweep() == ["gen_killed"]
    lease.release()


def test_a_worker_that_lost_its_lease_ends(jobs: Jobs) -> None:
    """Others do its jobs already."""
    is_lost = threading.Event()
    lease = Lease(jobs.database.begin, LeaseOptions(beat_seconds=0.02), on_lost=is_lost.set)
    lease.start()
    with jobs.database.begin() as connection:
        connection.execute(leases.delete())
    assert is_lost.wait(10)


def test_a_worker_that_cannot_write_for_long_goes_on(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk must not end the answers to users; whether others took its jobs, the next beat tells."""
    is_lost, n_beats = threading.Event(), []
    options = LeaseOptions(beat_seconds=0.02, ttl_seconds=0.04)
    lease = Lease(jobs.database.begin, options, on_lost=is_lost.set)
    lease.start()
    monkeypatch.setattr(lease, "beat", lambda: n_beats.append(1) or _no_room())
    wait_for(lambda: len(n_beats) > 10)
    assert not is_lost.is_set()
    monkeypatch.undo()
    lease.release()


def test_a_job_of_ours_that_no_thread_works_on_goes_back_to_the_queue(jobs: Jobs) -> None:
    """Its end could not be written; it would hold its account's place until the next start."""
    running = Running()
    lease = Lease(jobs.database.begin, PATIENT, running)
    lease.start()
    for generation_id in ("gen_dropped", "gen_new", "gen_at_work"):
        _begin_job(jobs, generation_id, lease.executor_id)
    with jobs.database.begin() as connection:
        rows = workflows(connection)
        is_new = rows.c.workflow_uuid == "gen_new"
        connection.execute(update(rows).where(~is_new).values(updated_at=1000))
    with running.at_work_on("gen_at_work"):
        assert lease.sweep() == ["gen_dropped"]
    lease.release()


def _no_room() -> bool:
    raise NoRoomError("full")


def test_a_worker_wakes_from_a_long_sleep_without_taking_all_for_dead(jobs: Jobs) -> None:
    """A laptop was closed: every lease is old, and nobody has died."""
    swept = threading.Event()
    lease = Lease(jobs.database.begin, LeaseOptions(beat_seconds=0.05, ttl_seconds=0.06))
    lease.sweep = swept.set  # type: ignore[method-assign, assignment]
    lease.start()
    assert not swept.wait(0.5)
    lease.release()


def test_what_the_engine_keeps_has_the_columns_we_rely_on(jobs: Jobs) -> None:
    """An update of DBOS that changes them is found out here, and at every start."""
    with jobs.database.begin() as connection:
        check_columns(connection)


def test_this_process_is_alive_and_another_machine_unknown() -> None:
    """Death is only claimed where it can be seen."""
    me = this_process()
    assert not is_surely_dead(me.place, me.pid, me.started)
    assert is_surely_dead(me.place, me.pid, "1")  # its number was given to another process
    assert not is_surely_dead("elsewhere", 2**22, "1")


def test_a_worker_takes_up_what_a_dead_one_left(jobs: Jobs) -> None:
    """From the step after the last one that was remembered."""
    work = FakeWork(n_chunks=1)
    _begin_job(jobs, "gen_left", "nobody", queue="interactive-default")
    jobs.work(work)
    wait_for(lambda: ("finish", "gen_left") in work.log)
    with jobs.database.begin() as connection:
        assert connection.execute(text("select count(*) from worker_lease")).scalar() == 1


def test_a_job_that_an_older_version_began_is_begun_anew(jobs: Jobs) -> None:
    """What that one remembered of its steps does not fit ours, and it would wait for it for ever."""
    work = FakeWork(n_chunks=1)
    _begin_job(jobs, "gen_old", "nobody", queue="interactive-default")
    with jobs.database.begin() as connection:
        rows = workflows(connection)
        connection.execute(
            update(rows).where(rows.c.workflow_uuid == "gen_old").values(application_version="jobs-v1")
        )
        table = "operation_outputs" if jobs.database.is_sqlite else "dbos.operation_outputs"
        remembered = (
            "(workflow_uuid, function_id, function_name, output) values ('gen_old', 1, 'other', 'null')"
        )
        connection.execute(text(f"insert into {table} {remembered}"))
    jobs.work(work)
    wait_for(lambda: ("finish", "gen_old") in work.log)
    assert work.steps_of("gen_old") == ["fetch", "prepare", "render0", "finish"]


def _begin_job(jobs: Jobs, generation_id: str, executor_id: str, queue: str | None = None) -> None:
    jobs.enqueue(generation_id)
    with jobs.database.begin() as connection:
        rows = workflows(connection)
        connection.execute(
            update(rows)
            .where(rows.c.workflow_uuid == generation_id)
            .values(status=RUNNING, executor_id=executor_id, owner_xid="x")
        )


def _status(jobs: Jobs, generation_id: str) -> str:
    with jobs.database.begin() as connection:
        rows = workflows(connection)
        found = connection.execute(rows.select().where(rows.c.workflow_uuid == generation_id)).one()
        return str(found.status)


def _add_lease(jobs: Jobs, executor_id: str, *, place: str, pid: int = 1, beat_ms: int) -> None:
    with jobs.database.begin() as connection:
        connection.execute(
            insert(leases).values(executor_id=executor_id, place=place, pid=pid, started="1", beat_ms=beat_ms)
        )


def test_a_database_without_room_keeps_nobody_from_stopping() -> None:
    """Else the process would wait for ever, for the threads of jobs that wait for room."""

    @contextmanager
    def begin() -> Iterator[Connection]:
        raise NoRoomError("the disk is full")
        yield

    assert Lease(begin, PATIENT).release() == []
