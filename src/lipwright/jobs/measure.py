"""The workflow that looks at the result of a job once more; nobody waits for it."""

import logging
from collections.abc import Callable
from functools import partial

from dbos import DBOS

from lipwright.jobs.ending import Ending
from lipwright.jobs.generation import step
from lipwright.jobs.ports import Work
from lipwright.jobs.queue import MEASURE
from lipwright.jobs.running import Running

_MAX_RECOVERIES = 5
"""Of a measuring whose worker dies: fewer than of a job, which somebody waits for."""

_log = logging.getLogger(__name__)


def register_measure(work: Work, running: Running, hand_back: Callable[[str], object]) -> None:
    """Makes the workflow known; the engine is created and not yet launched.

    Args:
        work: does it.
        running: told what is at work.
        hand_back: see ``Ending``.
    """
    measure, ending = step("measure", work.measure), Ending(_Measuring(work), hand_back, "fail_measure")

    @DBOS.workflow(name=MEASURE, max_recovery_attempts=_MAX_RECOVERIES)
    def measuring(generation_id: str) -> str:
        with running.at_work_on(DBOS.workflow_id or ""):
            return ending.after(partial(measure, generation_id)) or "measured"


class _Measuring:
    """How a measuring ends; the job has ended before."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def fail(self, generation_id: str, message: str, code: str) -> None:
        """Its report says why."""
        _log.info("a result cannot be measured: %s (%s)", message, code)
        self._work.fail_measure(generation_id, message)

    def abandon(self, generation_id: str) -> None:
        """The job was deleted; ``tidy`` removes the rest."""

    def has_ended(self, generation_id: str) -> bool:  # noqa: ARG002
        """Nothing is told to anybody."""
        return False
