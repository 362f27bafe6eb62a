"""DBOS's table of workflows: an internal one, which ``check_columns`` keeps an eye on."""

from sqlalchemy import BigInteger, Connection, String, TableClause, column, select, table

_COLUMNS = ("workflow_uuid", "name", "status", "executor_id", "owner_xid", "queue_name")
_NUMBERS = ("started_at_epoch_ms", "updated_at")

WAITING = "ENQUEUED"
RUNNING = "PENDING"
DONE = "SUCCESS"
CANCELLED = "CANCELLED"
BROKEN = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


def workflows(connection: Connection) -> TableClause:
    """The columns that we use; on PostgreSQL DBOS has a schema of its own."""
    columns = [column(name, String) for name in _COLUMNS]
    numbers = [column(name, BigInteger) for name in _NUMBERS]
    schema = "dbos" if is_postgres(connection) else None
    return table("workflow_status", *columns, *numbers, schema=schema)


def check_columns(connection: Connection) -> None:
    """Fails at the start, and not at the first crash, if an update of DBOS has taken one away."""
    connection.execute(select(workflows(connection)).limit(1))


def is_postgres(connection: Connection) -> bool:
    """Whether it is a cluster's database; SQLite otherwise."""
    return connection.dialect.name == "postgresql"
