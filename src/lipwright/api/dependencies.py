"""What endpoints are handed: who is asking, and the parts of the application."""

from typing import Annotated

from fastapi import Depends, Query, Request

from lipwright.api.auth import Caller
from lipwright.app.links import Links
from lipwright.app.services import Services
from lipwright.store.records import Account

MAX_PAGE = 100
MAX_OFFSET = 10**9


async def _account(request: Request) -> Account:
    caller: Caller = request.state.caller
    return caller.account


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _links(request: Request) -> Links:
    """Links as this client reaches the server, unless a public address is set."""
    settings = request.app.state.services.settings
    base = settings.public_url or str(request.base_url)
    return Links(settings.secret_key, base.rstrip("/"), settings.link_seconds)


CallingAccount = Annotated[Account, Depends(_account)]
ServicesPart = Annotated[Services, Depends(_services)]
LinksPart = Annotated[Links, Depends(_links)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Maximum number of results to return")]
Offset = Annotated[int, Query(ge=0, le=MAX_OFFSET, description="Pagination offset")]
