"""kill -9 at any moment loses nothing and doubles nothing; SIGTERM not even a chunk."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from lipwright.jobs import engine
from tests.unit.jobs.conftest import wait_for
from tests.unit.jobs.killed_worker import hand_in

ROOT = Path(__file__).parents[3]
IDS = [f"gen_{number:02}" for number in range(12)]
STEPS = ["fetch", "prepare", *(f"render{chunk}" for chunk in range(4)), "finish"]


def test_every_job_is_done_once_however_often_the_worker_is_killed(tmp_path: Path) -> None:
    """Steps that were done are not done again; only the one at work when the worker died is."""
    _hand_in(tmp_path)
    kills = 3
    for _ in range(kills):
        worker = _start(tmp_path)
        time.sleep(random.Random(len(_log(tmp_path))).uniform(0.1, 0.4))
        worker.kill()
        _end(worker)
    worker = _start(tmp_path)
    wait_for(lambda: _finished(tmp_path) == set(IDS), 20)
    worker.kill()
    _end(worker)
    done = Counter(_log(tmp_path))
    assert set(done) == {f"{name} {step}" for name in IDS for step in STEPS}
    at_work = 4 + 1  # jobs that run at once: each kill interrupts a step of each, of one two chunks
    assert sum(done.values()) - len(done) <= kills * at_work


def test_a_worker_that_is_stopped_ends_its_chunks_and_repeats_none(tmp_path: Path) -> None:
    """Everything else is handed back, and done by the next one."""
    _hand_in(tmp_path)
    worker = _start(tmp_path)
    wait_for(lambda: any("render1" in line for line in _log(tmp_path)), 20)
    worker.terminate()
    assert worker.wait(20) == 0
    _end(worker)
    worker = _start(tmp_path)
    wait_for(lambda: _finished(tmp_path) == set(IDS), 20)
    worker.kill()
    _end(worker)
    rendered = [line for line in _log(tmp_path) if "render" in line]
    assert Counter(rendered) == Counter(f"{name} render{chunk}" for name in IDS for chunk in range(4))


def _hand_in(folder: Path) -> None:
    engine.migrate(f"sqlite:///{folder}/jobs.db")
    hand_in(folder, IDS)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.unit.jobs.killed_worker", str(folder)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    return worker


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.wait()
    assert worker.stdout is not None
    worker.stdout.close()


def _log(folder: Path) -> list[str]:
    path = folder / "log"
    return path.read_text().splitlines() if path.exists() else []


def _finished(folder: Path) -> set[str]:
    return {line.split()[0] for line in _log(folder) if line.endswith("finish")}
