"""Signed, expiring links to files: whoever holds one may read that file, without a key."""

import base64
import binascii
import copy
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from lipwright.app.settings import Settings
from lipwright.errors import NotFoundError
from lipwright.store.records import Asset, Batch, Generation

FileKind = Literal["output", "asset", "batch"]

FILES_PATH = "/v2/files/"
RESULTS_PATH = "/native/v2/results/"
_PATHS: dict[FileKind, str] = {"output": FILES_PATH, "asset": FILES_PATH, "batch": RESULTS_PATH}

MAX_TOKEN = 512
"""Characters of a token that are looked at."""
_SIGNATURE_BYTES = 16
"""Of SHA-256; 128 bits cannot be guessed, and keep links short."""


@dataclass(frozen=True)
class Ticket:
    """What a link is for."""

    kind: FileKind
    account_id: str
    id: str
    """Of the generation, asset or batch."""
    expires_at: int
    """Unix seconds."""


class Links:
    """Makes and checks links.

    Args:
        secret: the server's secret key; whoever knows it can make links to everything.
        base_url: where the server is reached from outside.
        seconds: how long a link works.
        clock: gives Unix seconds.
    """

    def __init__(
        self, secret: str, base_url: str, seconds: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._key = hashlib.sha256(b"lipwright file links\0" + secret.encode()).digest()
        self._base_url, self._seconds, self._clock = base_url.rstrip("/"), seconds, clock

    def at(self, base_url: str) -> "Links":
        """The same links, for somebody who reaches the server at another address."""
        other = copy.copy(self)
        other._base_url = base_url.rstrip("/")
        return other

    def output(self, generation: Generation) -> str | None:
        """A fresh link to the result; None while there is none."""
        if generation.output_key is None:
            return None
        return self._link("output", generation.account_id, generation.id)

    def asset(self, asset: Asset) -> str:
        """A fresh link to an asset."""
        return self._link("asset", asset.account_id, asset.id)

    def batch(self, batch: Batch) -> str | None:
        """A fresh link to the lines of a batch's results; None until it has ended."""
        return None if batch.completed_at is None else self._link("batch", batch.account_id, batch.id)

    def open(self, token: str) -> Ticket:
        """What a token is for.

        Raises:
            NotFoundError: it was not made here, was changed, or has expired.
        """
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(self._sign(payload).encode(), signature.encode("utf-8", "replace")):
            raise NotFoundError("expected a link that was given out here, found another; copy all of it")
        ticket = _unpacked(payload)
        if ticket.expires_at < self._clock():
            raise NotFoundError(
                "this link has expired; get the generation or asset again, which renews its link"
            )
        return ticket

    def _link(self, kind: FileKind, account_id: str, resource_id: str) -> str:
        text = f"{kind}:{account_id}:{resource_id}:{int(self._clock()) + self._seconds}"
        payload = _encode(text.encode())
        return f"{self._base_url}{_PATHS[kind]}{payload}.{self._sign(payload)}"

    def _sign(self, payload: str) -> str:
        digest = hmac.digest(self._key, payload.encode("utf-8", "replace"), "sha256")
        return _encode(digest[:_SIGNATURE_BYTES])


def links_of(settings: Settings) -> Links:
    """The links of this server, for those who did not just reach it."""
    return Links(settings.secret_key, settings.own_url(), settings.link_seconds)


def _unpacked(payload: str) -> Ticket:
    """Only called with what was signed, so it can be read unless the format has changed since."""
    try:
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
        name, account_id, resource_id, expires_at = text.split(":")
        kind = next(kind for kind in get_args(FileKind) if kind == name)
        return Ticket(kind, account_id, resource_id, int(expires_at))
    except (binascii.Error, ValueError, StopIteration) as error:
        raise NotFoundError("this link is of an older version; get a new one") from error


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
