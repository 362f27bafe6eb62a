"""How many uploads may be on their way at the same time, in this process: of an account, and in all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import anyio

from lipwright.errors import LimitError

FETCHES = anyio.CapacityLimiter(64)
"""Files that are brought from URLs. Those that stall wait for minutes: so many that no account, which has few
places of its own, keeps the others from theirs."""
LOOKS = anyio.CapacityLimiter(8)
"""Files that have arrived and are looked at; the server's threads stay free for short requests."""

_RETRY_SECONDS = 5
"""Nobody knows when an upload will end; clients ask again as often as is cheap."""


class UploadPlaces:
    """Counts uploads by account. Only used on the thread of the event loop, so it needs no lock."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, account_id: str, most: int) -> Iterator[None]:
        """One place, given back at the end of the block.

        Raises:
            LimitError: the account has as many uploads on their way as it may.
        """
        if self._taken[account_id] >= most:
            raise LimitError(
                f"expected at most {most} uploads of this account at the same time, found one more; "
                "send it when another has ended",
                _RETRY_SECONDS,
            )
        self._taken[account_id] += 1
        try:
            yield
        finally:
            self._taken[account_id] -= 1
            if not self._taken[account_id]:
                del self._taken[account_id]
