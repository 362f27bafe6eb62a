"""API keys: 40 random characters that are kept only as a hash."""

import hashlib
from datetime import timedelta

from sqlalchemy import or_, update

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.ids import new_id, random_characters
from lipwright.store.records import ApiKey
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch, fetch_one, select_records

SECRET_PREFIX = "lw_"  # noqa: S105 - what every key begins with, not a key
SHOWN_CHARACTERS = 10
"""Of a secret, ``lw_`` included."""

_SECRET_CHARACTERS = 40
_TOUCH_EVERY = timedelta(minutes=1)
_TABLE = tables.api_keys


class Keys(Repository):
    """The keys that open the API."""

    def create(self, account_id: str, name: str) -> tuple[ApiKey, str]:
        """A new key and its secret, which cannot be had again."""
        secret = SECRET_PREFIX + random_characters(_SECRET_CHARACTERS)
        key = ApiKey(new_id("key"), account_id, secret[:SHOWN_CHARACTERS], name, self._now())
        self._connection.execute(_TABLE.insert().values(secret_sha256=_hashed(secret), **vars(key)))
        return key, secret

    def find(self, secret: str) -> ApiKey | None:
        """The key of a secret, if there is one and it was not revoked.

        The database compares hashes, so that how long it takes tells nothing about any secret.
        """
        query = select_records(ApiKey, _TABLE).where(
            _TABLE.c.secret_sha256 == _hashed(secret), _TABLE.c.revoked_at.is_(None)
        )
        return fetch_one(self._connection, ApiKey, query)

    def get(self, account_id: str, key_id: str) -> ApiKey:
        """A key of the account, revoked or not.

        Raises:
            NotFoundError: the account has no such key.
        """
        query = select_records(ApiKey, _TABLE).where(_TABLE.c.id == key_id, _TABLE.c.account_id == account_id)
        key = fetch_one(self._connection, ApiKey, query)
        if key is None:
            raise NotFoundError(f"expected the id of a key of this account, found {key_id!r}; list the keys")
        return key

    def list(self, account_id: str) -> list[ApiKey]:
        """All keys of an account, oldest first, revoked ones too."""
        query = select_records(ApiKey, _TABLE).where(_TABLE.c.account_id == account_id)
        return fetch(self._connection, ApiKey, query.order_by(_TABLE.c.created_at, _TABLE.c.id))

    def revoke(self, account_id: str, key_id: str) -> ApiKey:
        """Ends a key for good; a key that has ended stays as it is.

        Raises:
            NotFoundError: the account has no such key.
        """
        self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.id == key_id, _TABLE.c.account_id == account_id, _TABLE.c.revoked_at.is_(None))
            .values(revoked_at=self._now())
        )
        return self.get(account_id, key_id)

    def needs_touch(self, key: ApiKey) -> bool:
        """Whether its last use was noted more than a minute ago, so that not every request must write."""
        return key.last_used_at is None or self._now() - key.last_used_at > _TOUCH_EVERY

    def touch(self, key_id: str) -> None:
        """Notes that a key was used now."""
        now = self._now()
        is_older = or_(_TABLE.c.last_used_at.is_(None), _TABLE.c.last_used_at < now)
        self._connection.execute(
            update(_TABLE).where(_TABLE.c.id == key_id, is_older).values(last_used_at=now)
        )


def _hashed(secret: str) -> str:
    # 238 random bits cannot be guessed, so a slow hash would protect nothing and cost every request
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
