"""/native/v2/generate, /native/v2/generations and /native/v2/analyze/cost."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query, Request

from lipwright.api.bodies import parsed_json, small_body, validated
from lipwright.api.contract.generations import IdempotencyKey
from lipwright.api.dependencies import MAX_PAGE, CallingAccount, LinksPart, ServicesPart, UploadPlacesPart
from lipwright.api.native.forms import MAX_FIELD_BYTES, MEDIA, files_of, keep_file, request_of
from lipwright.api.native.queries import many, one_of
from lipwright.api.native.requests import NativeRequest
from lipwright.api.places import FETCHES, LOOKS
from lipwright.api.requests import MAX_BODY_BYTES
from lipwright.app import generations as use
from lipwright.app.estimates import estimate_order
from lipwright.app.native_shape import Shown, native_generation
from lipwright.app.services import Services
from lipwright.errors import UsageError
from lipwright.store.records import Account, GenerationStatus

router = APIRouter(prefix="/native/v2", include_in_schema=False)
_STATUSES: dict[str, GenerationStatus] = {
    "PENDING": "pending",
    "PROCESSING": "processing",
    "COMPLETED": "completed",
    "FAILED": "failed",
    "REJECTED": "failed",
}
_PROBE = "ast_not_kept_yet"


@router.post("/generate", status_code=201)
async def create_generation(
    request: Request,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    places: UploadPlacesPart,
    idempotency_key: IdempotencyKey = None,
) -> Shown:
    """Hands in one job, as JSON or as multipart/form-data with its files."""
    content_type = request.headers.get("content-type", "").lower()
    if content_type.startswith("multipart/"):
        with places.take(account.id, services.settings.plan(account.plan).max_uploads):
            wanted = await _from_form(request, account, services)
    else:
        wanted = _from_json(await small_body(request, MAX_BODY_BYTES))
    made = await anyio.to_thread.run_sync(
        lambda: use.create_generation(services, account, wanted.order(), idempotency_key=idempotency_key)
    )
    return native_generation(made, links)


@router.get("/generate/{id}")
@router.get("/generations/{id}")
def get_generation(id: str, account: CallingAccount, services: ServicesPart, links: LinksPart) -> Shown:
    """Gives the state of a generation, with a fresh link to its result."""
    return native_generation(use.get_generation(services, account, id), links)


@router.get("/generations")
def list_generations(
    request: Request,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    cursor: str | None = None,
) -> list[Shown]:
    """Lists generations, newest first; ``cursor`` is the last one that the client has."""
    statuses = {one_of("status", value, _STATUSES) for value in many(request, "status")}
    found = use.newest_generations(
        services, account, limit=limit, statuses=statuses, ids=many(request, "ids"), after_id=cursor
    )
    return [native_generation(generation, links) for generation in found]


@router.post("/analyze/cost")
async def estimate_cost(
    request: Request, account: CallingAccount, services: ServicesPart, places: UploadPlacesPart
) -> list[Shown]:
    """Says what a request would cost; its inputs are measured."""
    wanted = _from_json(await small_body(request, MAX_BODY_BYTES))
    with places.take(account.id, services.settings.plan(account.plan).max_uploads):
        estimate = await anyio.to_thread.run_sync(
            estimate_order, services, account, wanted.order(), limiter=FETCHES
        )
    return [{"estimatedFrameCount": estimate.n_frames, "estimatedGenerationCost": float(estimate.cost)}]


def _from_json(body: bytes) -> NativeRequest:
    value = parsed_json(body)
    if not isinstance(value, dict):
        raise UsageError("body: expected a JSON object, found something else; send model and input")
    return validated(NativeRequest, value)


async def _from_form(request: Request, account: Account, services: Services) -> NativeRequest:
    async with request.form(max_files=len(MEDIA), max_part_size=MAX_FIELD_BYTES) as form:
        files = files_of(form)
        # whatever else is wrong is found out before a file is kept
        validated(NativeRequest, request_of(form, dict.fromkeys(files, _PROBE)))
        kept: dict[str, Any] = {
            kind: await anyio.to_thread.run_sync(keep_file, services, account, kind, file, limiter=LOOKS)
            for kind, file in files.items()
        }
        return validated(NativeRequest, request_of(form, kept))
