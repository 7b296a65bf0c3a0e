"""Ways to publish: passphrases, profiles, search engines, originals; and reports of pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONE_OF_THREE = (
    "(CASE WHEN collection_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN badge_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN cv_id IS NULL THEN 0 ELSE 1 END) = 1"
)
ONE_OF_FOUR = ONE_OF_THREE.removesuffix(" = 1") + " + (CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END) = 1"


def big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "profile",
        sa.Column("id", big(), nullable=False),
        sa.Column("person_id", big(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("name_shown", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_be_listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_profile_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("name", name=op.f("uq_profile_name")),
        sa.UniqueConstraint("person_id", name=op.f("uq_profile_person_id")),
    )
    op.create_table(
        "spent_name",
        sa.Column("id", big(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_name")),
        sa.UniqueConstraint("digest", name=op.f("uq_spent_name_digest")),
    )
    with op.batch_alter_table("share_link") as batch_op:
        batch_op.add_column(sa.Column("profile_id", big(), nullable=True))
        batch_op.add_column(sa.Column("passphrase_hash", sa.Text(), nullable=True))
        for name in ("on_profile", "may_be_listed", "gives_original"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(
            op.f("fk_share_link_profile_id_profile"), "profile", ["profile_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_index(op.f("ix_share_link_profile_id"), ["profile_id"], unique=False)
        batch_op.drop_constraint(op.f("ck_share_link_one_target"), type_="check")
        batch_op.create_check_constraint(op.f("ck_share_link_one_target"), ONE_OF_FOUR)
    with op.batch_alter_table("share_link") as batch_op:
        for name in ("on_profile", "may_be_listed", "gives_original"):
            batch_op.alter_column(name, server_default=None)
    op.create_table(
        "page_report",
        sa.Column("id", big(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("link_id", big(), nullable=True),
        sa.Column("profile_id", big(), nullable=True),
        sa.Column("badge_id", big(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_page_report_badge_id_badge"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["share_link.id"], name=op.f("fk_page_report_link_id_share_link"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.id"], name=op.f("fk_page_report_profile_id_profile"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_page_report_public_id")),
    )
    with op.batch_alter_table("page_report") as batch_op:
        for name in ("badge_id", "link_id", "profile_id", "reported_at"):
            batch_op.create_index(op.f(f"ix_page_report_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("page_report")
    op.execute("DELETE FROM share_link WHERE profile_id IS NOT NULL")
    with op.batch_alter_table("share_link") as batch_op:
        batch_op.drop_constraint(op.f("ck_share_link_one_target"), type_="check")
        batch_op.drop_constraint(op.f("fk_share_link_profile_id_profile"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_share_link_profile_id"))
        for name in ("profile_id", "passphrase_hash", "on_profile", "may_be_listed", "gives_original"):
            batch_op.drop_column(name)
        batch_op.create_check_constraint(op.f("ck_share_link_one_target"), ONE_OF_THREE)
    op.drop_table("spent_name")
    op.drop_table("profile")
