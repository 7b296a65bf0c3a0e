"""CVs: what a person typed, and the badges they chose to stand behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backpack.database import Row, random_name


class CV(Row):
    """One CV in one language. Contact lines are printed only if they are filled in."""

    __tablename__ = "cv"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    """What its owner calls it; not printed."""
    language: Mapped[str] = mapped_column(default="fr")
    name: Mapped[str]
    headline: Mapped[str] = mapped_column(default="")
    profile: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    layout: Mapped[str] = mapped_column(default="margin", server_default="margin")
    paper: Mapped[str] = mapped_column(default="a4", server_default="a4")
    arrangement: Mapped[str] = mapped_column(default="", server_default="")
    """Its sections in the order its owner gave them, with spaces between; empty: the usual order."""
    names_works: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it names, under each badge, the issuer's evidence and the works that its owner shows with it."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    entries: Mapped[list[CVEntry]] = relationship(order_by="CVEntry.position", cascade="all, delete-orphan")
    badges: Mapped[list[CVBadge]] = relationship(order_by="CVBadge.position", cascade="all, delete-orphan")
    collections: Mapped[list[CVCollection]] = relationship(
        order_by="CVCollection.position", cascade="all, delete-orphan"
    )


class CVEntry(Row):
    """A line of a section: education, experience, projects, languages, skills or interests."""

    __tablename__ = "cv_entry"
    cv_id: Mapped[int] = mapped_column(ForeignKey("cv.id", ondelete="CASCADE"), index=True)
    section: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    period: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")


class CVBadge(Row):
    """A badge chosen for a CV, with one line of the learner's own."""

    __tablename__ = "cv_badge"
    __table_args__ = (Index("uq_cv_badge", "cv_id", "badge_id", unique=True),)
    cv_id: Mapped[int] = mapped_column(ForeignKey("cv.id", ondelete="CASCADE"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    line: Mapped[str] = mapped_column(default="")


class CVCollection(Row):
    """A collection named on a CV. It stays as private as it was: only its own share link opens it."""

    __tablename__ = "cv_collection"
    __table_args__ = (Index("uq_cv_collection", "cv_id", "collection_id", unique=True),)
    cv_id: Mapped[int] = mapped_column(ForeignKey("cv.id", ondelete="CASCADE"))
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]


class CVVersion(Row):
    """A CV as its owner published it: its words at that moment, and the PDF of that moment, which never changes."""

    __tablename__ = "cv_version"
    __table_args__ = (Index("uq_cv_version", "cv_id", "number", unique=True),)
    cv_id: Mapped[int] = mapped_column(ForeignKey("cv.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    storage_key: Mapped[str]
    size: Mapped[int]
    made_at: Mapped[datetime]


class CVShare(Row):
    """What a share link to a whole CV gives: one version for good, or always the latest. A CV's link without this row
    is the one behind its paper's codes, which shows the badges and nothing else of it."""

    __tablename__ = "cv_share"
    link_id: Mapped[int] = mapped_column(ForeignKey("share_link.id", ondelete="CASCADE"), unique=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("cv_version.id", ondelete="CASCADE"), index=True)
