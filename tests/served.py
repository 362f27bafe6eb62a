"""A server without a network: the application over a real store, and a queue that only remembers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from lipwright.api.app import create_app
from lipwright.api.contract.openapi import openapi_document
from lipwright.app.settings import Settings
from lipwright.jobs.testing import InlineQueue
from lipwright.store.accounts import Accounts
from lipwright.store.blobs import Blobs
from lipwright.store.database import Database
from lipwright.store.keys import Keys
from lipwright.store.records import Account
from tests.openapi import Document, load_contract

REQUEST = {
    "video_url": "https://example.com/clip.mp4",
    "audio_url": "https://example.com/voice.wav",
    "model": "lipsync-2",
}

ERROR = {"error", "message", "request_id"}
NATIVE_ERROR = ERROR | {"statusCode", "errorCode", "error_code", "requestId"}

_JUDGES: list[Document] = []
"""Made once for all tests: it takes longer than most of them."""


@dataclass
class Parts:
    """Services, as a test wants them."""

    settings: Settings
    database: Database
    blobs: Blobs
    queue: InlineQueue


class Client:
    """One key's view of a server; every answer is checked against both documents."""

    def __init__(self, portal: BlockingPortal, app: FastAPI, key: str | None) -> None:
        self._portal, self.app, self.key = portal, app, key

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"x-api-key": self.key} if self.key else {}
        options["headers"] = {**headers, **options.get("headers", {})}
        response = self._portal.call(self._send, method, path, options)
        check_answer(response)
        for document in judges(self.app):
            document.check(response)
        return response

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.request("POST", path, **({"json": body} if body is not None else {}), **options)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.request("PATCH", path, json=body)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)

    def upload(self, content: bytes, filename: str = "voice.wav", **options: Any) -> httpx.Response:
        return self.post("/v2/assets", files={"file": (filename, content)}, **options)

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://lipwright.test") as client:
            return await client.request(method, path, **options)


@dataclass
class Served:
    """A server with two accounts."""

    parts: Parts
    app: FastAPI
    portal: BlockingPortal
    account: Account
    client: Client
    """Of the account."""
    stranger: Client
    """Of another account."""
    nobody: Client
    """Without a key."""

    def client_of(self, account: Account) -> Client:
        with self.parts.database.begin() as connection:
            return Client(self.portal, self.app, Keys(connection).create(account.id, "another")[1])


@contextmanager
def served(database: Path, folder: Path, **settings: Any) -> Iterator[Served]:
    """A server on a database file that has its tables."""
    own = Settings(data_dir=folder, database_url=f"sqlite:///{database}", **settings)
    parts = Parts(own, Database(own.database_url), Blobs(own.blobs_url), InlineQueue())
    with parts.database.begin() as connection:
        accounts = [Accounts(connection).create(name) for name in ("ours", "another")]
        keys = [Keys(connection).create(account.id, "key")[1] for account in accounts]
    app = create_app(parts)
    with start_blocking_portal() as portal:
        clients = [Client(portal, app, key) for key in (*keys, None)]
        yield Served(parts, app, portal, accounts[0], *clients)
    parts.database.close()


def check_answer(response: httpx.Response) -> None:
    """What holds for every answer: an id, and one shape of errors."""
    request_id = response.headers["x-request-id"]
    assert request_id.startswith("req_")
    assert response.status_code != 422
    if response.status_code >= 400:
        body = json.loads(response.content) if response.request.method != "HEAD" else None
        is_native = response.request.url.path.lstrip("/").startswith("native/")
        names = NATIVE_ERROR if is_native else ERROR
        assert body is None or set(body) == names
        assert body is None or body["request_id"] == request_id


def judges(app: FastAPI) -> list[Document]:
    """Our document, which is the same for every server, and the contract's where it is at hand."""
    if not _JUDGES:
        contract = load_contract()
        documents = [openapi_document(app, "test"), *([] if contract is None else [contract])]
        _JUDGES.extend(Document(document) for document in documents)
    return _JUDGES
