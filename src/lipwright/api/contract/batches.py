"""/v2/batch: generations that are made together."""

from typing import Annotated

from fastapi import APIRouter, Path

from lipwright.api.contract.answers import BatchList, BatchResponse
from lipwright.api.contract.present import Shown, show_batch, show_generation
from lipwright.api.contract.requests import BatchRequest
from lipwright.api.contract.responses import errors
from lipwright.api.dependencies import CallingAccount, Limit, LinksPart, Offset, QueuePart, ServicesPart
from lipwright.app import batches as use
from lipwright.app.links import Links
from lipwright.app.queue_view import QueueView

router = APIRouter(prefix="/v2/batch", tags=["Batch"])


@router.post(
    "",
    status_code=201,
    response_model=BatchResponse,
    response_model_exclude_unset=True,
    operation_id="createBatch",
    summary="Create Batch Generation",
    responses=errors(404, 503),
)
def create_batch(
    wanted: BatchRequest, account: CallingAccount, services: ServicesPart, links: LinksPart, queue: QueuePart
) -> Shown:
    """Hands in up to 500 jobs at once: all are accepted, or none."""
    orders = [generation.order() for generation in wanted.generations]
    return _whole(use.create_batch(services, account, orders, wanted.webhook_url), links, queue)


@router.get(
    "",
    response_model=BatchList,
    response_model_exclude_unset=True,
    operation_id="listBatches",
    summary="List Batches",
    responses=errors(),
)
def list_batches(
    account: CallingAccount, services: ServicesPart, limit: Limit = 20, offset: Offset = 0
) -> Shown:
    """Lists the batches of the account, newest first, without their generations."""
    found, total = use.list_batches(services, account, limit=limit, offset=offset)
    shown = [show_batch(batch) for batch in found]
    return {"batches": shown, "total": total, "has_more": offset + len(found) < total}


@router.get(
    "/{id}",
    response_model=BatchResponse,
    response_model_exclude_unset=True,
    operation_id="getBatch",
    summary="Get Batch Status",
    responses=errors(404),
)
def get_batch(
    batch_id: Annotated[str, Path(alias="id", description="Batch job ID")],
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    queue: QueuePart,
) -> Shown:
    """Gives the state of a batch and of each of its generations."""
    return _whole(use.get_batch(services, account, batch_id), links, queue)


def _whole(found: use.WholeBatch, links: Links, queue: QueueView) -> Shown:
    shown = [show_generation(generation, links, queue) for generation in found.generations]
    return {**show_batch(found.batch), "generations": shown}
