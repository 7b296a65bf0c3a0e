"""Going, coming back, and being forgotten: facts of each, for as long as they are needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name


class Takeout(Row):
    """A ZIP with all that a person has here: asked for, made by a job, there for some days."""

    __tablename__ = "takeout"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    storage_key: Mapped[str | None]
    size: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    """The stable code of what kept it from being made."""


class Homecoming(Row):
    """A ZIP that is being brought back. `state` says how far that is, so that whoever goes on does nothing twice."""

    __tablename__ = "homecoming"
    __table_args__ = (Index("uq_homecoming", "person_id", "digest", unique=True),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    batch: Mapped[str] = mapped_column(index=True)
    """The import whose lines tell what became of the badges."""
    storage_key: Mapped[str | None]
    digest: Mapped[bytes]
    state: Mapped[str]
    """given (the file is here), badges (they are being judged), attached (the rest has its places)."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class Farewell(Row):
    """A warning by letter that an unused account will go."""

    __tablename__ = "farewell"
    __table_args__ = (Index("uq_farewell", "person_id", "number", unique=True),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    number: Mapped[int]
    sent_at: Mapped[datetime]


class Deletion(Row):
    """Somebody who left. The rows went with the transaction that wrote this one; `leaving` names whose files are still
    to go, and is empty once they are gone. Then a keyed fingerprint is all that is left: it lets a backup that is
    put back be cleared of them again, and says nothing to whoever reads it without the key."""

    __tablename__ = "deletion"
    digest: Mapped[bytes] = mapped_column(unique=True)
    leaving: Mapped[str | None]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
