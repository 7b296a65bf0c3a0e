"""Leaving and coming back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def of_a_person(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("person_id", BIG, nullable=False)
    name = op.f(f"fk_{table}_person_id_person")
    return column, sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "takeout",
        sa.Column("public_id", sa.Text(), nullable=False),
        *of_a_person("takeout"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("size", BIG, nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeout")),
        sa.UniqueConstraint("public_id", name=op.f("uq_takeout_public_id")),
    )
    op.create_index(op.f("ix_takeout_ends_at"), "takeout", ["ends_at"])
    op.create_index(op.f("ix_takeout_person_id"), "takeout", ["person_id"])
    op.create_table(
        "homecoming",
        *of_a_person("homecoming"),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homecoming")),
    )
    op.create_index(op.f("ix_homecoming_batch"), "homecoming", ["batch"])
    op.create_index(op.f("ix_homecoming_ends_at"), "homecoming", ["ends_at"])
    op.create_index("uq_homecoming", "homecoming", ["person_id", "digest"], unique=True)
    op.create_table(
        "farewell",
        *of_a_person("farewell"),
        sa.Column("number", BIG, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farewell")),
    )
    op.create_index("uq_farewell", "farewell", ["person_id", "number"], unique=True)
    op.create_table(
        "deletion",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("leaving", sa.Text(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion")),
        sa.UniqueConstraint("digest", name=op.f("uq_deletion_digest")),
    )


def downgrade() -> None:
    for table in ("deletion", "farewell", "homecoming", "takeout"):
        op.drop_table(table)
