"""The workflow of a webhook delivery: one attempt each; the next is a workflow of its own."""

from dbos import DBOS

from lipwright.jobs.lanes import Lanes
from lipwright.jobs.ports import Work
from lipwright.jobs.queue import SLOW_WEBHOOK, SLOW_WEBHOOK_QUEUE, WEBHOOK, WEBHOOK_QUEUE
from lipwright.jobs.running import Running


def register_webhook(work: Work, running: Running) -> None:
    """Makes the workflows known; the engine is created and not yet launched."""
    lanes = Lanes()

    @DBOS.step(name="lane")  # remembered, or a workflow that is gone on with might decide otherwise
    def is_slow(lane: str) -> bool:
        return lanes.is_slow(lane)

    @DBOS.step(name="send", retries_allowed=True, max_attempts=8, interval_seconds=1.0)
    def send(delivery_id: str, lane: str) -> float | None:
        with lanes.attempt(lane):
            return work.send_webhook(delivery_id)

    @DBOS.workflow(name=WEBHOOK)
    def webhook(delivery_id: str, lane: str) -> None:
        with running.at_work_on(DBOS.workflow_id or ""):
            if is_slow(lane):
                _hand_on(SLOW_WEBHOOK, SLOW_WEBHOOK_QUEUE, f"{DBOS.workflow_id}.slow", delivery_id, lane)
            else:
                attempt(delivery_id, lane)

    @DBOS.workflow(name=SLOW_WEBHOOK)
    def slow_webhook(delivery_id: str, lane: str) -> None:
        with running.at_work_on(DBOS.workflow_id or ""):
            attempt(delivery_id, lane)

    def attempt(delivery_id: str, lane: str) -> None:
        delay = send(delivery_id, lane)
        if delay is not None:
            # Waiting in here would keep its place in the queue busy for hours.
            _hand_on(WEBHOOK, WEBHOOK_QUEUE, f"{DBOS.workflow_id}.next", delivery_id, lane, delay)


def _hand_on(
    name: str, queue: str, workflow_id: str, delivery_id: str, lane: str, delay_seconds: float | None = None
) -> None:
    later = {} if delay_seconds is None else {"delay_seconds": delay_seconds}
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": name,
            "queue_name": queue,
            "workflow_id": workflow_id,
            "queue_partition_key": lane,
            **later,  # type: ignore[typeddict-item]
        },
        delivery_id,
        lane,
    )
