"""Which blobs have a row."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from lipwright.store import tables

_ASSETS, _GENERATIONS = tables.assets, tables.generations
_PARTS = 2
"""Of a key that say whose it is: ``assets/ast_x``, ``generations/gen_x``."""


def needed_keys(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those among some keys that a row names, or that belong to a generation that has not ended."""
    ids = {key: key.split("/")[1] for key in keys if len(key.split("/")) >= _PARTS}
    named: set[str] = set()
    for row in connection.execute(select(_ASSETS.c.blob_key).where(_ASSETS.c.id.in_(ids.values()))):
        named.add(row.blob_key)
    at_work: set[str] = set()
    columns = _GENERATIONS.c.id, _GENERATIONS.c.status, _GENERATIONS.c.output_key, _GENERATIONS.c.report_key
    for row in connection.execute(select(*columns).where(_GENERATIONS.c.id.in_(ids.values()))):
        named.update(key for key in (row.output_key, row.report_key) if key is not None)
        if row.status in ("pending", "processing"):
            at_work.add(row.id)
    return {key for key in keys if key in named or ids.get(key) in at_work}
