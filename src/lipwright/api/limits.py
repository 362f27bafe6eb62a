"""How often a key may ask."""

import math
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from lipwright.errors import LimitError, UsageError

MEMORY = "memory://"
_MINUTE = 60
_TIMEOUTS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
"""Seconds; every request waits for it."""


@dataclass(frozen=True)
class Allowance:
    """What a key may still do in the present minute."""

    limit: int
    remaining: int
    reset_seconds: int
    """Until the oldest counted request is forgotten."""

    def headers(self) -> dict[str, str]:
        """As the RateLimit header fields say it (draft-ietf-httpapi-ratelimit-headers-07)."""
        return {
            "ratelimit-limit": str(self.limit),
            "ratelimit-remaining": str(self.remaining),
            "ratelimit-reset": str(self.reset_seconds),
            "ratelimit-policy": f"{self.limit};w={_MINUTE}",
        }


class RateLimiter:
    """Counts requests of each key within the last minute, for this process or for all that share a storage.

    While a shared storage does not answer, this process counts for itself: requests that are counted apart
    do less harm than requests that are refused.

    Args:
        storage_url: as the library ``limits`` takes it: ``memory://``, ``redis://host:6379``.

    Raises:
        UsageError: there is no such storage, or the library that it needs is not installed.
    """

    def __init__(self, storage_url: str = MEMORY) -> None:
        self.is_shared = urlsplit(storage_url).scheme != urlsplit(MEMORY).scheme
        """Whether counting may take time, and is better not done on the thread that serves everybody."""
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._windows = _windows(storage_url) if self.is_shared else None
        self._latest = time.time()

    def take(self, what: str, key_id: str, per_minute: int) -> tuple[bool, Allowance]:
        """Counts one request; whether it is within the limit, and what is left of it.

        Args:
            what: the name of the limit; each is counted apart.
            key_id: whose request it is.
            per_minute: how many are allowed.
        """
        item = RateLimitItemPerMinute(per_minute)
        self._forget_the_future()
        if self._windows is None:
            return _take(self._own, item, what, key_id)
        try:
            return _take(self._windows, item, what, key_id)
        except StorageError as error:
            structlog.get_logger().warning("rate limits are counted here alone", error=str(error))
            return _take(self._own, item, what, key_id)

    def _forget_the_future(self) -> None:
        """When the clock was set back: else they would be refused until it is that late again."""
        now = time.time()
        if now < self._latest - _MINUTE:
            self._own = MovingWindowRateLimiter(MemoryStorage())
        self._latest = now


def _windows(storage_url: str) -> MovingWindowRateLimiter:
    try:
        storage = storage_from_string(storage_url, wrap_exceptions=True, **_TIMEOUTS)
        if not isinstance(storage, Storage):
            raise ConfigurationError("it can only be used by asynchronous code")
        return MovingWindowRateLimiter(storage)
    except (ConfigurationError, NotImplementedError, ValueError) as error:
        scheme = urlsplit(storage_url).scheme
        raise UsageError(
            f"setting rate_limit_storage: expected {MEMORY} or redis://host:6379 with the Python package "
            f"redis installed, found {scheme!r}: {error or 'it cannot count within a moving minute'}"
        ) from error


def _take(
    windows: MovingWindowRateLimiter, item: RateLimitItem, what: str, key_id: str
) -> tuple[bool, Allowance]:
    is_allowed = windows.hit(item, what, key_id)
    stats = windows.get_window_stats(item, what, key_id)
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return is_allowed, Allowance(item.amount, max(0, stats.remaining), reset)


def limit_error(allowance: Allowance) -> LimitError:
    """What a request over the limit is answered with."""
    return LimitError(
        f"expected at most {allowance.limit} requests of this kind a minute, found more; "
        f"wait {allowance.reset_seconds} s",
        allowance.reset_seconds,
    )
