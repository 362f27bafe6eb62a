"""/native/v2/batch: rows of JSON, one for each generation."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from lipwright.api.bodies import parsed_json, small_body, validated
from lipwright.api.contract.requests import MAX_BATCH
from lipwright.api.dependencies import MAX_PAGE, CallingAccount, LinksPart, ServicesPart
from lipwright.api.native.queries import many
from lipwright.api.native.requests import NativeRow, NativeRows
from lipwright.api.requests import MAX_BODY_BYTES
from lipwright.app import batches as use
from lipwright.app.links import MAX_TOKEN, RESULTS_PATH
from lipwright.app.native_shape import Shown, native_batch, native_result
from lipwright.errors import NotFoundError, UsageError

router = APIRouter(prefix="/native/v2/batch", include_in_schema=False)
results = APIRouter(prefix=RESULTS_PATH.rstrip("/"), include_in_schema=False)


@router.post("", status_code=201)
async def create_batch(
    request: Request, account: CallingAccount, services: ServicesPart, links: LinksPart
) -> Shown:
    """Hands in all rows, or none; with ``dry_run`` they are only checked."""
    wanted = await _wanted(request)
    rows = _rows(wanted.rows)
    if wanted.dry_run:
        return {"status": "VALIDATED"}
    orders = [row.order() for row in rows]
    made = await anyio.to_thread.run_sync(use.create_batch, services, account, orders, wanted.webhook_url)
    return native_batch(made.batch, links)


@router.get("")
def list_batches(
    request: Request,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    created_after: Annotated[datetime | None, Query()] = None,
    created_before: Annotated[datetime | None, Query()] = None,
) -> list[Shown]:
    """Lists the newest batches; filters leave out some of them."""
    found, _ = use.list_batches(services, account, limit=MAX_PAGE, offset=0)
    statuses = many(request, "status")
    shown = [
        native_batch(batch, links)
        for batch in found
        if _is_within(batch.created_at, created_after, created_before)
    ]
    return [each for each in shown if not statuses or each["status"] in statuses]


@router.get("/{id}")
def get_batch(id: str, account: CallingAccount, services: ServicesPart, links: LinksPart) -> Shown:
    """Gives the state of a batch, with a fresh link to its results when it has ended."""
    return native_batch(use.get_batch(services, account, id).batch, links)


@results.get("/{token}")
def get_results(token: str, services: ServicesPart, links: LinksPart) -> Response:
    """Gives the results of a batch, a line of JSON for each row; no key is needed."""
    ticket = links.open(token[:MAX_TOKEN])
    if ticket.kind != "batch":
        raise NotFoundError("expected a link to the results of a batch, found one to a file; use it as it is")
    found = use.batch_results(services, ticket.account_id, ticket.id)
    lines = (json.dumps(native_result(generation, links)) + "\n" for generation in found)
    return StreamingResponse(lines, media_type="application/jsonl")


async def _wanted(request: Request) -> NativeRows:
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        return validated(NativeRows, parsed_json(await small_body(request, MAX_BODY_BYTES)))
    async with request.form(max_files=1) as form:
        file = form.get("input")
        if not isinstance(file, UploadFile):
            raise UsageError("input: expected a file of JSON lines, found none; send one")
        lines = (await file.read()).splitlines()
        rows = [parsed_json(line, f"rows[{number}]") for number, line in enumerate(lines) if line.strip()]
        fields = {name: form[name] for name in ("webhook_url", "dry_run") if name in form}
        return validated(NativeRows, {**fields, "rows": rows})


def _rows(values: Sequence[Any]) -> list[NativeRow]:
    if not 1 <= len(values) <= MAX_BATCH:
        raise UsageError(f"rows: expected 1 to {MAX_BATCH}, found {len(values)}; send several batches")
    rows = [validated(NativeRow, value, ("rows", number)) for number, value in enumerate(values)]
    known: set[str] = set()
    for number, row in enumerate(rows):
        if row.request_id in known:
            raise UsageError(
                f"rows[{number}].request_id: expected one of its own, found {row.request_id[:60]!r} again"
            )
        known.add(row.request_id)
    return rows


def _is_within(moment: datetime, after: datetime | None, before: datetime | None) -> bool:
    def aware(limit: datetime) -> datetime:
        return limit if limit.tzinfo else limit.replace(tzinfo=moment.tzinfo)

    return (after is None or moment > aware(after)) and (before is None or moment < aware(before))
