"""What endpoints are handed: who is asking, and the parts of the application."""

from collections.abc import Callable
from threading import Event
from typing import Annotated

from fastapi import Depends, Query, Request

from lipwright.api.auth import Caller
from lipwright.api.places import Places
from lipwright.app.links import Links
from lipwright.app.queue_view import QueueView
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
    links: Links = request.app.state.links
    if request.app.state.services.settings.public_url is not None:
        return links
    return links.at(str(request.base_url))  # the address that this client knows


async def _queue(request: Request) -> QueueView:
    view: QueueView = request.app.state.queue_view
    return view


async def _upload_places(request: Request) -> Places:
    places: Places = request.app.state.upload_places
    return places


async def _stream_places(request: Request) -> Places:
    places: Places = request.app.state.stream_places
    return places


async def _count_cancelled(request: Request) -> Callable[[], None]:
    count: Callable[[], None] = request.app.state.cancelled
    return count


async def _stopping(request: Request) -> Event:
    stopping: Event = request.app.state.stopping
    return stopping


CallingAccount = Annotated[Account, Depends(_account)]
ServicesPart = Annotated[Services, Depends(_services)]
QueuePart = Annotated[QueueView, Depends(_queue)]
UploadPlacesPart = Annotated[Places, Depends(_upload_places)]
StreamPlacesPart = Annotated[Places, Depends(_stream_places)]
CancelCountPart = Annotated[Callable[[], None], Depends(_count_cancelled)]
"""Told of each generation that is cancelled on request: the worker that had it finds it ended."""
StoppingPart = Annotated[Event, Depends(_stopping)]
"""Set when the server is told to end: answers without an end have one then."""
LinksPart = Annotated[Links, Depends(_links)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Maximum number of results to return")]
Offset = Annotated[int, Query(ge=0, le=MAX_OFFSET, description="Pagination offset")]
