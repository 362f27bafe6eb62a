"""The workflow of a webhook delivery: one attempt each; the next is a workflow of its own."""

from dbos import DBOS

from lipwright.jobs.ports import Work
from lipwright.jobs.queue import WEBHOOK, WEBHOOK_QUEUE
from lipwright.jobs.running import Running


def register_webhook(work: Work, running: Running) -> None:
    """Makes the workflow known; the engine is created and not yet launched."""

    @DBOS.step(name="send", retries_allowed=True, max_attempts=8, interval_seconds=1.0)
    def send(delivery_id: str) -> float | None:
        return work.send_webhook(delivery_id)

    @DBOS.workflow(name=WEBHOOK)
    def webhook(delivery_id: str, lane: str) -> None:
        with running.at_work_on(DBOS.workflow_id or ""):
            attempt(delivery_id, lane)

    def attempt(delivery_id: str, lane: str) -> None:
        delay = send(delivery_id)
        if delay is None:
            return
        # Waiting in here would keep its place in the queue busy for hours.
        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": WEBHOOK,
                "queue_name": WEBHOOK_QUEUE,
                "workflow_id": f"{DBOS.workflow_id}.next",
                "queue_partition_key": lane,
                "delay_seconds": delay,
            },
            delivery_id,
            lane,
        )
