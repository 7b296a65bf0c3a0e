"""History: when an issuer last said what a verdict rests on, and the answers that its lines cite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("verdict_change") as batch_op:
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "verdict_document",
        sa.Column("id", BIG, nullable=False),
        sa.Column("change_id", BIG, nullable=False),
        sa.Column("document_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["verdict_change.id"],
            ondelete="CASCADE",
            name=op.f("fk_verdict_document_change_id_verdict_change"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], ondelete="CASCADE", name=op.f("fk_verdict_document_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_document")),
    )
    op.create_index("uq_verdict_document", "verdict_document", ["change_id", "document_id"], unique=True)
    op.create_index(op.f("ix_verdict_document_document_id"), "verdict_document", ["document_id"])


def downgrade() -> None:
    op.drop_table("verdict_document")
    with op.batch_alter_table("verdict_change") as batch_op:
        batch_op.drop_column("answered_at")
