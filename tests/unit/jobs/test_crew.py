"""Which compute processes there are: ready before they are needed, and no more than are."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lipwright.jobs.child import Child
from lipwright.jobs.crew import ChildOptions, Crew
from tests.unit.jobs.conftest import wait_for

ROOT = Path(__file__).parents[3]
CHILD = (sys.executable, "-m", "tests.unit.jobs.crashing_child")

MakeCrew = Callable[..., Crew]


@pytest.fixture
def make_crew(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeCrew]:
    """Crews of one place, or as many as are asked for, that are killed afterwards."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    made: list[Crew] = []

    def make(n_places: int = 1, **options: float) -> Crew:
        made.append(Crew(n_places, ChildOptions(CHILD, **options)))  # type: ignore[arg-type]
        made[-1].keep_ready()
        return made[-1]

    yield make
    for crew in made:
        crew.kill()


def test_a_spare_is_ready_beside_the_children_at_work(make_crew: MakeCrew) -> None:
    """Whoever pauses one of them need not wait for a process to start."""
    crew = make_crew(spares=1)
    wait_for(lambda: crew.n_ready == 2)
    at_work = crew.take("batch")
    spare = crew.take("single")
    assert at_work is not spare
    assert spare.is_up


def test_a_child_that_is_killed_is_replaced_at_once(make_crew: MakeCrew) -> None:
    """A job that was cancelled takes its child with it; the next single finds a spare all the same."""
    crew = make_crew(spares=1)
    crew.bury(crew.take("cancelled"))
    at_work = crew.take("batch")
    wait_for(lambda: crew.n_ready == 1)
    assert at_work in crew.alive


def test_a_spare_that_the_kernel_ends_is_replaced(
    make_crew: MakeCrew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When memory runs out the kernel takes children first; the next look finds that out."""
    monkeypatch.setattr("lipwright.jobs.crew._LOOK_SECONDS", 0.05)
    crew = make_crew(spares=1)
    wait_for(lambda: crew.n_ready == 2)
    first = set(crew.alive)
    for child in first:
        os.kill(child.pid, signal.SIGKILL)
    wait_for(lambda: crew.n_ready == 2 and first.isdisjoint(crew.alive))


def test_another_spare_stands_by_while_the_first_is_at_work(make_crew: MakeCrew) -> None:
    """Two singles may overtake two jobs of a batch, one soon after the other."""
    crew = make_crew(2, spares=1)
    taken = [crew.take(job) for job in ("batch", "batch too", "single")]
    wait_for(lambda: crew.n_ready == 1)
    assert len(crew.alive) == len(taken) + 1


@pytest.mark.parametrize(
    ("spares", "n_alive"),
    [
        (0, 1),
        (1, 2),
        (5, 2),  # no more could be used: as many are paused as compute
    ],
)
def test_no_more_children_are_kept_than_can_be_used(make_crew: MakeCrew, spares: int, n_alive: int) -> None:
    """Each holds memory."""
    crew = make_crew(spares=spares)
    wait_for(lambda: crew.n_ready == n_alive)
    taken = crew.take("one")
    crew.give_back(taken)
    assert len(crew.alive) == n_alive


def test_what_stood_in_for_paused_ones_ends_when_it_has_rested(make_crew: MakeCrew) -> None:
    """Not at once: the next single may come soon. A spare may be starting while one more is taken."""
    crew = make_crew(2, spares=1, rest_seconds=0.2)
    taken = [crew.take(job) for job in ("batch", "batch too", "single", "another")]
    assert len(crew.alive) >= 4
    for child in taken:
        crew.give_back(child)
    assert len(crew.alive) >= 4
    wait_for(lambda: len(crew.alive) == 3)


def test_a_spare_starts_at_the_priority_of_those_at_work(make_crew: MakeCrew) -> None:
    """Loading its libraries takes nothing from who answers people."""
    crew = make_crew(spares=1)
    wait_for(lambda: crew.n_ready == 2)
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert {os.getpriority(os.PRIO_PROCESS, child.pid) for child in crew.alive} == {min(ours + 10, 19)}


def test_a_spare_is_at_low_priority_from_its_first_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of what it costs is its start."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    child = Child(CHILD, is_urgent=False)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    child.kill()


def test_a_crew_that_was_killed_starts_nobody(make_crew: MakeCrew) -> None:
    """The server ends: a child would be left behind."""
    crew = make_crew(spares=1)
    crew.kill()
    assert crew.alive == []
    with pytest.raises(RuntimeError):
        crew.take("late")
    assert crew.alive == []


def test_spares_die_with_a_parent_that_is_killed() -> None:
    """kill -9 of the server leaves nobody, while they start and when they are ready."""
    program = f"""
import time
from lipwright.jobs.crew import *
crew = Crew(2, ChildOptions({CHILD!r}, spares=2))
crew.keep_ready()
while crew.n_ready < 3: time.sleep(0.01)
print(*(child.pid for child in crew.alive), flush=True)
time.sleep(60)
"""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) >= 3
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not any(_is_running(pid) for pid in children))


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
