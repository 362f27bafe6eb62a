"""Make the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "lw_account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_account")),
    )
    op.create_table(
        "lw_api_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["lw_account.id"], name=op.f("fk_lw_api_key_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_api_key")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_lw_api_key_secret_sha256")),
    )
    op.create_index(
        op.f("ix_lw_api_key_account_id_created_at"), "lw_api_key", ["account_id", "created_at"], unique=False
    )

    op.create_table(
        "lw_asset",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("blob_key", sa.String(), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["lw_account.id"], name=op.f("fk_lw_asset_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_asset")),
        sa.UniqueConstraint("account_id", "sha256", name=op.f("uq_lw_asset_account_id_sha256")),
    )
    op.create_index(
        op.f("ix_lw_asset_account_id_created_at_id"),
        "lw_asset",
        ["account_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lw_asset_account_id_type_created_at_id"),
        "lw_asset",
        ["account_id", "type", "created_at", "id"],
        unique=False,
    )

    op.create_table(
        "lw_batch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "completed >= 0 AND failed >= 0 AND completed + failed <= total", name=op.f("ck_lw_batch_counts")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["lw_account.id"], name=op.f("fk_lw_batch_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_batch")),
    )
    op.create_index(
        op.f("ix_lw_batch_account_id_created_at_id"),
        "lw_batch",
        ["account_id", "created_at", "id"],
        unique=False,
    )

    op.create_table(
        "lw_event",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("generation_id", sa.String(), nullable=True),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["lw_account.id"], name=op.f("fk_lw_event_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_lw_event")),
        sa.UniqueConstraint("id", name=op.f("uq_lw_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_lw_event_account_id_seq"), "lw_event", ["account_id", "seq"], unique=False)
    op.create_index(op.f("ix_lw_event_batch_id_seq"), "lw_event", ["batch_id", "seq"], unique=False)
    op.create_index(op.f("ix_lw_event_created_at"), "lw_event", ["created_at"], unique=False)
    op.create_index(op.f("ix_lw_event_generation_id_seq"), "lw_event", ["generation_id", "seq"], unique=False)

    op.create_table(
        "lw_idempotency_key",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["lw_account.id"],
            name=op.f("fk_lw_idempotency_key_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_lw_idempotency_key")),
    )
    op.create_index(
        op.f("ix_lw_idempotency_key_created_at"), "lw_idempotency_key", ["created_at"], unique=False
    )

    op.create_table(
        "lw_webhook_endpoint",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous_secret", sa.String(), nullable=True),
        sa.Column("previous_secret_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["lw_account.id"],
            name=op.f("fk_lw_webhook_endpoint_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_webhook_endpoint")),
    )
    op.create_index(
        op.f("ix_lw_webhook_endpoint_account_id_created_at_id"),
        "lw_webhook_endpoint",
        ["account_id", "created_at", "id"],
        unique=False,
    )

    op.create_table(
        "lw_generation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("output_key", sa.String(), nullable=True),
        sa.Column("report_key", sa.String(), nullable=True),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("cost_ten_thousandths", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["lw_account.id"], name=op.f("fk_lw_generation_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["lw_batch.id"], name=op.f("fk_lw_generation_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_generation")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_lw_generation_batch_id_position")),
    )
    op.create_index(
        op.f("ix_lw_generation_account_id_created_at_id"),
        "lw_generation",
        ["account_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lw_generation_account_id_status_created_at_id"),
        "lw_generation",
        ["account_id", "status", "created_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_lw_generation_completed_at"), "lw_generation", ["completed_at"], unique=False)
    op.create_index(
        op.f("ix_lw_generation_status_created_at_batch_id_position_id"),
        "lw_generation",
        ["status", "created_at", "batch_id", "position", "id"],
        unique=False,
    )

    op.create_table(
        "lw_webhook_delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("response_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["lw_account.id"],
            name=op.f("fk_lw_webhook_delivery_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["lw_webhook_endpoint.id"],
            name=op.f("fk_lw_webhook_delivery_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["lw_event.id"], name=op.f("fk_lw_webhook_delivery_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lw_webhook_delivery")),
    )
    op.create_index(
        op.f("ix_lw_webhook_delivery_account_id_created_at_id"),
        "lw_webhook_delivery",
        ["account_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lw_webhook_delivery_endpoint_id_created_at_id"),
        "lw_webhook_delivery",
        ["endpoint_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lw_webhook_delivery_event_id"), "lw_webhook_delivery", ["event_id"], unique=False
    )
    op.create_index(
        op.f("ix_lw_webhook_delivery_status_next_attempt_at"),
        "lw_webhook_delivery",
        ["status", "next_attempt_at"],
        unique=False,
    )


def downgrade() -> None:
    """Undoes it."""
    op.drop_table("lw_webhook_delivery")
    op.drop_table("lw_generation")
    op.drop_table("lw_webhook_endpoint")
    op.drop_table("lw_idempotency_key")
    op.drop_table("lw_event")
    op.drop_table("lw_batch")
    op.drop_table("lw_asset")
    op.drop_table("lw_api_key")
    op.drop_table("lw_account")
