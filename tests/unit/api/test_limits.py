"""How often a key may ask."""

from pathlib import Path

import pytest

from lipwright.api.limits import RateLimiter
from lipwright.app.settings import Plan
from tests.served import REQUEST, served

TIGHT = {"default": Plan(generate_per_minute=2, requests_per_minute=3)}


def test_as_many_requests_as_allowed_are_within_the_limit() -> None:
    limiter = RateLimiter()
    taken = [limiter.take("requests", "key_1", 3) for _ in range(4)]
    assert [is_allowed for is_allowed, _ in taken] == [True, True, True, False]
    assert [allowance.remaining for _, allowance in taken] == [2, 1, 0, 0]


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


@pytest.mark.parametrize("path", ["/healthz", "/v2/openapi.json"])
def test_open_paths_are_not_counted(database_file: Path, tmp_path: Path, path: str) -> None:
    with served(database_file, tmp_path, plans=TIGHT) as server:
        answers = [server.nobody.get(path) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert "ratelimit-limit" not in answers[0].headers
