"""CVs: what a person typed, and the badges they chose to stand behind it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    entries: Mapped[list[CVEntry]] = relationship(order_by="CVEntry.position", cascade="all, delete-orphan")
    badges: Mapped[list[CVBadge]] = relationship(order_by="CVBadge.position", cascade="all, delete-orphan")


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
