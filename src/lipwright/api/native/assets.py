"""/native/v2/assets and /native/v2/models."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from lipwright.api.dependencies import MAX_OFFSET, MAX_PAGE, CallingAccount, LinksPart, ServicesPart
from lipwright.api.native.queries import many, one_of
from lipwright.app import assets as use
from lipwright.app.catalogue import offers
from lipwright.app.native_shape import Shown, native_asset, native_model
from lipwright.errors import UsageError
from lipwright.store.records import AssetType

router = APIRouter(prefix="/native/v2", include_in_schema=False)
_TYPES = {"VIDEO": "video", "AUDIO": "audio", "IMAGE": "image"}


@router.get("/assets")
def list_assets(
    request: Request,
    account: CallingAccount,
    services: ServicesPart,
    links: LinksPart,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20,
    cursor: str | None = None,
) -> Shown:
    """Lists assets, newest first; ``nextCursor`` leads to the next page."""
    wanted = {one_of("types", value, _TYPES) for value in many(request, "types")}
    kinds: list[AssetType] = [kind for kind in ("video", "audio") if kind in wanted]
    if wanted and not kinds:
        return {"items": [], "nextCursor": None, "totalCount": 0}
    offset = _offset(cursor)
    found, total = use.list_assets(
        services, account, limit=limit, offset=offset, asset_type=kinds[0] if len(kinds) == 1 else None
    )
    end = offset + len(found)
    shown = [native_asset(asset, links) for asset in found]
    return {"items": shown, "nextCursor": str(end) if end < total else None, "totalCount": total}


@router.get("/assets/{id}")
def get_asset(id: str, account: CallingAccount, services: ServicesPart, links: LinksPart) -> Shown:
    """Gives what is known of an asset, with a fresh link to it."""
    return native_asset(use.get_asset(services, account, id), links)


@router.get("/models")
def list_models(services: ServicesPart) -> list[Shown]:
    """Lists the models whose engines run here, cheapest first."""
    return [
        {
            "id": native_model(offer.info.id),
            "name": offer.name,
            "type": "react" if offer.info.id.startswith("react") else "lipsync",
            "version": offer.info.id.rpartition("-")[2],
            "description": offer.info.description,
            "deprecatedAt": None,
        }
        for offer in offers(services.settings)
    ]


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= len(str(MAX_OFFSET))):
        raise UsageError(f"cursor: expected a nextCursor that was given out here, found {cursor[:60]!r}")
    return int(cursor)
