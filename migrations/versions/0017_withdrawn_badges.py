"""The lines that removed badges leave on pages that showed them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "withdrawn_badge",
        sa.Column("link_id", ID, nullable=False),
        sa.Column("badge_name", sa.Text(), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["share_link.id"], name=op.f("fk_withdrawn_badge_link_id_share_link"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawn_badge")),
    )
    with op.batch_alter_table("withdrawn_badge", schema=None) as batch_op:
        batch_op.create_index("uq_withdrawn_badge", ["link_id", "badge_name"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("withdrawn_badge", schema=None) as batch_op:
        batch_op.drop_index("uq_withdrawn_badge")

    op.drop_table("withdrawn_badge")
