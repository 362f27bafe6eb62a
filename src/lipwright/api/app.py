"""The server: routes, middleware and parts put together."""

from functools import partial
from threading import Event
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

import lipwright
from lipwright.api import files, health
from lipwright.api.auth import Caller, Callers
from lipwright.api.contract import assets, batches, generations, models, webhooks
from lipwright.api.contract.openapi import openapi_document
from lipwright.api.errors import add_error_handlers
from lipwright.api.gate import Gate
from lipwright.api.limits import RateLimiter
from lipwright.api.metrics import HttpMetrics, QueueDepth
from lipwright.api.native import assets as native_assets
from lipwright.api.native import batches as native_batches
from lipwright.api.native import generations as native_generations
from lipwright.api.places import Places
from lipwright.api.requests import RequestScope
from lipwright.api.routes import RouteTable
from lipwright.app.callers import find_caller
from lipwright.app.links import links_of
from lipwright.app.queue_view import QueueView
from lipwright.app.services import Services
from lipwright.app.telemetry import Telemetry
from lipwright.store.generations import Generations
from lipwright.store.records import Account

App = FastAPI
"""What a server of ASGI applications serves."""

_document = APIRouter(include_in_schema=False)


_PARTS = (generations, batches, assets, models, webhooks, files, health)
_NATIVE = (native_generations, native_batches, native_assets)
_ROUTERS = (*(part.router for part in (*_PARTS, *_NATIVE)), native_batches.results, _document)


def create_app(services: Services, telemetry: Telemetry | None = None) -> FastAPI:
    """The ASGI application over the parts.

    Args:
        services: settings, database, blobs and queue; opened and closed by the caller.
        telemetry: what the worker of this process counts; shown at /metrics beside our own figures.
    """
    # no pages of documentation: they would load scripts from elsewhere
    app = FastAPI(title="Lipwright", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    counts = telemetry or Telemetry()
    registry = counts.registry
    registry.register(QueueDepth(lambda: _open_generations(services)))
    app.state.services, app.state.links, app.state.registry = services, links_of(services.settings), registry
    app.state.stopping = Event()
    app.state.queue_view = QueueView(services.database)
    app.state.cancelled = partial(counts.generation, "cancelled")
    app.state.upload_places, app.state.stream_places = Places("uploads"), Places("streams of events")
    for router in _ROUTERS:
        app.include_router(router)
    app.state.routes = RouteTable(_ROUTERS)
    add_error_handlers(app)
    # the last one added is the outermost
    app.add_middleware(
        Gate,
        callers=_callers(services),
        limiter=RateLimiter(services.settings.rate_limit_storage),
        limit_of=lambda *kind: _limit(services, *kind),
    )
    app.add_middleware(RequestScope, metrics=HttpMetrics(registry))
    return app


def create_worker_app(services: Services, telemetry: Telemetry) -> App:
    """The ASGI application of a worker without an API: whether it is well, and its figures."""
    app = FastAPI(title="Lipwright worker", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services, app.state.registry, app.state.stopping = services, telemetry.registry, Event()
    app.include_router(health.router)
    add_error_handlers(app)
    return app


def end_streams(app: App) -> None:
    """Ends answers that have no end of their own; the server is told to stop."""
    app.state.stopping.set()


@_document.get("/v2/openapi.json")
def openapi_json(request: Request) -> JSONResponse:
    """The document that describes /v2."""
    state = request.app.state
    if not hasattr(state, "document"):
        state.document = openapi_document(request.app, lipwright.__version__)
    return JSONResponse(state.document)


def _callers(services: Services) -> Callers:
    def lookup(secret: str) -> Caller | None:
        found = find_caller(services, secret)
        return None if found is None else Caller(*found)

    return Callers(lookup)


def _limit(services: Services, account: Account, what: str) -> int:
    plan = services.settings.plan(account.plan)
    return plan.generate_per_minute if what == "generate" else plan.requests_per_minute


def _open_generations(services: Services) -> dict[str, int]:
    with services.database.read() as connection:
        counts: dict[Any, int] = Generations(connection).count_by_status()
    return {status: counts.get(status, 0) for status in ("pending", "processing")}
