"""Compute children: warm, replaceable, and never the end of their parent."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lipwright.jobs import children
from lipwright.jobs.children import CallOptions, ChildCrashError, ChildOptions, ChildPool
from lipwright.jobs.ports import JobCancelledError, JobError
from lipwright.jobs.slots import BATCH, INTERACTIVE, LEISURE, Claim, PrioritySlots
from tests.unit.jobs.conftest import wait_for

ROOT = Path(__file__).parents[3]
CHILD = (sys.executable, "-m", "tests.unit.jobs.crashing_child")
CALL = CallOptions(BATCH)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChildPool]:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    pool = ChildPool(PrioritySlots(1), ChildOptions(CHILD))
    yield pool
    pool.kill()


def test_a_child_stays_warm_between_requests(pool: ChildPool) -> None:
    """What it has loaded it loads once; what libraries print on stdout does not disturb."""
    pool.warm_up()
    assert _pid(pool) == _pid(pool)


def test_a_crash_costs_one_attempt(pool: ChildPool, tmp_path: Path) -> None:
    """A fresh child does the request again."""
    request = {"command": "crash_once", "mark": str(tmp_path / "mark")}
    first = _pid(pool)
    assert pool.call(request, CALL).result["pid"] != first


def test_a_request_that_always_crashes_is_given_up(pool: ChildPool) -> None:
    """With what the kernel said of the last attempt; the pool goes on."""
    with pytest.raises(ChildCrashError) as caught:
        pool.call({"command": "crash"}, CALL)
    assert caught.value.return_code == -9
    assert _pid(pool)


def test_a_defect_in_a_child_is_told_before_it_ends(pool: ChildPool) -> None:
    """Its traceback is for the log of the parent."""
    with pytest.raises(ChildCrashError, match="ZeroDivisionError: a defect"):
        pool.call({"command": "defect"}, CALL)


def test_a_refusal_comes_back_as_it_was_raised(pool: ChildPool) -> None:
    """Message and code; the child lives on."""
    first = _pid(pool)
    with pytest.raises(JobError, match="too blue") as caught:
        pool.call({"command": "refuse"}, CALL)
    assert caught.value.code == "generation_input_video_invalid"
    assert _pid(pool) == first


def test_progress_is_heard_and_cancelling_kills_the_child(pool: ChildPool, tmp_path: Path) -> None:
    """Nobody waits for what nobody wants."""
    mark, heard = tmp_path / "mark", []

    def still_wanted() -> None:
        if mark.exists():
            raise JobCancelledError("gone")

    options = CallOptions(BATCH, on_progress=heard.append, still_wanted=still_wanted)
    with pytest.raises(JobCancelledError):
        pool.call({"command": "sleep", "mark": str(mark)}, options)
    assert heard == [{"stage": "render", "done": 1, "total": 2}]
    assert pool.slots.n_busy == 0
    assert _pid(pool)


@pytest.mark.parametrize("why", ["closed", "long"])
def test_work_at_leisure_is_put_off(
    pool: ChildPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """A server that stops does not wait for it, and its memory is free when others compute for long."""
    monkeypatch.setattr(children, "_LEISURE_SECONDS", 0.0)
    mark, gone = tmp_path / "mark", threading.Event()

    def still_wanted() -> None:
        if gone.is_set():
            raise JobCancelledError("gone")

    def measure() -> None:
        with suppress(JobCancelledError):
            pool.call({"command": "sleep", "mark": str(mark)}, options)

    options = CallOptions(LEISURE, "measure", still_wanted=still_wanted)
    thread = threading.Thread(target=measure)
    thread.start()
    wait_for(mark.exists)
    (child,) = pool.crew.alive
    if why == "closed":
        pool.slots.close()
        assert pool.slots.wait_until_idle(10)
        wait_for(lambda: pool.slots.n_waiting == 1)
    else:
        with pool.slots.slot(Claim("single", INTERACTIVE)):
            wait_for(lambda: pool.slots.n_waiting == 1)
    assert not child.is_alive
    gone.set()
    thread.join()


def test_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It counts as crashed after a long silence."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    pool = ChildPool(PrioritySlots(1), ChildOptions(CHILD, silence_seconds=0.5, attempts=1))
    pool.warm_up()
    with pytest.raises(ChildCrashError, match="nothing heard"):
        pool.call({"command": "sleep", "mark": str(tmp_path / "mark")}, CALL)
    pool.kill()


def test_children_are_replaced_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever memory native libraries lose is given back."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    pool = ChildPool(PrioritySlots(1), ChildOptions(CHILD, requests=1))
    assert _pid(pool) != _pid(pool)
    pool.kill()


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """kill -9 of the server leaves nobody computing."""
    mark = tmp_path / "mark"
    program = f"""
import os, sys
from lipwright.jobs.children import *
from lipwright.jobs.slots import *
pool = ChildPool(PrioritySlots(1), ChildOptions({CHILD!r}))
print(pool.call({{"command": "work"}}, CallOptions(1)).result["pid"], flush=True)
pool.call({{"command": "sleep", "mark": {str(mark)!r}}}, CallOptions(1))
"""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    wait_for(mark.exists)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not _is_running(child))


def test_threads_share_the_children(pool: ChildPool) -> None:
    """One request at a time each."""
    results = []
    threads = [threading.Thread(target=lambda: results.append(_pid(pool))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1


def test_a_request_goes_to_the_child_that_knows_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the job's files open; another one would have to read them first."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    pool = ChildPool(PrioritySlots(2), ChildOptions(CHILD))
    pool.warm_up()
    wait_for(lambda: pool.crew.n_ready == 2)
    ours, theirs = _pid(pool, "ours"), _pid(pool, "theirs")
    assert ours != theirs
    assert [_pid(pool, job) for job in ("ours", "theirs", "ours")] == [ours, theirs, ours]
    pool.tell_idle("ours", {"command": "work"})
    assert _pid(pool, "theirs") == theirs
    pool.kill()


def test_a_single_computes_in_the_middle_of_a_long_step_of_a_batch(pool: ChildPool, tmp_path: Path) -> None:
    """The batch's child stands still meanwhile, and goes on afterwards."""
    mark, done = tmp_path / "mark", threading.Event()
    ticks = {"command": "tick", "mark": str(mark), "seconds": 1.5}

    def work() -> None:
        pool.call(ticks, CallOptions(BATCH, "batch"))
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(mark.exists)
    hold = {"command": "tick", "mark": str(tmp_path / "other"), "seconds": 0.5}
    before = time.monotonic()
    answer = pool.call(hold, CallOptions(INTERACTIVE, "single", is_last=True))
    assert not done.is_set()
    assert answer.waited_seconds < time.monotonic() - before
    n_ticks = len(mark.read_text())
    thread.join()
    assert n_ticks < len(mark.read_text())


SLOW_CHILD = (
    sys.executable,
    "-c",
    f"import runpy, time; time.sleep(1); runpy.run_module({CHILD[2]!r}, run_name='__main__')",
)


@pytest.mark.parametrize(
    ("command", "is_due"),
    [(CHILD, "os.path.exists(batch)"), (SLOW_CHILD, "pool.crew.alive")],
    ids=["at work", "while it starts"],
)
def test_a_paused_child_dies_with_a_parent_that_is_killed(
    command: tuple[str, ...], is_due: str, tmp_path: Path
) -> None:
    """A process that stands still does not notice the end of its input."""
    batch, single = (str(tmp_path / name) for name in ("batch", "single"))
    program = f"""
import os, sys, threading, time
from lipwright.jobs.children import *
from lipwright.jobs.slots import *
batch, single = {batch!r}, {single!r}
pool = ChildPool(PrioritySlots(1), ChildOptions({command!r}))
def sleep(mark, priority):
    pool.call({{"command": "sleep", "mark": mark}}, CallOptions(priority, mark))
threading.Thread(target=sleep, args=(batch, BATCH), daemon=True).start()
while not ({is_due}): time.sleep(0.01)
threading.Thread(target=sleep, args=(single, INTERACTIVE), daemon=True).start()
while not os.path.exists(single): time.sleep(0.01)
print(*(child.pid for child in pool.crew.alive), flush=True)
time.sleep(60)
"""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not any(_is_running(child) for child in children))


def _pid(pool: ChildPool, job: str = "ours") -> int:
    """Of the child that does a request."""
    pid: int = pool.call({"command": "work"}, CallOptions(BATCH, job)).result["pid"]
    return pid


def _is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        time.sleep(0)
        return False
