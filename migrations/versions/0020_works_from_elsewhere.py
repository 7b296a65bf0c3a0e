"""What is known of a file that stayed elsewhere, and the people whom a document's hidden data name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("artefact", schema=None) as batch_op:
        for name in ("genre", "media_type", "sha256"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("artefact_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("names", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("artefact_file", schema=None) as batch_op:
        batch_op.drop_column("names")
    with op.batch_alter_table("artefact", schema=None) as batch_op:
        for name in ("sha256", "media_type", "genre"):
            batch_op.drop_column(name)
