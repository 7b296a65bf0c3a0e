"""Notices: what people were told about their badges, and what they want no letters about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("badge_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name=op.f("fk_notice_person_id_person")
        ),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], ondelete="CASCADE", name=op.f("fk_notice_badge_id_badge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    op.create_index("uq_notice_once", "notice", ["badge_id", "kind", "subject"], unique=True)
    op.create_index("ix_notice_person", "notice", ["person_id", "created_at"])
    op.create_table(
        "notice_choices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("no_letters", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name=op.f("fk_notice_choices_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_choices")),
        sa.UniqueConstraint("person_id", name=op.f("uq_notice_choices_person_id")),
    )


def downgrade() -> None:
    op.drop_table("notice_choices")
    op.drop_table("notice")
