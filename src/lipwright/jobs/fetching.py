"""The workflow that brings the inputs of a job that have to be downloaded, and hands the job on.

It has queues of its own: bytes that come slowly keep nobody from computing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from dbos import DBOS
from sqlalchemy.exc import SQLAlchemyError

from lipwright.errors import NoRoomError
from lipwright.jobs.ending import Ending, Outcome
from lipwright.jobs.generation import MAX_RECOVERIES, step
from lipwright.jobs.ports import Work
from lipwright.jobs.queue import FETCH, Hand
from lipwright.jobs.running import Running

_TURN_SECONDS = 1.0


def register_fetching(
    work: Work, running: Running, ending: Ending, is_waiting: Callable[[str], bool]
) -> None:
    """Makes the workflow known; the engine is created and not yet launched.

    Args:
        work: the steps.
        running: told what is at work.
        ending: of jobs whose inputs cannot be had.
        is_waiting: whether a workflow still is in its queue.
    """
    fetch = step("bring", work.fetch)

    @DBOS.step(name="wait_for_turn")
    def wait_for_turn(generation_id: str) -> None:
        """An account's downloads must not fill the disk long before it is their turn."""
        with suppress(SQLAlchemyError, NoRoomError):  # it is handed on already, and must not be failed
            while is_waiting(generation_id):
                time.sleep(_TURN_SECONDS)

    def bring(hand: Hand) -> Outcome:
        outcome = fetch(hand.generation_id)
        if "value" in outcome:
            DBOS.enqueue_workflow_with_options(hand.to_work(), hand.generation_id)
            wait_for_turn(hand.generation_id)
        return outcome

    @DBOS.workflow(name=FETCH, max_recovery_attempts=MAX_RECOVERIES)
    def fetching(generation_id: str, queue: str, account_id: str, turn: int) -> str:
        with running.at_work_on(DBOS.workflow_id or ""):
            hand = Hand(generation_id, queue, account_id, turn)
            return ending.after(partial(bring, hand)) or "fetched"
