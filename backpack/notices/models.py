"""What people were told about their badges, and what they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name


class Notice(Row):
    """Something that happened to a badge, told once: on the page from then on, and in one letter."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("uq_notice_once", "badge_id", "kind", "subject", unique=True),
        Index("ix_notice_person", "person_id", "created_at"),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """revoked, expiring, unreachable."""
    subject: Mapped[str]
    """Which revocation, which end, which outage: another one is told again, the same one never."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    """When its letter was queued, or was left out because its owner wants none."""
    seen_at: Mapped[datetime | None]


class NoticeChoices(Row):
    """What a person wants no letters about. Without a row they get all of them."""

    __tablename__ = "notice_choices"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    no_letters: Mapped[list[Any]] = mapped_column(default=list)
    """The kinds of notices they read on their pages only."""
