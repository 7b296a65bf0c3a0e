"""Ways in: passkeys, recovery codes, identities at providers; and addresses whose mailbox is closed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CONFIRMED = "confirmed_at IS NOT NULL"
THEIRS = "confirmed_at IS NOT NULL AND closed_at IS NULL"


def big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def persons_table(name: str, *columns: sa.Column[object], unique: Sequence[str] = ()) -> None:
    op.create_table(
        name,
        sa.Column("id", big(), nullable=False),
        sa.Column("person_id", big(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(one, name=op.f(f"uq_{name}_{one}")) for one in unique),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"], unique=False)


def only_one_owner(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index("uq_address_confirmed", table_name="address")
    op.create_index(
        "uq_address_confirmed", "address", ["folded"], unique=True, postgresql_where=where, sqlite_where=where
    )


def upgrade() -> None:
    op.add_column("address", instant("closed_at", nullable=True))
    only_one_owner(THEIRS)
    persons_table(
        "passkey",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", big(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        instant("added_at"),
        instant("used_at", nullable=True),
        unique=("public_id", "credential_id"),
    )
    persons_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        instant("made_at"),
        instant("used_at", nullable=True),
        unique=("code_hash",),
    )
    persons_table(
        "oidc_identity",
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        instant("linked_at"),
        instant("used_at", nullable=True),
        unique=("public_id",),
    )
    op.create_index("uq_oidc_identity", "oidc_identity", ["issuer", "subject"], unique=True)


def downgrade() -> None:
    for name in ("oidc_identity", "recovery_code", "passkey"):
        op.drop_table(name)
    op.execute("DELETE FROM address WHERE closed_at IS NOT NULL")
    only_one_owner(CONFIRMED)
    with op.batch_alter_table("address") as batch_op:
        batch_op.drop_column("closed_at")
