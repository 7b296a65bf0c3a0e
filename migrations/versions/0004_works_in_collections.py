"""Works in collections, and covers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_THING = "(CASE WHEN badge_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN artefact_id IS NULL THEN 0 ELSE 1 END) = 1"


def upgrade() -> None:
    op.create_table(
        "shown_work",
        sa.Column("link_id", ID, nullable=False),
        sa.Column("artefact_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["artefact.id"], name=op.f("fk_shown_work_artefact_id_artefact"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["share_link.id"], name=op.f("fk_shown_work_link_id_share_link"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_work")),
    )
    with op.batch_alter_table("shown_work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_work_artefact_id"), ["artefact_id"], unique=False)
        batch_op.create_index("uq_shown_work", ["link_id", "artefact_id"], unique=True)
    with op.batch_alter_table("collection", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("picture_words", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("collection_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("artefact_id", ID, nullable=True))
        batch_op.alter_column("badge_id", existing_type=ID, nullable=True)
        batch_op.create_index(batch_op.f("ix_collection_item_artefact_id"), ["artefact_id"], unique=False)
        batch_op.create_index("uq_collection_item_work", ["collection_id", "artefact_id"], unique=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_collection_item_artefact_id_artefact"),
            "artefact",
            ["artefact_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_check_constraint(batch_op.f("ck_collection_item_one_thing"), ONE_THING)


def downgrade() -> None:
    op.execute("DELETE FROM collection_item WHERE badge_id IS NULL")
    with op.batch_alter_table("collection_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_collection_item_one_thing"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_collection_item_artefact_id_artefact"), type_="foreignkey")
        batch_op.drop_index("uq_collection_item_work")
        batch_op.drop_index(batch_op.f("ix_collection_item_artefact_id"))
        batch_op.alter_column("badge_id", existing_type=ID, nullable=False)
        batch_op.drop_column("artefact_id")
    with op.batch_alter_table("collection", schema=None) as batch_op:
        batch_op.drop_column("picture_words")
        batch_op.drop_column("picture")
    with op.batch_alter_table("shown_work", schema=None) as batch_op:
        batch_op.drop_index("uq_shown_work")
        batch_op.drop_index(batch_op.f("ix_shown_work_artefact_id"))
    op.drop_table("shown_work")
