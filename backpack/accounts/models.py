"""People, their addresses, their sessions and the letters that open doors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name

THEIRS = text("confirmed_at IS NOT NULL AND closed_at IS NULL")


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
    """A mail address as its owner typed it (domain in lower case). Confirmed, it has one owner at a time.

    `closed_at`: since when its owner no longer has the mailbox. What was issued to it until then stays theirs; from
    then on it opens nothing, gets no letters, and may become somebody else's.
    """

    __tablename__ = "address"
    __table_args__ = (
        Index(
            "uq_address_confirmed",
            "folded",
            unique=True,
            postgresql_where=THEIRS,
            sqlite_where=THEIRS,
        ),
        Index("uq_address_person", "person_id", "folded", unique=True),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    spelling: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    is_main: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Passkey(Row):
    """A public key whose private half a person's device keeps (WebAuthn), and finds without a name being typed."""

    __tablename__ = "passkey"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    """As the device last counted it: a smaller number later means a copy."""
    name: Mapped[str]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Row):
    """A code on paper, for when mailbox, password and device are gone. Only its hash is kept; used once."""

    __tablename__ = "recovery_code"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OIDCIdentity(Row):
    """Who a person is at a provider of OpenID Connect: its issuer and its name for them, never a mail address."""

    __tablename__ = "oidc_identity"
    __table_args__ = (Index("uq_oidc_identity", "issuer", "subject", unique=True),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    provider: Mapped[str]
    """Its name in the operator's list."""
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


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
    onwards: Mapped[str | None]
    """The page of ours its reader came for before they signed up, in whichever browser they open it."""


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


class KnownNetwork(Row):
    """A network that somebody signed in from, as a hash under our key: from there, guesses made elsewhere don't delay
    them. Kept for ninety days after the last sign-in."""

    __tablename__ = "known_network"
    __table_args__ = (Index("uq_known_network", "person_id", "key_hash", unique=True),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    key_hash: Mapped[bytes]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class AuditEvent(Row):
    """A line of a person's own trail: what was done to their account, and when."""

    __tablename__ = "event"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
