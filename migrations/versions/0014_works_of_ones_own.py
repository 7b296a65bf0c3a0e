"""Works of one's own: what was done and with whom, previews, dead links, and what can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORDS = ("did", "situation", "action", "result", "people")


def upgrade() -> None:
    with op.batch_alter_table("artefact") as table:
        for name in WORDS:
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("skills", JSON, nullable=False, server_default="[]"))
        table.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("dead_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("artefact") as table:
        for name in (*WORDS, "skills"):
            table.alter_column(name, server_default=None)
    with op.batch_alter_table("artefact_file") as table:
        table.add_column(sa.Column("preview", sa.Text(), nullable=False, server_default="none"))
        table.add_column(sa.Column("preview_key", sa.Text(), nullable=True))
    with op.batch_alter_table("artefact_file") as table:
        table.alter_column("preview", server_default=None)
    op.create_table(
        "removal",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_removal_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_removal_public_id")),
    )
    op.create_index("ix_removal_person_id", "removal", ["person_id"])
    op.create_index("ix_removal_ends_at", "removal", ["ends_at"])
    op.create_table(
        "removal_file",
        sa.Column("removal_id", BIG_ID, nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["removal_id"], ["removal.id"], name=op.f("fk_removal_file_removal_id_removal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal_file")),
    )
    op.create_index("ix_removal_file_removal_id", "removal_file", ["removal_id"])
    op.create_index("ix_removal_file_storage_key", "removal_file", ["storage_key"])


def downgrade() -> None:
    op.drop_table("removal_file")
    op.drop_table("removal")
    with op.batch_alter_table("artefact_file") as table:
        table.drop_column("preview_key")
        table.drop_column("preview")
    with op.batch_alter_table("artefact") as table:
        for name in ("dead_since", "checked_at", "skills", *reversed(WORDS)):
            table.drop_column(name)
