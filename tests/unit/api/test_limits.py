"""How often a key may ask."""

import time
from pathlib import Path

import pytest
from limits.errors import StorageError
from limits.storage import SCHEMES, MemoryStorage

from lipwright.api.limits import RateLimiter
from lipwright.app.settings import Plan
from lipwright.errors import UsageError
from tests.served import REQUEST, Client, served

TIGHT = {"default": Plan(generate_per_minute=2, requests_per_minute=3)}


def test_as_many_requests_as_allowed_are_within_the_limit() -> None:
    limiter = RateLimiter()
    taken = [limiter.take("requests", "key_1", 3) for _ in range(4)]
    assert [is_allowed for is_allowed, _ in taken] == [True, True, True, False]
    assert [allowance.remaining for _, allowance in taken] == [2, 1, 0, 0]


def test_a_clock_that_is_set_back_refuses_nobody_until_it_is_that_late_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was counted in the future is forgotten."""
    limiter = RateLimiter()
    assert limiter.take("requests", "key_1", 1)[0]
    an_hour_ago = time.time() - 3600
    monkeypatch.setattr(time, "time", lambda: an_hour_ago)
    assert [limiter.take("requests", "key_1", 1)[0] for _ in range(2)] == [True, False]


def test_keys_and_kinds_are_counted_apart() -> None:
    limiter = RateLimiter()
    assert all(
        limiter.take(what, key, 1)[0] for what in ("generate", "requests") for key in ("key_1", "key_2")
    )


def test_over_the_limit_requests_are_answered_429_with_the_time_to_wait(
    database_file: Path, tmp_path: Path
) -> None:
    with served(database_file, tmp_path, plans=TIGHT) as server:
        answers = [server.client.get("/v2/models") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        refused = answers[-1]
        assert refused.json()["error"] == "rate_limit_exceeded"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit-remaining"] == "0"
        assert server.stranger.get("/v2/models").status_code == 200


def test_generations_have_a_limit_of_their_own(database_file: Path, tmp_path: Path) -> None:
    with served(database_file, tmp_path, plans=TIGHT) as server:
        answers = [server.client.post("/v2/generate", REQUEST) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert [answer.headers["ratelimit-limit"] for answer in answers] == ["2", "2", "2"]
        assert server.client.get("/v2/models").headers["ratelimit-limit"] == "3"
        assert len(server.parts.queue.generations) == 2


def test_servers_with_one_storage_count_together(
    database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key may not ask twice as often because there are two of them."""
    storage = MemoryStorage()
    monkeypatch.setitem(SCHEMES, "together", lambda *_, **__: storage)
    settings = {"plans": TIGHT, "rate_limit_storage": "together://somewhere"}
    with (
        served(database_file, tmp_path, **settings) as one,
        served(database_file, tmp_path, **settings) as two,
    ):
        other = Client(two.portal, two.app, one.client.key)
        answers = [client.get("/v2/models") for client in (one.client, other, one.client, other, one.client)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert [answer.headers["ratelimit-remaining"] for answer in answers[:3]] == ["2", "1", "0"]
        assert two.client.get("/v2/models").status_code == 200


def test_servers_count_for_themselves_by_default(database_file: Path, tmp_path: Path) -> None:
    with (
        served(database_file, tmp_path, plans=TIGHT) as one,
        served(database_file, tmp_path, plans=TIGHT) as two,
    ):
        other = Client(two.portal, two.app, one.client.key)
        assert {client.get("/v2/models").status_code for client in [one.client, other] * 3} == {200}


def test_storage_that_does_not_answer_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Limits still hold, counted here alone; and the log says so."""

    class Broken(MemoryStorage):
        def acquire_entry(self, *_: object, **__: object) -> bool:
            raise StorageError(ConnectionRefusedError("nobody there"))

    monkeypatch.setitem(SCHEMES, "broken", lambda *_, **__: Broken())
    limiter = RateLimiter("broken://somewhere")
    assert [limiter.take("requests", "key_1", 2)[0] for _ in range(3)] == [True, True, False]
    assert "rate limits are counted here alone" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["floppy://a", "redis:nonsense", "memcached://a", "", "async+memory://"])
def test_storage_that_there_is_not_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(UsageError, match=r"^setting rate_limit_storage: expected memory://"):
        RateLimiter(url)


@pytest.mark.parametrize("path", ["/healthz", "/v2/openapi.json"])
def test_open_paths_are_not_counted(database_file: Path, tmp_path: Path, path: str) -> None:
    with served(database_file, tmp_path, plans=TIGHT) as server:
        answers = [server.nobody.get(path) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert "ratelimit-limit" not in answers[0].headers
