"""Frameworks of skills, and a table of them on collections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "framework",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework")),
        sa.UniqueConstraint("folded", name=op.f("uq_framework_folded")),
        sa.UniqueConstraint("public_id", name=op.f("uq_framework_public_id")),
    )
    op.create_table(
        "skill",
        sa.Column("framework_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_skill_framework_id_framework"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
    )
    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.create_index("ix_skill_framework_code_key", ["framework_id", "code_key"], unique=False)
        batch_op.create_index("ix_skill_framework_key", ["framework_id", "key"], unique=False)
        batch_op.create_index("ix_skill_framework_position", ["framework_id", "position"], unique=False)

    with op.batch_alter_table("collection", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skills", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("collection", schema=None) as batch_op:
        batch_op.drop_column("skills")

    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.drop_index("ix_skill_framework_position")
        batch_op.drop_index("ix_skill_framework_key")
        batch_op.drop_index("ix_skill_framework_code_key")

    op.drop_table("skill")
    op.drop_table("framework")
