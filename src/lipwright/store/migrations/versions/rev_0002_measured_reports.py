"""Keep whether a result is measured."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep whether a result is measured."""
    with op.batch_alter_table("lw_generation") as table:
        table.add_column(sa.Column("measuring", sa.String(), nullable=True))
        table.add_column(sa.Column("measuring_error", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undoes it."""
    with op.batch_alter_table("lw_generation") as table:
        table.drop_column("measuring_error")
        table.drop_column("measuring")
