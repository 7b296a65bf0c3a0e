"""Networks that people signed in from, as hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "known_network",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_known_network_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_network")),
    )
    op.create_index("uq_known_network", "known_network", ["person_id", "key_hash"], unique=True)
    op.create_index("ix_known_network_seen_at", "known_network", ["seen_at"])


def downgrade() -> None:
    op.drop_table("known_network")
