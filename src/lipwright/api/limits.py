"""How often a key may ask."""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from lipwright.errors import LimitError

_MINUTE = 60


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
    """Counts requests of each key within the last minute, in the memory of this process."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def take(self, what: str, key_id: str, per_minute: int) -> tuple[bool, Allowance]:
        """Counts one request; whether it is within the limit, and what is left of it.

        Args:
            what: the name of the limit; each is counted apart.
            key_id: whose request it is.
            per_minute: how many are allowed.
        """
        item = RateLimitItemPerMinute(per_minute)
        is_allowed = self._windows.hit(item, what, key_id)
        stats = self._windows.get_window_stats(item, what, key_id)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return is_allowed, Allowance(per_minute, max(0, stats.remaining), reset)


def limit_error(allowance: Allowance) -> LimitError:
    """What a request over the limit is answered with."""
    return LimitError(
        f"expected at most {allowance.limit} requests of this kind a minute, found more; "
        f"wait {allowance.reset_seconds} s",
        allowance.reset_seconds,
    )
