"""Limits that are counted in Redis, where its library and a stand-in for it are installed."""

import socket
from typing import Any

import pytest

from lipwright.api.limits import RateLimiter

redis: Any = pytest.importorskip("redis")
fakeredis: Any = pytest.importorskip("fakeredis")
pytest.importorskip("lupa", reason="the stand-in needs it to run scripts")


def test_two_processes_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the scripts that a real one would run; only the way there is left out."""
    server = fakeredis.FakeServer()
    monkeypatch.setattr(redis, "from_url", lambda *_, **__: fakeredis.FakeStrictRedis(server=server))
    one, two = (RateLimiter("redis://redis.test:6379/0") for _ in range(2))
    taken = [limiter.take("requests", "key_1", 3) for limiter in (one, two, one, two)]
    assert [is_allowed for is_allowed, _ in taken] == [True, True, True, False]
    assert [allowance.remaining for _, allowance in taken] == [2, 1, 0, 0]
    assert two.take("requests", "key_2", 3)[0]


def test_redis_that_is_gone_stops_nobody() -> None:
    """Nothing listens there: each counts for itself."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    limiter = RateLimiter(f"redis://127.0.0.1:{port}/0")
    assert [limiter.take("requests", "key_1", 1)[0] for _ in range(2)] == [True, False]
