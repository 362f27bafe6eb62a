"""Which files are still needed."""

from sqlalchemy import Connection, or_, select

from lipwright.store import tables
from lipwright.store.records import VOICE_NAMES

_TABLE = tables.generations


def is_asset_in_use(connection: Connection, account_id: str, asset_id: str) -> bool:
    """Whether a generation of the account that has not ended was asked for with this asset."""
    names = [f"{name}_asset_id" for name in ("video", *VOICE_NAMES)]
    query = select(_TABLE.c.id).where(
        _TABLE.c.account_id == account_id,
        _TABLE.c.status.in_(("pending", "processing")),
        or_(*(_TABLE.c.params[name].as_string() == asset_id for name in names)),
    )
    return connection.execute(query.limit(1)).first() is not None
