"""What addresses answered, and when: the facts that verdicts rest on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Base, Row


class Body(Base):
    """The bytes of an answer, once, by their SHA-256."""

    __tablename__ = "body"
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class StoredDocument(Row):
    """One answer of one address; failures are answers too. A refresh that finds the same only moves its instants;
    one that finds something else adds a row, so that the history stays."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_latest", "url_digest", "fetched_at"),)
    url_digest: Mapped[bytes]
    """SHA-256 of the address asked."""
    url: Mapped[str]
    accept: Mapped[str]
    kind: Mapped[str]
    host: Mapped[str] = mapped_column(index=True)
    """Of the last address of the chain: the host that answered, or failed to."""
    final_url: Mapped[str | None]
    chain: Mapped[list[Any]] = mapped_column(default=list)
    status: Mapped[int | None]
    why: Mapped[str | None]
    """The class of failure when nothing usable was answered; None for an answer."""
    content_type: Mapped[str | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body_digest: Mapped[bytes | None] = mapped_column(ForeignKey("body.digest"), index=True)
    first_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    fresh_until: Mapped[datetime]
    usable_until: Mapped[datetime]


class Proven(Row):
    """These bytes carry a good proof by this key: cannot change with time, so it may be remembered."""

    __tablename__ = "proven"
    key: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the bytes, the suite and the contexts' version."""
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Host(Row):
    """How an issuer's host behaves: failures in a row, and until when it is left alone."""

    __tablename__ = "host"
    name: Mapped[str] = mapped_column(unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    minute: Mapped[datetime | None]
    """When the minute began in which questions are counted."""
    asked: Mapped[int] = mapped_column(default=0)
    """How many there were in it."""


class TrustedIssuer(Row):
    """An issuer or a platform that whoever runs the site knows, beside those of the settings."""

    __tablename__ = "trusted_issuer"
    __table_args__ = (Index("uq_trusted_issuer", "kind", "value", unique=True),)
    kind: Mapped[str]
    """key (an issuer id or verification method), host, or platform (a host whose word for its customers is taken)."""
    value: Mapped[str]
    name: Mapped[str]
    added_at: Mapped[datetime]
