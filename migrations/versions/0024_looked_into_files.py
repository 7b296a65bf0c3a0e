"""When a file was looked into, so that one that never was can be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("artefact_file", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    # Where names were noted, somebody looked; all other documents and films are asked for once more, a few at a time.
    op.execute("UPDATE artefact_file SET looked_at = added_at WHERE names IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("artefact_file") as table:
        table.drop_column("looked_at")
