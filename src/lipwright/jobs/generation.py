"""The workflow of one job: its steps in order, each remembered once it is done."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypedDict

from dbos import DBOS
from dbos import error as dbos_error

from lipwright.jobs.ports import JobCancelledError, JobError, Work
from lipwright.jobs.queue import GENERATION

_MAX_RECOVERIES = 50
"""Of a job whose worker dies; compute dies in children, so this is for what nobody foresaw."""

_TAKEN_AWAY = (dbos_error.DBOSWorkflowCancelledError, dbos_error.DBOSWorkflowConflictIDError)
"""Raised between two steps when the job was cancelled, or handed to another worker."""

_RETRY_SECONDS = (1.0, 5.0)
DEFECT = "something unexpected went wrong while working on this; try again, and report it if it stays"

_log = logging.getLogger(__name__)


class Outcome(TypedDict, total=False):
    """How a step went, as the engine remembers it: in JSON, so errors are data."""

    value: int | None
    error: str
    code: str
    is_cancelled: bool


_Step = Callable[..., Outcome]


def register_generation(work: Work) -> None:
    """Makes the workflow known; the engine is created and not yet launched."""
    fetch, prepare = _step("fetch", work.fetch), _step("prepare", work.prepare)
    render, finish = _step("render", work.render), _step("finish", work.finish)

    @DBOS.step(name="fail", retries_allowed=True, max_attempts=8, interval_seconds=1.0)
    def fail(generation_id: str, message: str, code: str) -> None:
        work.fail(generation_id, message, code)

    @DBOS.workflow(name=GENERATION, max_recovery_attempts=_MAX_RECOVERIES)
    def generation(generation_id: str) -> str:
        try:
            outcome = _run(generation_id, (fetch, prepare), render, finish)
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
    for chunk in range(outcome["value"] or 0):
        rendered = render(generation_id, chunk)
        if "value" not in rendered:
            return rendered
    return finish(generation_id)


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
    for pause in (*_RETRY_SECONDS, None):
        try:
            return {"value": verb()}
        except JobCancelledError:
            return {"is_cancelled": True}
        except JobError as error:
            _log.info("a job cannot be done: %s", error, extra=about)
            return {"error": str(error), "code": error.code}
        except Exception:  # noqa: BLE001 (the worker's loop: whatever happens in a job, the job ends)
            _log.exception("a step went wrong", extra=about)
            if pause is not None:
                time.sleep(pause)
    return {"error": DEFECT, "code": "generation_unknown_error"}
