"""How a CV looks, the collections it names, and its published versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def to(table: str, column: str, where: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{where}")
    return sa.ForeignKeyConstraint([column], [f"{where}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    with op.batch_alter_table("cv", schema=None) as batch_op:
        batch_op.add_column(sa.Column("layout", sa.Text(), server_default="margin", nullable=False))
        batch_op.add_column(sa.Column("paper", sa.Text(), server_default="a4", nullable=False))
        batch_op.add_column(sa.Column("arrangement", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "cv_collection",
        sa.Column("id", big(), nullable=False),
        sa.Column("cv_id", big(), nullable=False),
        sa.Column("collection_id", big(), nullable=False),
        sa.Column("position", big(), nullable=False),
        to("cv_collection", "cv_id", "cv"),
        to("cv_collection", "collection_id", "collection"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cv_collection")),
    )
    op.create_index(op.f("ix_cv_collection_collection_id"), "cv_collection", ["collection_id"])
    op.create_index("uq_cv_collection", "cv_collection", ["cv_id", "collection_id"], unique=True)
    op.create_table(
        "cv_version",
        sa.Column("id", big(), nullable=False),
        sa.Column("cv_id", big(), nullable=False),
        sa.Column("number", big(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("size", big(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        to("cv_version", "cv_id", "cv"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cv_version")),
    )
    op.create_index("uq_cv_version", "cv_version", ["cv_id", "number"], unique=True)
    op.create_table(
        "cv_share",
        sa.Column("id", big(), nullable=False),
        sa.Column("link_id", big(), nullable=False),
        sa.Column("version_id", big(), nullable=True),
        to("cv_share", "link_id", "share_link"),
        to("cv_share", "version_id", "cv_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cv_share")),
        sa.UniqueConstraint("link_id", name=op.f("uq_cv_share_link_id")),
    )
    op.create_index(op.f("ix_cv_share_version_id"), "cv_share", ["version_id"])


def downgrade() -> None:
    op.drop_table("cv_share")
    op.drop_table("cv_version")
    op.drop_table("cv_collection")
    with op.batch_alter_table("cv", schema=None) as batch_op:
        batch_op.drop_column("arrangement")
        batch_op.drop_column("paper")
        batch_op.drop_column("layout")
