"""Keys by which a request that is sent again is known."""

from datetime import datetime

from sqlalchemy import delete, select

from lipwright.errors import ConflictError
from lipwright.store import tables
from lipwright.store.repository import Repository
from lipwright.store.rows import insert_unless_there

_TABLE = tables.idempotency_keys


class IdempotencyKeys(Repository):
    """What the clients' Idempotency-Key headers stand for."""

    def claim(self, account_id: str, key: str, body_hash: str, resource_id: str) -> str | None:
        """Ties a key to what this transaction is about to make; waits for another that does the same.

        Args:
            body_hash: of the request, method and path included.
            resource_id: of what will be made.

        Returns:
            None when the key is new, else the id of what it made before.

        Raises:
            ConflictError: the key came with another body before.
        """
        values = {
            "account_id": account_id,
            "key": key,
            "body_hash": body_hash,
            "resource_id": resource_id,
            "created_at": self._now(),
        }
        if insert_unless_there(self._connection, _TABLE, values):
            return None
        known = self._connection.execute(
            select(_TABLE.c.body_hash, _TABLE.c.resource_id).where(
                _TABLE.c.account_id == account_id, _TABLE.c.key == key
            )
        ).one()
        if known.body_hash != body_hash:
            raise ConflictError(
                f"expected the request that Idempotency-Key {key[:64]!r} was first sent with, found another "
                f"body; use a new key for a new request"
            )
        return str(known.resource_id)

    def delete_before(self, before: datetime) -> int:
        """Forgets keys older than a moment; how many."""
        return self._connection.execute(delete(_TABLE).where(_TABLE.c.created_at < before)).rowcount
