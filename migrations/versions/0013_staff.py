"""Staff: the team, its log that only grows, the issuers it knows, and pages it suspended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER staff_event_{verb} BEFORE {VERB} ON staff_event
BEGIN SELECT RAISE(ABORT, 'lines of this log are neither changed nor deleted'); END
"""
POSTGRESQL = """
CREATE FUNCTION staff_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'lines of this log are neither changed nor deleted'; END $$
"""


def big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", big(), nullable=False),
        sa.Column("person_id", big(), nullable=False),
        sa.Column("roles", json(), nullable=False),
        instant("added_at"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_staff_member_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("person_id", name=op.f("uq_staff_member_person_id")),
    )
    op.create_table(
        "staff_event",
        sa.Column("id", big(), nullable=False),
        instant("at"),
        sa.Column("actor", big(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("facts", json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_event")),
    )
    op.create_index(op.f("ix_staff_event_at"), "staff_event", ["at"], unique=False)
    op.create_table(
        "trusted_issuer",
        sa.Column("id", big(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        instant("added_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_issuer")),
    )
    op.create_index("uq_trusted_issuer", "trusted_issuer", ["kind", "value"], unique=True)
    for table in ("share_link", "profile"):
        op.add_column(table, instant("suspended_at", nullable=True))
        op.add_column(table, sa.Column("suspended_why", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
        op.execute(
            "CREATE TRIGGER staff_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON staff_event"
            " FOR EACH STATEMENT EXECUTE FUNCTION staff_event_stays()"
        )
    else:
        for verb in ("update", "delete"):
            op.execute(SQLITE.format(verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    for table in ("profile", "share_link"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("suspended_why")
            batch_op.drop_column("suspended_at")
    op.drop_table("trusted_issuer")
    op.drop_table("staff_event")
    op.drop_table("staff_member")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION staff_event_stays")
