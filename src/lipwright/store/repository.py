"""What all repositories share."""

from sqlalchemy import Connection

from lipwright.store.ids import Clock, utc_now


class Repository:
    """Verbs over the rows of one kind, inside the caller's transaction.

    ``get`` takes an account and raises NotFoundError for what is not there or another's. ``find`` is
    for the server itself: it knows no account and gives None.
    """

    def __init__(self, connection: Connection, clock: Clock = utc_now) -> None:
        self._connection = connection
        self._now = clock
