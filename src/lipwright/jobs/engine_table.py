"""DBOS's tables of workflows and steps: internal ones, which ``check_columns`` keeps an eye on."""

from sqlalchemy import BigInteger, Connection, String, TableClause, column, select, table

_COLUMNS = (
    "workflow_uuid",
    "name",
    "status",
    "executor_id",
    "owner_xid",
    "queue_name",
    "application_version",
)
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
    return table("workflow_status", *columns, *numbers, schema=_schema(connection))


def steps(connection: Connection) -> TableClause:
    """What the engine remembers of steps that were done."""
    return table("operation_outputs", column("workflow_uuid", String), schema=_schema(connection))


def check_columns(connection: Connection) -> None:
    """Fails at the start, and not at the first crash, if an update of DBOS has taken one away."""
    for internal in (workflows(connection), steps(connection)):
        connection.execute(select(internal).limit(1))


def _schema(connection: Connection) -> str | None:
    return "dbos" if is_postgres(connection) else None


def is_postgres(connection: Connection) -> bool:
    """Whether it is a cluster's database; SQLite otherwise."""
    return connection.dialect.name == "postgresql"
