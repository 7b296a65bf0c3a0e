"""What other people confirm, and on which pages it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "endorsement",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("badge_id", ID, nullable=True),
        sa.Column("artefact_id", ID, nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters", ID, nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=True),
        sa.Column("key_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN badge_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN artefact_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_endorsement_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["artefact_id"], ["artefact.id"], name=op.f("fk_endorsement_artefact_id_artefact"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_endorsement_badge_id_badge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_endorsement_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_endorsement_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_endorsement_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_endorsement_token_hash")),
    )
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsement_artefact_id"), ["artefact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsement_badge_id"), ["badge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsement_person_id"), ["person_id"], unique=False)

    op.create_table(
        "shown_endorsement",
        sa.Column("link_id", ID, nullable=False),
        sa.Column("endorsement_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["endorsement_id"],
            ["endorsement.id"],
            name=op.f("fk_shown_endorsement_endorsement_id_endorsement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["share_link.id"], name=op.f("fk_shown_endorsement_link_id_share_link"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_endorsement")),
    )
    with op.batch_alter_table("shown_endorsement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_endorsement_endorsement_id"), ["endorsement_id"], unique=False)
        batch_op.create_index("uq_shown_endorsement", ["link_id", "endorsement_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("shown_endorsement", schema=None) as batch_op:
        batch_op.drop_index("uq_shown_endorsement")
        batch_op.drop_index(batch_op.f("ix_shown_endorsement_endorsement_id"))

    op.drop_table("shown_endorsement")
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endorsement_person_id"))
        batch_op.drop_index(batch_op.f("ix_endorsement_badge_id"))
        batch_op.drop_index(batch_op.f("ix_endorsement_artefact_id"))

    op.drop_table("endorsement")
