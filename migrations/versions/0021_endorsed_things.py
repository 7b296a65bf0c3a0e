"""What exactly was endorsed, and which invitations show the work itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("endorsement", sa.Column("thing_title", sa.Text(), nullable=False, server_default=""))
    op.add_column("endorsement", sa.Column("thing_digest", sa.LargeBinary(), nullable=True))
    # Those who made an invitation before were told that it shows a name and nothing else.
    op.add_column("endorsement", sa.Column("shows_work", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("endorsement") as table:
        table.alter_column("thing_title", server_default=None)
        table.alter_column("shows_work", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("endorsement") as table:
        table.drop_column("shows_work")
        table.drop_column("thing_digest")
        table.drop_column("thing_title")
