"""/v2/assets: uploaded files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request, Response

from lipwright.api.bodies import parsed_json, small_body, validated
from lipwright.api.contract.answers import Asset, AssetList, Deleted
from lipwright.api.contract.present import Shown, show_asset
from lipwright.api.contract.requests import AssetFromUrlRequest
from lipwright.api.contract.responses import EXTENSION, errors
from lipwright.api.dependencies import (
    CallingAccount,
    Limit,
    LinksPart,
    Offset,
    ServicesPart,
    UploadPlacesPart,
)
from lipwright.api.places import FETCHES, LOOKS
from lipwright.api.uploads import FILE_FIELD, receive_upload
from lipwright.app import assets as use
from lipwright.app.services import Services
from lipwright.errors import MediaError, TooLargeError, UsageError
from lipwright.store.records import Account, AssetType
from lipwright.store.records import Asset as AssetRecord

router = APIRouter(prefix="/v2/assets", tags=["Assets"])
AssetId = Annotated[str, Path(alias="id", description="Asset ID")]
_MAX_JSON_BYTES = 64 * 1024
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FILE_FIELD],
                "properties": {FILE_FIELD: {"type": "string", "format": "binary"}},
            }
        },
        "application/json": {"schema": AssetFromUrlRequest.model_json_schema()},
    },
}


@router.post(
    "",
    status_code=201,
    response_model=Asset,
    response_model_exclude_unset=True,
    operation_id="createAsset",
    summary="Upload Asset",
    responses={200: {"model": Asset, "description": "The account has this content already"}, **errors(503)},
    openapi_extra={**EXTENSION, "requestBody": _BODY},
)
async def create_asset(
    request: Request,
    response: Response,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    places: UploadPlacesPart,
) -> Shown:
    """Takes a file as multipart/form-data, or fetches the one at a URL; what it is, its content decides."""
    with places.take(account.id, services.settings.plan(account.plan).max_uploads):
        asset, is_new = await _received(request, account, services)
    response.status_code = 201 if is_new else 200
    return show_asset(asset, links)


async def _received(request: Request, account: Account, services: Services) -> tuple[AssetRecord, bool]:
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/"):
        return await _from_upload(request, account, services)
    if "json" not in content_type.lower():
        raise UsageError(
            f"expected multipart/form-data with a part {FILE_FIELD!r}, or JSON with a url, "
            f"found Content-Type {content_type[:100]!r}"
        )
    wanted = validated(AssetFromUrlRequest, parsed_json(await small_body(request, _MAX_JSON_BYTES)))
    with _about("url"):
        return await anyio.to_thread.run_sync(
            lambda: use.fetch_asset(services, account, wanted.url, wanted.filename), limiter=FETCHES
        )


@router.get(
    "",
    response_model=AssetList,
    response_model_exclude_unset=True,
    operation_id="listAssets",
    summary="List Assets",
    responses=errors(),
)
def list_assets(
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    limit: Limit = 20,
    offset: Offset = 0,
    asset_type: Annotated[AssetType | None, Query(alias="type", description="Filter by asset type")] = None,
) -> Shown:
    """Lists the uploaded files of the account, newest first."""
    found, total = use.list_assets(services, account, limit=limit, offset=offset, asset_type=asset_type)
    shown = [show_asset(asset, links) for asset in found]
    return {"assets": shown, "total": total, "has_more": offset + len(found) < total}


@router.get(
    "/{id}",
    response_model=Asset,
    response_model_exclude_unset=True,
    operation_id="getAsset",
    summary="Get Asset",
    responses=errors(404),
)
def get_asset(asset_id: AssetId, account: CallingAccount, services: ServicesPart, links: LinksPart) -> Shown:
    """Gives what is known of an uploaded file, with a fresh link to it."""
    return show_asset(use.get_asset(services, account, asset_id), links)


@router.delete(
    "/{id}",
    response_model=Deleted,
    operation_id="deleteAsset",
    summary="Delete Asset",
    responses=errors(404, 409),
    openapi_extra=EXTENSION,
)
def delete_asset(asset_id: AssetId, account: CallingAccount, services: ServicesPart) -> Shown:
    """Removes an uploaded file; 409 while a generation that is not finished needs it."""
    use.delete_asset(services, account, asset_id)
    return {"id": asset_id, "deleted": True}


async def _from_upload(request: Request, account: Account, services: Services) -> tuple[AssetRecord, bool]:
    most = services.settings.plan(account.plan).max_upload_bytes
    content_type = request.headers.get("content-type", "")
    folder = use.roomy_upload_folder(services)
    with await receive_upload(content_type, request.stream(), folder, most) as upload, _about(FILE_FIELD):
        return await anyio.to_thread.run_sync(
            use.keep_asset, services, account, upload.arrived(), limiter=LOOKS
        )


@contextmanager
def _about(field: str) -> Iterator[None]:
    """Lets errors name the field that they are about."""
    try:
        yield
    except (MediaError, TooLargeError, UsageError) as error:
        raise type(error)(f"{field}: {error}") from error
