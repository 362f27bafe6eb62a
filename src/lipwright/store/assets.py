"""Uploaded files."""

from sqlalchemy import and_, delete, func, select

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.records import Asset, AssetType
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch_one, fetch_page, insert_unless_there, select_records

_TABLE = tables.assets


class Assets(Repository):
    """Uploaded files; their bytes are in the blob store."""

    def add(self, asset: Asset) -> Asset:
        """Keeps an asset, unless the account has this content already: then gives that one instead."""
        if insert_unless_there(self._connection, _TABLE, vars(asset)):
            return asset
        known = self.find_content(asset.account_id, asset.sha256)
        assert known is not None  # ids are unique by chance, so it was the content that was there
        return known

    def find_content(self, account_id: str, sha256: str) -> Asset | None:
        """The account's asset with this content."""
        query = select_records(Asset, _TABLE).where(
            _TABLE.c.account_id == account_id, _TABLE.c.sha256 == sha256
        )
        return fetch_one(self._connection, Asset, query)

    def total_bytes(self, account_id: str) -> int:
        """What all assets of an account take together."""
        total = select(func.coalesce(func.sum(_TABLE.c.size_bytes), 0))
        return int(self._connection.execute(total.where(_TABLE.c.account_id == account_id)).scalar_one())

    def get(self, account_id: str, asset_id: str) -> Asset:
        """An asset of the account.

        Raises:
            NotFoundError: the account has no such asset.
        """
        query = select_records(Asset, _TABLE).where(
            _TABLE.c.id == asset_id, _TABLE.c.account_id == account_id
        )
        asset = fetch_one(self._connection, Asset, query)
        if asset is None:
            raise NotFoundError(
                f"expected the id of an asset of this account, found {asset_id!r}; list the assets"
            )
        return asset

    def page(
        self, account_id: str, *, limit: int, offset: int = 0, type: AssetType | None = None
    ) -> tuple[list[Asset], int]:
        """Assets of an account, newest first, and how many there are in all."""
        where = _TABLE.c.account_id == account_id
        if type is not None:
            where = and_(where, _TABLE.c.type == type)
        return fetch_page(self._connection, Asset, _TABLE, where, limit=limit, offset=offset)

    def delete(self, account_id: str, asset_id: str) -> Asset:
        """Forgets an asset; gives it back, so that its blob can be deleted after the commit.

        Raises:
            NotFoundError: the account has no such asset.
        """
        asset = self.get(account_id, asset_id)
        self._connection.execute(delete(_TABLE).where(_TABLE.c.id == asset_id))
        return asset
