"""Doors that their owner can close."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name


class ShareLink(Row):
    """A door to one badge, one collection, one CV or a whole profile. We keep the hash of its token, never the token.

    The token is HMAC(link key, public_id, version): its owner can be shown it again, a reader of the database can't
    make it. A link without `published_at` is a draft that opens nothing.
    """

    __tablename__ = "share_link"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN collection_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN badge_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN cv_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_target",
        ),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    cv_id: Mapped[int | None] = mapped_column(ForeignKey("cv.id", ondelete="CASCADE"), index=True)
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    name_shown: Mapped[str] = mapped_column(default="full")
    """full, initial (first name and initial) or none."""
    passphrase_hash: Mapped[str | None]
    """argon2id; whoever opens the link is asked for the words first. None: nobody is asked."""
    on_profile: Mapped[bool] = mapped_column(default=False)
    """Public on its owner's profile: listed there, under this link's own address."""
    may_be_listed: Mapped[bool] = mapped_column(default=False)
    """Whether search engines may list the page: a choice of its own."""
    gives_original: Mapped[bool] = mapped_column(default=False)
    """Whether readers may have the credential as issued, which holds its recipient's address or the hash of it."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    """Since when whoever runs the site keeps it closed, because of what was reported; its owner is told why."""
    suspended_why: Mapped[str | None]


class ShownEvidence(Row):
    """Evidence its owner chose to show through a badge's or a collection's link: nothing else of it is public."""

    __tablename__ = "shown_evidence"
    __table_args__ = (Index("uq_shown_evidence", "link_id", "evidence_id", unique=True),)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"), index=True)


class ShownBadge(Row):
    """A badge of a collection that its owner chose to show through this link. One added to the collection later stays
    private until it is chosen too."""

    __tablename__ = "shown_badge"
    __table_args__ = (Index("uq_shown_badge", "link_id", "badge_id", unique=True),)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)


class WithdrawnBadge(Row):
    """Where a badge stood on a collection's page until its holder removed it. A badge that is there again has no such
    line, so nothing has to undo it."""

    __tablename__ = "withdrawn_badge"
    __table_args__ = (Index("uq_withdrawn_badge", "link_id", "badge_name", unique=True),)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    badge_name: Mapped[str]
    """Its random name, which leads to nothing any more."""
    position: Mapped[int]
    withdrawn_at: Mapped[datetime]


class ShownWork(Row):
    """A work of a collection that its owner chose to show through this link by itself, not as evidence."""

    __tablename__ = "shown_work"
    __table_args__ = (Index("uq_shown_work", "link_id", "artefact_id", unique=True),)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id", ondelete="CASCADE"), index=True)


class ShownEndorsement(Row):
    """What somebody confirmed of a badge or a work, which its owner chose to show through this link."""

    __tablename__ = "shown_endorsement"
    __table_args__ = (Index("uq_shown_endorsement", "link_id", "endorsement_id", unique=True),)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    endorsement_id: Mapped[int] = mapped_column(ForeignKey("endorsement.id", ondelete="CASCADE"), index=True)


class CheckCode(Row):
    """Eight characters (Crockford base 32) printed on paper. No capability: it opens only what its link has published.

    Of a CV's link, the code without a badge opens the CV of today, each other one the badge on it.
    """

    __tablename__ = "check_code"
    code: Mapped[str] = mapped_column(unique=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"), index=True)
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class Profile(Row):
    """A person's page of their own: /u/<name>. It lists what they made public there, and nothing else."""

    __tablename__ = "profile"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    """The end of its address; not its owner's name."""
    headline: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    name_shown: Mapped[str] = mapped_column(default="full")
    published_at: Mapped[datetime | None]
    """None: private. Links to the profile open it all the same."""
    may_be_listed: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None]
    suspended_why: Mapped[str | None]


class SpentName(Row):
    """The name of a profile that was once somebody's, as a keyed hash: nobody else gets it, even once they left."""

    __tablename__ = "spent_name"
    digest: Mapped[bytes] = mapped_column(unique=True)


class PageReport(Row):
    """What a stranger says is wrong with a public page. Nothing about who said it."""

    __tablename__ = "page_report"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"), index=True)
    """The link that was open; None for a profile's own address."""
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"), index=True)
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="SET NULL"), index=True)
    """The badge on the link's page that it is about, if it is about one."""
    reason: Mapped[str]
    """impersonation, not-theirs, offensive, private-data, other."""
    words: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]


class ViewCount(Row):
    """How often a link was opened on a day. Nothing about who opened it."""

    __tablename__ = "view_count"
    __table_args__ = (Index("uq_view_count", "link_id", "day", unique=True),)
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    views: Mapped[int] = mapped_column(default=0)
