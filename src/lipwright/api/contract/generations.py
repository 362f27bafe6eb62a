"""/v2/generate: generations."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from lipwright.api.contract.answers import CostEstimate, Deleted, GenerationList, GenerationResponse
from lipwright.api.contract.present import Shown, show_generation
from lipwright.api.contract.requests import GenerationRequest, RequestedModel
from lipwright.api.contract.responses import EXTENSION, errors
from lipwright.api.dependencies import (
    CallingAccount,
    CancelCountPart,
    Limit,
    LinksPart,
    Offset,
    QueuePart,
    ServicesPart,
    StoppingPart,
    StreamPlacesPart,
)
from lipwright.api.events import event_stream, news
from lipwright.api.places import MAX_STREAMS, Places
from lipwright.app import generations as use
from lipwright.app.reports import load_report, report_html
from lipwright.store.records import Account, GenerationStatus

MAX_ESTIMATE_SECONDS = 10_000_000.0
_MAX_DIGITS = 18
"""Of an event's number: all that fit into 64 bits."""

router = APIRouter(prefix="/v2/generate", tags=["Generate"])
GenerationId = Annotated[str, Path(alias="id", description="Generation job ID")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._~-]{1,128}$",
        description="Sent again with the same body, it gives the same generation; with another, 409",
    ),
]


@router.post(
    "",
    status_code=201,
    response_model=GenerationResponse,
    response_model_exclude_unset=True,
    operation_id="createGeneration",
    summary="Create Lip-Sync Generation",
    responses=errors(404, 409, 503),
)
def create_generation(
    wanted: GenerationRequest,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    queue: QueuePart,
    idempotency_key: IdempotencyKey = None,
) -> Shown:
    """Hands in one job; poll it, follow its events, or wait for the webhook."""
    made = use.create_generation(services, account, wanted.order(), idempotency_key=idempotency_key)
    return show_generation(made, links, queue)


@router.get(
    "",
    response_model=GenerationList,
    response_model_exclude_unset=True,
    operation_id="listGenerations",
    summary="List Generations",
    responses=errors(),
)
def list_generations(
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    queue: QueuePart,
    limit: Limit = 20,
    offset: Offset = 0,
    status: Annotated[GenerationStatus | None, Query(description="Filter by status")] = None,
) -> Shown:
    """Lists the generations of the account, newest first."""
    found, total = use.list_generations(services, account, limit=limit, offset=offset, status=status)
    shown = [show_generation(generation, links, queue) for generation in found]
    return {"generations": shown, "total": total, "has_more": offset + len(found) < total}


# must stand before /{id}, or it is taken for an id
@router.get(
    "/estimate-cost",
    response_model=CostEstimate,
    operation_id="estimateGenerationCost",
    summary="Estimate Generation Cost",
    responses=errors(),
)
def estimate_cost(
    services: ServicesPart,
    model: Annotated[RequestedModel, Query(description="AI model to use")],
    duration: Annotated[
        float,
        Query(gt=0, le=MAX_ESTIMATE_SECONDS, allow_inf_nan=False, description="Video duration in seconds"),
    ],
) -> Shown:
    """Says what a generation of that length would cost."""
    estimate = use.estimate_cost(services, model.value, duration)
    return {
        "estimated_cost": float(estimate.cost),
        "model": model,
        "duration_seconds": duration,
        "cost_per_second": float(estimate.per_second),
    }


@router.get(
    "/{id}",
    response_model=GenerationResponse,
    response_model_exclude_unset=True,
    operation_id="getGeneration",
    summary="Get Generation Status",
    responses=errors(404),
)
def get_generation(
    generation_id: GenerationId,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    queue: QueuePart,
) -> Shown:
    """Gives the state of a generation, with a fresh link to its result."""
    return show_generation(use.get_generation(services, account, generation_id), links, queue)


@router.delete(
    "/{id}",
    response_model=Deleted,
    operation_id="deleteGeneration",
    summary="Delete Generation",
    responses=errors(404, 409),
    openapi_extra=EXTENSION,
)
def delete_generation(generation_id: GenerationId, account: CallingAccount, services: ServicesPart) -> Shown:
    """Removes a finished generation with its files; 409 while it is pending or processing."""
    use.delete_generation(services, account, generation_id)
    return {"id": generation_id, "deleted": True}


@router.post(
    "/{id}/cancel",
    response_model=GenerationResponse,
    response_model_exclude_unset=True,
    operation_id="cancelGeneration",
    summary="Cancel Generation",
    responses=errors(404, 409),
    openapi_extra=EXTENSION,
)
def cancel_generation(
    generation_id: GenerationId,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    queue: QueuePart,
    count: CancelCountPart,
) -> Shown:
    """Stops a generation: it fails with error_code ``cancelled``; 409 when it is finished."""
    cancelled = use.cancel_generation(services, account, generation_id)
    count()
    return show_generation(cancelled, links, queue)


@router.get(
    "/{id}/events",
    response_class=StreamingResponse,
    operation_id="streamGenerationEvents",
    summary="Follow Generation",
    responses={
        200: {
            "description": "Server-sent events until the generation is finished",
            "content": {"text/event-stream": {}},
        },
        204: {"description": "It has ended, and the client knows all events"},
        **errors(404),
    },
    openapi_extra=EXTENSION,
)
def stream_events(
    generation_id: GenerationId,
    account: CallingAccount,
    services: ServicesPart,
    stopping: StoppingPart,
    places: StreamPlacesPart,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="Send only what came after this event")
    ] = None,
) -> Response:
    """Streams what happens to a generation, from its beginning or after the last event seen."""
    generation = use.get_generation(services, account, generation_id)
    after = _number(last_event_id)
    events, is_over = news(services.database, account.id, generation.id, after)
    if is_over and not events:
        return Response(status_code=204)  # browsers come back for ever unless they are told so
    places.need(account.id, MAX_STREAMS)  # it is taken when the stream begins: only then does it end too
    stream = event_stream(services.database, account.id, generation.id, after, stopping.is_set)
    return StreamingResponse(
        _counted(stream, places, account),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get(
    "/{id}/report",
    operation_id="getGenerationReport",
    summary="Get Generation Report",
    responses={
        200: {
            "description": "What was done, and what was measured: JSON, or a page for Accept: text/html",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/html": {"schema": {"type": "string"}},
            },
        },
        **errors(404),
    },
    openapi_extra=EXTENSION,
)
def get_report(
    generation_id: GenerationId,
    account: CallingAccount,
    services: ServicesPart,
    accept: Annotated[str, Header(description="text/html for a page")] = "application/json",
) -> Response:
    """Gives the report of a completed generation."""
    report = load_report(services, account, generation_id)
    if _prefers_html(accept):
        return HTMLResponse(report_html(report), headers={"X-Content-Type-Options": "nosniff"})
    return JSONResponse(report)


async def _counted(stream: AsyncIterator[bytes], places: Places, account: Account) -> AsyncIterator[bytes]:
    """The same, one of its account's for as long as it lasts."""
    with places.hold(account.id):
        async for piece in stream:
            yield piece


def _number(last_event_id: str | None) -> int:
    """The number of an event; 0 when there is none or it is not one of ours."""
    text = last_event_id or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def _prefers_html(accept: str) -> bool:
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    places = [kinds.index(kind) for kind in ("text/html", "application/json") if kind in kinds]
    return "text/html" in kinds and kinds.index("text/html") == min(places)
