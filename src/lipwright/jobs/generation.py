"""The workflow of one job: its steps in order, each remembered once it is done."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from dbos import DBOS

from lipwright.errors import is_for_lack_of_room
from lipwright.jobs.ending import Ending, Outcome
from lipwright.jobs.ports import JobCancelledError, JobError, Work
from lipwright.jobs.queue import GENERATION
from lipwright.jobs.running import Running

STORAGE = "generation_infra_storage_error"
MAX_RECOVERIES = 50
"""Of a job whose worker dies; compute dies in children, so this is for what nobody foresaw."""

_RETRY_SECONDS = (1.0, 5.0)
_ROOM_SECONDS = (15.0,) * 40
"""A job that finds the disk full waits ten minutes for room."""
NO_ROOM = "the server had no room on its disk for too long; try again when it has"
DEFECT = "something unexpected went wrong while working on this; try again, and report it if it stays"

_log = logging.getLogger(__name__)


_Step = Callable[..., Outcome]


def register_generation(work: Work, running: Running, ending: Ending) -> None:
    """Makes the workflow known; the engine is created and not yet launched.

    Args:
        work: the steps.
        running: told what is at work.
        ending: of jobs that cannot be done, or that nobody wants.
    """
    fetch, prepare = step("fetch", work.fetch), step("prepare", work.prepare)
    # One step for all chunks: they are remembered as files, and rendered at the same time.
    render, finish = step("render", work.render), step("finish", work.finish)

    @DBOS.workflow(name=GENERATION, max_recovery_attempts=MAX_RECOVERIES)
    def generation(generation_id: str) -> str:
        with running.at_work_on(generation_id):
            run = partial(_run, generation_id, (fetch, prepare), render, finish)
            return ending.after(run) or "completed"


def _run(generation_id: str, beginning: tuple[_Step, _Step], render: _Step, finish: _Step) -> Outcome:
    outcome = Outcome()
    for step in beginning:
        outcome = step(generation_id)
        if "value" not in outcome:
            return outcome
    rendered = render(generation_id, outcome["value"] or 0)
    return finish(generation_id) if "value" in rendered else rendered


def step(name: str, verb: Callable[..., int | None]) -> _Step:
    """A step of a workflow, as the engine remembers it."""

    def remembered(*arguments: Any) -> Outcome:  # noqa: ANN401 (those of the verb)
        return attempt(partial(verb, *arguments), {"generation_id": arguments[0], "step": name})

    return DBOS.step(name=name)(remembered)


def attempt(verb: Callable[[], int | None], about: dict[str, Any]) -> Outcome:
    """Does a step, again after accidents; how it went in the end.

    Args:
        verb: the step.
        about: what the log says of it.
    """
    accidents, room = iter(_RETRY_SECONDS), iter(_ROOM_SECONDS)
    while True:
        try:
            return {"value": verb()}
        except JobCancelledError:
            return {"is_cancelled": True}
        except JobError as error:
            _log.info("a job cannot be done: %s", error, extra=about)
            return {"error": str(error), "code": error.code}
        except Exception as error:  # noqa: BLE001 (the worker's loop: whatever happens in a job, the job ends)
            if is_for_lack_of_room(error):
                _log.warning("a job waits for room on the disk: %s", error, extra=about)
                pause, outcome = next(room, None), Outcome(error=NO_ROOM, code=STORAGE)
            else:
                _log.exception("a step went wrong", extra=about)
                pause, outcome = next(accidents, None), Outcome(error=DEFECT, code="generation_unknown_error")
            if pause is None:
                return outcome
            time.sleep(pause)
