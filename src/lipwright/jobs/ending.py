"""How the steps of a job's workflow end it: failed, cancelled, or to be gone on with."""

import logging
import time
from collections.abc import Callable
from typing import Protocol, TypedDict

from dbos import DBOS
from dbos import error as dbos_error
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lipwright.errors import NoRoomError
from lipwright.jobs.queue import generation_of

_DATABASE_SECONDS = 5.0

_TAKEN_AWAY = (dbos_error.DBOSWorkflowCancelledError, dbos_error.DBOSWorkflowConflictIDError)
"""Raised between two steps when the job was cancelled, or handed to another worker."""

_log = logging.getLogger(__name__)


class Outcome(TypedDict, total=False):
    """How a step went, as the engine remembers it: in JSON, so errors are data."""

    value: int | None
    error: str
    code: str
    is_cancelled: bool


class Ended(Protocol):
    """Who is told how a job ended: the work, see ``ports.Work``."""

    def fail(self, generation_id: str, message: str, code: str) -> None:
        """It cannot be done."""

    def abandon(self, generation_id: str) -> None:
        """Nobody wants it."""

    def has_ended(self, generation_id: str) -> bool:
        """Whether nobody wants it any more."""


class Ending:
    """What ends a job for its user; made once, before the engine is launched.

    Args:
        work: told how it ended.
        hand_back: puts a workflow into its queue again, to be gone on with after its last remembered step.
        step: name of the step that says that it failed.
    """

    def __init__(self, work: Ended, hand_back: Callable[[str], object], step: str = "fail") -> None:
        self._work = work
        self._hand_back = hand_back

        @DBOS.step(name=step, retries_allowed=True, max_attempts=8, interval_seconds=1.0)
        def fail(generation_id: str, message: str, code: str) -> None:
            work.fail(generation_id, message, code)

        self._fail = fail

    def after(self, run: Callable[[], Outcome]) -> str | None:
        """Runs some steps in their workflow; how the job ended in them, None if all went well."""
        workflow_id = DBOS.workflow_id or ""
        generation_id = generation_of(workflow_id)
        try:
            outcome = run()
        except DBAPIError:
            self._go_on_later(workflow_id)
            raise
        except _TAKEN_AWAY:
            if self._work.has_ended(generation_id):  # else another worker has it now
                self._work.abandon(generation_id)
            raise
        if "error" in outcome:
            self._fail(generation_id, outcome["error"], outcome["code"])
            return "failed"
        if "is_cancelled" in outcome:
            self._work.abandon(generation_id)
            return "cancelled"
        return None

    def _go_on_later(self, workflow_id: str) -> None:
        """A step could not be remembered: as soon as the database can be written, the job is begun again.

        What the engine would note of it then, that it went wrong, is refused: it is no longer ours.
        """
        about = {"generation_id": generation_of(workflow_id)}
        while True:
            try:
                self._hand_back(workflow_id)
            except (SQLAlchemyError, NoRoomError) as error:
                _log.warning("a job waits for the database: %s", error, extra=about)
                time.sleep(_DATABASE_SECONDS)
            else:
                return
