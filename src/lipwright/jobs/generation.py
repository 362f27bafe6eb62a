"""The workflow of one job: its steps in order, each remembered once it is done."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypedDict

from dbos import DBOS
from dbos import error as dbos_error
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lipwright.errors import NoRoomError, is_for_lack_of_room
from lipwright.jobs.ports import JobCancelledError, JobError, Work
from lipwright.jobs.queue import GENERATION
from lipwright.jobs.running import Running

STORAGE = "generation_infra_storage_error"
_DATABASE_SECONDS = 5.0
_MAX_RECOVERIES = 50
"""Of a job whose worker dies; compute dies in children, so this is for what nobody foresaw."""

_TAKEN_AWAY = (dbos_error.DBOSWorkflowCancelledError, dbos_error.DBOSWorkflowConflictIDError)
"""Raised between two steps when the job was cancelled, or handed to another worker."""

_RETRY_SECONDS = (1.0, 5.0)
_ROOM_SECONDS = (15.0,) * 40
"""A job that finds the disk full waits ten minutes for room."""
NO_ROOM = "the server had no room on its disk for too long; try again when it has"
DEFECT = "something unexpected went wrong while working on this; try again, and report it if it stays"

_log = logging.getLogger(__name__)


class Outcome(TypedDict, total=False):
    """How a step went, as the engine remembers it: in JSON, so errors are data."""

    value: int | None
    error: str
    code: str
    is_cancelled: bool


_Step = Callable[..., Outcome]


def register_generation(work: Work, running: Running, hand_back: Callable[[str], object]) -> None:
    """Makes the workflow known; the engine is created and not yet launched.

    Args:
        work: the steps.
        running: told what is at work.
        hand_back: puts a job into its queue again, to be gone on with after its last remembered step.
    """
    fetch, prepare = _step("fetch", work.fetch), _step("prepare", work.prepare)
    # One step for all chunks: they are remembered as files, and rendered at the same time.
    render, finish = _step("render", work.render), _step("finish", work.finish)

    @DBOS.step(name="fail", retries_allowed=True, max_attempts=8, interval_seconds=1.0)
    def fail(generation_id: str, message: str, code: str) -> None:
        work.fail(generation_id, message, code)

    @DBOS.workflow(name=GENERATION, max_recovery_attempts=_MAX_RECOVERIES)
    def generation(generation_id: str) -> str:
        with running.at_work_on(generation_id):
            return work_on(generation_id)

    def work_on(generation_id: str) -> str:
        try:
            outcome = _run(generation_id, (fetch, prepare), render, finish)
        except DBAPIError:
            _hand_back(generation_id, hand_back)
            raise
        except _TAKEN_AWAY:
            if work.has_ended(generation_id):  # else another worker has it now
                work.abandon(generation_id)
            raise
        if "error" in outcome:
            fail(generation_id, outcome["error"], outcome["code"])
            return "failed"
        if "is_cancelled" in outcome:
            work.abandon(generation_id)
            return "cancelled"
        return "completed"


def _run(generation_id: str, beginning: tuple[_Step, _Step], render: _Step, finish: _Step) -> Outcome:
    outcome = Outcome()
    for step in beginning:
        outcome = step(generation_id)
        if "value" not in outcome:
            return outcome
    rendered = render(generation_id, outcome["value"] or 0)
    return finish(generation_id) if "value" in rendered else rendered


def _hand_back(generation_id: str, hand_back: Callable[[str], object]) -> None:
    """A step could not be remembered: as soon as the database can be written, the job is begun again.

    What the engine would note of it then, that it went wrong, is refused: it is no longer ours.
    """
    while True:
        try:
            hand_back(generation_id)
        except (SQLAlchemyError, NoRoomError) as error:
            _log.warning("a job waits for the database: %s", error, extra={"generation_id": generation_id})
            time.sleep(_DATABASE_SECONDS)
        else:
            return


def _step(name: str, verb: Callable[..., int | None]) -> _Step:
    def step(*arguments: Any) -> Outcome:  # noqa: ANN401 (those of the verb)
        return attempt(partial(verb, *arguments), {"generation_id": arguments[0], "step": name})

    return DBOS.step(name=name)(step)


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
