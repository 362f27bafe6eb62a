"""How many uploads and streams there may be at the same time, in this process: of an account, and in all."""

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
"""Nobody knows when one will end; clients ask again as often as is cheap."""


MAX_STREAMS = 100
"""Of events, open for one account: each asks the database twice a second for as long as its job waits."""


class Places:
    """Counts what is on its way by account. Taken only on the thread of the event loop, so it needs no lock.

    Args:
        what: they are called in messages.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._taken: Counter[str] = Counter()

    def need(self, account_id: str, most: int) -> None:
        """Raises LimitError when the account has as many as it may."""
        if self._taken.get(account_id, 0) >= most:
            raise LimitError(
                f"expected at most {most} {self._what} of this account at the same time, found one more; "
                "send it when another has ended",
                _RETRY_SECONDS,
            )

    @contextmanager
    def take(self, account_id: str, most: int) -> Iterator[None]:
        """One place, given back at the end of the block.

        Raises:
            LimitError: the account has as many as it may.
        """
        self.need(account_id, most)
        with self.hold(account_id):
            yield

    @contextmanager
    def hold(self, account_id: str) -> Iterator[None]:
        """One place, however many there are, given back at the end of the block."""
        self._taken[account_id] += 1
        try:
            yield
        finally:
            self._taken[account_id] -= 1
            if not self._taken[account_id]:
                del self._taken[account_id]
