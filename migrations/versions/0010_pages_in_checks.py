"""What the pages of a PDF say, kept with a public check for its minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("public_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("page_text", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("public_check", schema=None) as batch_op:
        batch_op.drop_column("page_text")
