"""The tables, as SQLAlchemy Core knows them; migrations/ brings a database to this state.

All names begin with ``lw_``: in an SQLite file the job engine's own tables live beside ours.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lipwright.store.columns import Money, StringTuple, UtcDateTime

PREFIX = "lw_"
VERSION_TABLE = f"{PREFIX}alembic_version"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _owner() -> Column[str]:
    return Column("account_id", String, ForeignKey("lw_account.id", ondelete="CASCADE"), nullable=False)


accounts = Table(
    "lw_account",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("plan", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "lw_api_key",
    metadata,
    Column("id", String, primary_key=True),
    _owner(),
    Column("prefix", String, nullable=False),
    Column("name", String, nullable=False),
    Column("secret_sha256", String, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index(None, "account_id", "created_at"),
)

assets = Table(
    "lw_asset",
    metadata,
    Column("id", String, primary_key=True),
    _owner(),
    Column("type", String, nullable=False),
    Column("filename", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content_type", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("blob_key", String, nullable=False),
    Column("duration_seconds", Float),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "sha256"),
    Index(None, "account_id", "created_at", "id"),
    Index(None, "account_id", "type", "created_at", "id"),
)

batches = Table(
    "lw_batch",
    metadata,
    Column("id", String, primary_key=True),
    _owner(),
    Column("webhook_url", Text),
    Column("total", Integer, nullable=False),
    Column("completed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    CheckConstraint("completed >= 0 AND failed >= 0 AND completed + failed <= total", name="counts"),
    Index(None, "account_id", "created_at", "id"),
)

generations = Table(
    "lw_generation",
    metadata,
    Column("id", String, primary_key=True),
    _owner(),
    Column("batch_id", String, ForeignKey("lw_batch.id")),
    Column("position", Integer),
    Column("status", String, nullable=False),
    Column("stage", String),
    Column("progress", Float, nullable=False),
    Column("model", String, nullable=False),
    Column("params", JSON, nullable=False),
    Column("error", Text),
    Column("error_code", String),
    Column("output_key", String),
    Column("report_key", String),
    Column("duration_seconds", Float),
    Column("cost_ten_thousandths", Money, key="cost"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("cancel_requested", Boolean, nullable=False),
    Column("measuring", String),
    Column("measuring_error", Text),
    UniqueConstraint("batch_id", "position"),
    # a page of an account, all or one status, newest first; and its count from the index alone
    Index(None, "account_id", "created_at", "id"),
    Index(None, "account_id", "status", "created_at", "id"),
    # the queue: what stands before a pending one, counted from the index alone
    Index(None, "status", "created_at", "batch_id", "position", "id"),
    Index(None, "completed_at"),  # what is to be cleaned away
)

events = Table(
    "lw_event",
    metadata,
    # SQLite numbers rows only in a column that is called INTEGER, which holds 64 bits there
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    _owner(),
    # no foreign keys: an event outlives its generation until its deliveries are done
    Column("generation_id", String),
    Column("batch_id", String),
    Column("type", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "account_id", "seq"),
    Index(None, "generation_id", "seq"),
    Index(None, "batch_id", "seq"),
    Index(None, "created_at"),
    sqlite_autoincrement=True,  # a number is never given again after its event was deleted
)

webhook_endpoints = Table(
    "lw_webhook_endpoint",
    metadata,
    Column("id", String, primary_key=True),
    _owner(),
    Column("url", Text, nullable=False),
    Column("secret", String, nullable=False),
    Column("previous_secret", String),
    Column("previous_secret_expires_at", UtcDateTime),
    Column("events", StringTuple, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "account_id", "created_at", "id"),
)

deliveries = Table(
    "lw_webhook_delivery",
    metadata,
    Column("id", String, primary_key=True),
    _owner(),
    Column("endpoint_id", String, ForeignKey("lw_webhook_endpoint.id", ondelete="CASCADE")),
    Column("url", Text, nullable=False),
    Column("event_id", String, ForeignKey("lw_event.id", ondelete="CASCADE"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("response_code", Integer),
    Column("error", Text),
    Column("next_attempt_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index(None, "account_id", "created_at", "id"),
    Index(None, "endpoint_id", "created_at", "id"),
    Index(None, "event_id"),
    Index(None, "status", "next_attempt_at"),
)

idempotency_keys = Table(
    "lw_idempotency_key",
    metadata,
    Column("account_id", String, ForeignKey("lw_account.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("body_hash", String, nullable=False),
    Column("resource_id", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "created_at"),
)
