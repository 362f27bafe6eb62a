"""Who may pass."""

from collections.abc import Iterator

import pytest
from starlette.datastructures import Headers

from lipwright.api.auth import Caller, Callers, secret_of
from lipwright.errors import AuthenticationError
from lipwright.store.ids import utc_now
from lipwright.store.keys import Keys
from lipwright.store.records import Account
from tests.served import REQUEST, Served

CALLER = Caller(Account("acc_1", "ours", "default", utc_now()), "key_1")


class Book:
    """Remembers how often it was asked."""

    def __init__(self, **known: Caller) -> None:
        self.known, self.asked = known, 0

    def __call__(self, secret: str) -> Caller | None:
        self.asked += 1
        return self.known.get(secret)


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({"x-api-key": "lw_1"}, "lw_1"),
        ({"authorization": "Bearer lw_1"}, "lw_1"),
        ({"authorization": "bearer  lw_1 "}, "lw_1"),
        ({"x-api-key": "lw_1", "authorization": "Bearer lw_2"}, "lw_1"),
    ],
)
def test_key_is_taken_from_either_header(headers: dict[str, str], secret: str) -> None:
    assert secret_of(Headers(headers)) == secret


@pytest.mark.parametrize("headers", [{}, {"x-api-key": " "}, {"authorization": "Basic bHc6"}])
def test_request_without_a_key_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(AuthenticationError, match="x-api-key"):
        secret_of(Headers(headers))


def test_caller_is_remembered_for_a_few_seconds_only() -> None:
    """Polling costs no query each time; a revoked key still stops working soon."""
    times: Iterator[float] = iter([0.0, 1.0, 10.0])
    book = Book(lw_1=CALLER)
    callers = Callers(book, clock=lambda: next(times))
    assert callers.find("lw_1") is CALLER
    assert callers.remembered("lw_1") is CALLER
    assert callers.remembered("lw_1") is None
    assert book.asked == 1


def test_unknown_key_is_remembered_too() -> None:
    """Or guessing would cost us a query each."""
    callers = Callers(Book(), clock=lambda: 0.0)
    with pytest.raises(AuthenticationError):
        callers.find("lw_x")
    with pytest.raises(AuthenticationError):
        callers.remembered("lw_x")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/generate"),
        ("GET", "/v2/generate"),
        ("GET", "/v2/generate/gen_x"),
        ("DELETE", "/v2/generate/gen_x"),
        ("POST", "/v2/generate/gen_x/cancel"),
        ("GET", "/v2/generate/gen_x/events"),
        ("GET", "/v2/generate/gen_x/report"),
        ("GET", "/v2/generate/estimate-cost"),
        ("POST", "/v2/batch"),
        ("GET", "/v2/batch"),
        ("GET", "/v2/batch/bat_x"),
        ("POST", "/v2/assets"),
        ("GET", "/v2/assets"),
        ("GET", "/v2/assets/ast_x"),
        ("DELETE", "/v2/assets/ast_x"),
        ("GET", "/v2/models"),
        ("POST", "/v2/webhooks"),
        ("GET", "/v2/webhooks"),
        ("GET", "/v2/webhooks/secret"),
        ("GET", "/v2/webhooks/deliveries"),
        ("POST", "/v2/webhooks/deliveries/whd_x/redeliver"),
        ("GET", "/v2/webhooks/whe_x"),
        ("PATCH", "/v2/webhooks/whe_x"),
        ("DELETE", "/v2/webhooks/whe_x"),
        ("POST", "/v2/webhooks/whe_x/secret"),
        ("POST", "/v2/webhooks/whe_x/test"),
        ("GET", "/v2/nothing"),
    ],
)
def test_every_path_needs_a_key(server: Served, method: str, path: str) -> None:
    """Whatever else is wrong with the request, the key comes first."""
    response = server.nobody.request(method, path)
    assert (response.status_code, response.json()["error"]) == (401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


def test_bearer_token_is_as_good_as_the_header(server: Served) -> None:
    with server.parts.database.begin() as connection:
        _, secret = Keys(connection).create(server.account.id, "bearer")
    response = server.nobody.get("/v2/models", headers={"authorization": f"Bearer {secret}"})
    assert response.status_code == 200


def test_wrong_and_revoked_keys_are_refused(server: Served) -> None:
    with server.parts.database.begin() as connection:
        keys = Keys(connection)
        key, secret = keys.create(server.account.id, "revoked")
        keys.revoke(server.account.id, key.id)
    for wrong in (secret, "lw_wrong", "ключ"):
        headers = {"x-api-key": wrong.encode()}
        assert server.nobody.get("/v2/models", headers=headers).status_code == 401


def test_another_account_s_things_are_not_there(server: Served) -> None:
    """404, not 403: not even that an id exists is told."""
    made = server.client.post("/v2/generate", REQUEST).json()["id"]
    batch = server.client.post("/v2/batch", {"generations": [REQUEST]}).json()["id"]
    webhook = server.client.post("/v2/webhooks", {"url": "https://example.com"}).json()["id"]
    for path in (
        f"/v2/generate/{made}",
        f"/v2/generate/{made}/events",
        f"/v2/generate/{made}/report",
        f"/v2/batch/{batch}",
        f"/v2/webhooks/{webhook}",
    ):
        assert server.stranger.get(path).status_code == 404, path
    assert server.stranger.post(f"/v2/generate/{made}/cancel").status_code == 404
    assert server.stranger.delete(f"/v2/generate/{made}").status_code == 404
    assert server.stranger.delete(f"/v2/webhooks/{webhook}").status_code == 404
    assert server.stranger.get("/v2/generate").json()["total"] == 0
    assert server.stranger.get("/v2/batch").json()["batches"] == []
    assert server.stranger.get("/v2/webhooks").json()["webhooks"] == []
