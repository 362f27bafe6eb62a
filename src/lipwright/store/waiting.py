"""Who waits for work."""

from sqlalchemy import Connection, func, select

from lipwright.store import tables

_TABLE = tables.generations


def waiting_ids(connection: Connection) -> tuple[list[str], list[str]]:
    """The pending generations of all accounts in their turn: single ones, and after them those of batches."""
    order = (_TABLE.c.created_at, func.coalesce(_TABLE.c.position, 0), _TABLE.c.id)
    query = select(_TABLE.c.id, _TABLE.c.batch_id).where(_TABLE.c.status == "pending").order_by(*order)
    rows = connection.execute(query).all()
    return [row.id for row in rows if row.batch_id is None], [row.id for row in rows if row.batch_id]
