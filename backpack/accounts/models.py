"""People, their addresses, their sessions and the letters that open doors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name

CONFIRMED = text("confirmed_at IS NOT NULL")


class Person(Row):
    """Somebody with a backpack. `edition` grows whenever something that a public page shows of them changes."""

    __tablename__ = "person"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="fr")
    edition: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]


class Address(Row):
    """A mail address as its owner typed it (domain in lower case). Confirmed, it has one owner at a time."""

    __tablename__ = "address"
    __table_args__ = (
        Index(
            "uq_address_confirmed",
            "folded",
            unique=True,
            postgresql_where=CONFIRMED,
            sqlite_where=CONFIRMED,
        ),
        Index("uq_address_person", "person_id", "folded", unique=True),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    spelling: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    is_main: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class MailKey(Row):
    """A letter's link: confirms an address or sets a password. Only its hash is kept; used once, within its time."""

    __tablename__ = "mail_key"
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address_id: Mapped[int | None] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    binding: Mapped[bytes]
    """Hash of what must not have changed meanwhile: the password's hash, the address, the last sign-in."""
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedSession(Row):
    """A browser's session: the cookie holds the key, this row its hash. Ended means deleted."""

    __tablename__ = "session"
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class Throttle(Row):
    """Failed tries at something, counted per key (a hash of account and network, or of the network alone)."""

    __tablename__ = "throttle"
    key: Mapped[bytes] = mapped_column(unique=True)
    tries: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)


class AuditEvent(Row):
    """A line of a person's own trail: what was done to their account, and when."""

    __tablename__ = "event"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
