"""Who runs the site, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row


class StaffMember(Row):
    """Somebody who helps to run the site, and in which roles."""

    __tablename__ = "staff_member"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    roles: Mapped[list[Any]]
    added_at: Mapped[datetime]


class StaffEvent(Row):
    """A line of what staff did. Both databases refuse to change or delete one."""

    __tablename__ = "staff_event"
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[int | None]
    """The number of the member, kept when they go; None: the command line of the machine."""
    what: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Names nobody: whom it was about stands here as a keyed fingerprint."""
