"""The gate before the API: who is asking, and not too often; before a byte of the body is read."""

from collections.abc import Callable

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipwright.api.auth import Caller, Callers, secret_of
from lipwright.api.errors import error_response
from lipwright.api.limits import Allowance, RateLimiter, limit_error
from lipwright.app.links import FILES_PATH, RESULTS_PATH
from lipwright.errors import AuthenticationError, NotFoundError, UsageError
from lipwright.store.records import Account

_GUARDED = ("/v2/", "/native/")
_OPEN = (FILES_PATH, RESULTS_PATH, "/v2/openapi.json")
"""Links to files carry their own signature; the document is no secret."""
_GENERATE = ("/v2/generate", "/native/v2/generate")

LimitOf = Callable[[Account, str], int]
"""Requests a minute that an account may make, of a kind: ``generate`` or ``requests``."""


class Gate:
    """Middleware that lets known callers pass, counts them, and says what they have left."""

    def __init__(self, app: ASGIApp, callers: Callers, limiter: RateLimiter, limit_of: LimitOf) -> None:
        self._app, self._callers, self._limiter, self._limit_of = app, callers, limiter, limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection; only HTTP to guarded paths is looked at."""
        if scope["type"] != "http" or not _is_guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
            _refuse_nul(scope)
        except (AuthenticationError, NotFoundError, UsageError) as error:
            await error_response(scope, error)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        is_allowed, allowance = await self._count(scope, caller)
        counted = _with_headers(send, allowance)
        if is_allowed:
            await self._app(scope, receive, counted)
        else:
            await error_response(scope, limit_error(allowance))(scope, receive, counted)

    async def _caller(self, scope: Scope) -> Caller:
        secret = secret_of(Headers(scope=scope))
        known = self._callers.remembered(secret)
        return known if known is not None else await anyio.to_thread.run_sync(self._callers.find, secret)

    async def _count(self, scope: Scope, caller: Caller) -> tuple[bool, Allowance]:
        if self._limiter.is_shared:
            return await anyio.to_thread.run_sync(self._take, scope, caller)
        return self._take(scope, caller)

    def _take(self, scope: Scope, caller: Caller) -> tuple[bool, Allowance]:
        is_generate = scope["method"] == "POST" and scope["path"] in _GENERATE
        what = "generate" if is_generate else "requests"
        return self._limiter.take(what, caller.key_id, self._limit_of(caller.account, what))


def _is_guarded(path: str) -> bool:
    return path.startswith(_GUARDED) and not path.startswith(_OPEN)


def _refuse_nul(scope: Scope) -> None:
    """Raises for an address with a NUL character in it, which PostgreSQL takes for no text at all."""
    if "\0" in scope["path"]:
        raise NotFoundError("no such path: expected one without NUL characters, found %00 in it")
    if b"%00" in scope["query_string"]:
        raise UsageError("query: expected text without control characters, found %00 in it")


def _with_headers(send: Send, allowance: Allowance) -> Send:
    async def send_counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in allowance.headers().items():
                headers[name] = value
        await send(message)

    return send_counted
