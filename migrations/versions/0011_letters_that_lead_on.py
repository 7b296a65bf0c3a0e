"""Letters that lead on: the page that somebody came for before they signed up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_key", sa.Column("onwards", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("mail_key") as batch_op:
        batch_op.drop_column("onwards")
