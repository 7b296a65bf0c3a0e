"""How often a host was asked within a minute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("host", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minute", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("asked", ID, nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("host", schema=None) as batch_op:
        batch_op.drop_column("asked")
        batch_op.drop_column("minute")
