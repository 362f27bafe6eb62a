"""Alembic's entry: compares and migrates our tables and no others."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from lipwright.store.tables import PREFIX, VERSION_TABLE, metadata


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:  # noqa: ANN401 - Alembic's own type
    return kind != "table" or (name or "").startswith(PREFIX)


def _plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401
    """A migration names what the database keeps, not our classes, which may change later."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=_is_ours,
    render_as_batch=True,
    render_item=_plain_type,
    compare_server_default=True,
)
context.run_migrations()
