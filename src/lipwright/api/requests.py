"""What every request gets: an id, a limit on its body, a line in the log and a place in the metrics."""

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipwright.api.errors import REQUEST_ID_HEADER
from lipwright.api.metrics import HttpMetrics
from lipwright.api.routes import RouteTable
from lipwright.store.ids import new_id

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Of JSON: a batch of 500 with eight long addresses each."""
_STREAMED = frozenset({("POST", "/v2/assets")})
"""Their handlers count the bytes of the body themselves, against the plan."""
_FORMS = "/native/v2/generate"
MAX_FORM_BYTES = 64 * 1024 * 1024
"""Of a request with its files in it; larger ones are uploaded first."""
_UNMATCHED = "unmatched"
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestScope:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection; only HTTP is looked at."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "//" in scope["path"]:  # what clients make of an address that ends with a slash
            scope["path"] = re.sub("//+", "/", scope["path"])
        request_id = new_id("req")
        scope.setdefault("state", {})["request_id"] = request_id
        status, started = 500, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, _limited(scope, receive), send_with_id)
            finally:
                self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.observe(scope["method"], route, status, seconds)
        if scope["path"] not in _QUIET:
            structlog.get_logger().info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )


def _route(scope: Scope) -> str:
    """The route of a request, also of one that was turned away before it got there."""
    if "route" in scope:
        return str(scope["route"].path)
    routes: RouteTable = scope["app"].state.routes
    return routes.template(scope["method"], scope["path"]) or _UNMATCHED


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Reads the body of a request only as far as is allowed."""
    if (scope["method"], scope["path"]) in _STREAMED:
        return receive
    most = MAX_FORM_BYTES if scope["path"] == _FORMS else MAX_BODY_BYTES
    announced = Headers(scope=scope).get("content-length", "")
    n_bytes = 0

    async def receive_limited() -> Message:
        nonlocal n_bytes
        if announced.isdigit() and int(announced) > most:
            raise _too_large(most)
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > most:
            raise _too_large(most)
        return message

    return receive_limited


def _too_large(most: int) -> HTTPException:
    # FastAPI lets only its own exceptions through while it reads a body
    return HTTPException(413, f"expected a body of at most {most} bytes, found more; send less")
