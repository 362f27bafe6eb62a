"""Rows to records, and the few statements that every repository needs."""

from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

Record = TypeVar("Record", bound="_Dataclass")


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def select_records(kind: type[Record], table: Table) -> Select[Any]:
    """Selects the columns that a record has, in its order; a table may keep more."""
    return select(*(table.c[field.name] for field in fields(kind)))


def fetch(connection: Connection, kind: type[Record], query: Select[Any]) -> list[Record]:
    """The records that a query of select_records finds."""
    return [kind(*row) for row in connection.execute(query)]


def fetch_one(connection: Connection, kind: type[Record], query: Select[Any]) -> Record | None:
    """The only record of a query, or None."""
    row = connection.execute(query).one_or_none()
    return None if row is None else kind(*row)


def fetch_page(
    connection: Connection,
    kind: type[Record],
    table: Table,
    where: ColumnElement[bool],
    *,
    limit: int,
    offset: int,
) -> tuple[list[Record], int]:
    """A page, newest first, and how many records there are on all pages."""
    query = select_records(kind, table).where(where)
    newest_first = query.order_by(table.c.created_at.desc(), table.c.id.desc())
    total = connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
    return fetch(connection, kind, newest_first.limit(limit).offset(offset)), total


def insert_unless_there(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Inserts a row unless it breaks a unique constraint; whether it did.

    Waits for another transaction that is inserting the same.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(values).on_conflict_do_nothing()
    # the count of rows is not known on PostgreSQL, what comes back is
    return connection.execute(statement.returning(*table.primary_key)).first() is not None
