"""What of a film or a recording others get blank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("artefact_file", sa.Column("blanks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))
    op.add_column("artefact_file", sa.Column("blanked_digest", sa.LargeBinary()))


def downgrade() -> None:
    with op.batch_alter_table("artefact_file") as table:
        table.drop_column("blanked_digest")
        table.drop_column("blanks")
