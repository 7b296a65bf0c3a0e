"""What finds badges in a large backpack: their skills, their owner's tags, how they stood."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "badge_skill",
        sa.Column("badge_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_badge_skill_badge_id_badge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_skill")),
    )
    with op.batch_alter_table("badge_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_skill_key"), ["key"], unique=False)
        batch_op.create_index("uq_badge_skill", ["badge_id", "key"], unique=True)

    op.create_table(
        "badge_tag",
        sa.Column("badge_id", ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_badge_tag_badge_id_badge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_tag")),
    )
    with op.batch_alter_table("badge_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_tag_folded"), ["folded"], unique=False)
        batch_op.create_index("uq_badge_tag", ["badge_id", "folded"], unique=True)

    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("achievement", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index("ix_badge_person_achievement", ["person_id", "achievement"], unique=False)
        listed = ["person_id", "issued_on", "state", "valid_until", "issuer_name"]
        batch_op.create_index("ix_badge_listed", listed, unique=False)


def downgrade() -> None:
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.drop_index("ix_badge_listed")
        batch_op.drop_index("ix_badge_person_achievement")
        batch_op.drop_column("state")
        batch_op.drop_column("achievement")

    with op.batch_alter_table("badge_tag", schema=None) as batch_op:
        batch_op.drop_index("uq_badge_tag")
        batch_op.drop_index(batch_op.f("ix_badge_tag_folded"))

    op.drop_table("badge_tag")
    with op.batch_alter_table("badge_skill", schema=None) as batch_op:
        batch_op.drop_index("uq_badge_skill")
        batch_op.drop_index(batch_op.f("ix_badge_skill_key"))

    op.drop_table("badge_skill")
