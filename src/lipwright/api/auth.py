"""Who is asking: from the key in a request's headers to its account."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.datastructures import Headers

from lipwright.errors import AuthenticationError
from lipwright.store.records import Account

_REMEMBER_SECONDS = 3.0
_MAX_REMEMBERED = 10_000


@dataclass(frozen=True)
class Caller:
    """Whose request it is."""

    account: Account
    key_id: str


Lookup = Callable[[str], Caller | None]
"""Finds the caller of a key's secret in the database."""


def secret_of(headers: Headers) -> str:
    """The key that a request carries in ``x-api-key`` or as a bearer token.

    Raises:
        AuthenticationError: neither is there.
    """
    secret = headers.get("x-api-key", "").strip()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if not secret and scheme.lower() == "bearer":
        secret = token.strip()
    if not secret:
        raise AuthenticationError("expected an API key in the x-api-key header, found none; send one")
    return secret


class Callers:
    """Callers by their secrets, remembered for a few seconds so that polling costs no query each time.

    A key that is revoked works until it is forgotten here, at most three seconds.
    """

    def __init__(self, lookup: Lookup, clock: Callable[[], float] = time.monotonic) -> None:
        self._lookup, self._clock = lookup, clock
        self._remembered: dict[bytes, tuple[float, Caller | None]] = {}
        self._lock = Lock()

    def remembered(self, secret: str) -> Caller | None:
        """The caller, when it was found a moment ago; never asks the database.

        Raises:
            AuthenticationError: a moment ago there was no such key.
        """
        found = self._remembered.get(_digest(secret))
        if found is None or found[0] < self._clock():
            return None
        return _known(found[1])

    def find(self, secret: str) -> Caller:
        """The caller, from the database.

        Raises:
            AuthenticationError: there is no such key, or it was revoked.
        """
        caller = self._lookup(secret)
        with self._lock:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[_digest(secret)] = (self._clock() + _REMEMBER_SECONDS, caller)
        return _known(caller)


def _known(caller: Caller | None) -> Caller:
    if caller is None:
        raise AuthenticationError("expected a known API key, found one that is unknown or was revoked")
    return caller


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
