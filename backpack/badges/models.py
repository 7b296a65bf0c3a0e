"""Badges a person holds, the files they came in, and what waits outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backpack.database import Row, random_name


class Badge(Row):
    """One credential in one backpack. The payload is the issuer's, to the byte; no verdict is kept here.

    The columns from `name` to `state` repeat the payload's words for lists, search and sorting only.
    """

    __tablename__ = "badge"
    __table_args__ = (
        Index("uq_badge_identity", "person_id", "identity", unique=True),
        Index("ix_badge_person_added", "person_id", "added_at"),
        Index("ix_badge_person_achievement", "person_id", "achievement"),
        # All that lists count and filter by, so that they need not read past the payloads.
        Index("ix_badge_listed", "person_id", "issued_on", "state", "valid_until", "issuer_name"),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    identity: Mapped[bytes]
    """SHA-256 of issuer id and credential id; of the payload, where it names none."""
    payload: Mapped[bytes]
    version: Mapped[str]
    name: Mapped[str]
    folded: Mapped[str]
    """Name, issuer, skills and the issuer's tags without case and accents, for search."""
    issuer_name: Mapped[str]
    issued_on: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    achievement: Mapped[bytes | None]
    """SHA-256 of issuer id and achievement id: a renewal has its predecessor's. None where either is missing."""
    state: Mapped[str] = mapped_column(default="")
    """How it was found to stand when it was last judged (`web.verdicts.State`): for counting and filtering only. Every
    page that says how it stands judges anew."""
    picture: Mapped[str | None]
    """Where the picture made for display stands in storage; the originals are in `badge_file`."""
    story: Mapped[str] = mapped_column(default="")
    """What the learner says of it: theirs, never the issuer's."""
    added_at: Mapped[datetime]
    files: Mapped[list[BadgeFile]] = relationship(order_by="BadgeFile.id", cascade="all, delete-orphan")


class BadgeSkill(Row):
    """A skill that the issuer says the badge is aligned with: repeated from the payload, for filters and overviews."""

    __tablename__ = "badge_skill"
    __table_args__ = (Index("uq_badge_skill", "badge_id", "key", unique=True),)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(index=True)
    """What makes two badges name the same skill: its address, else its code in its framework, else its name."""
    name: Mapped[str]
    code: Mapped[str]
    framework: Mapped[str]
    url: Mapped[str]


class BadgeTag(Row):
    """A word of its owner's on a badge, to find it again. Never shown to others."""

    __tablename__ = "badge_tag"
    __table_args__ = (Index("uq_badge_tag", "badge_id", "folded", unique=True),)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"))
    label: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)


class BadgeFile(Row):
    """A file the badge came in, kept and given back as it was."""

    __tablename__ = "badge_file"
    __table_args__ = (Index("uq_badge_file_digest", "badge_id", "digest", unique=True),)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"))
    container: Mapped[str]
    digest: Mapped[bytes]
    size: Mapped[int]
    filename: Mapped[str]
    storage_key: Mapped[str]
    added_at: Mapped[datetime]


class Arrival(Row):
    """A badge for an address its bearer has not confirmed: it waits outside for 30 days and enters on confirmation."""

    __tablename__ = "arrival"
    __table_args__ = (Index("uq_arrival_identity", "person_id", "identity", unique=True),)
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    identity: Mapped[bytes]
    payload: Mapped[bytes]
    name: Mapped[str]
    issuer_name: Mapped[str]
    addressed_to: Mapped[str] = mapped_column(default="")
    """The address as it may be shown (c•••@etu.example); empty where the badge only holds a hash."""
    container: Mapped[str]
    digest: Mapped[bytes]
    size: Mapped[int]
    filename: Mapped[str]
    storage_key: Mapped[str]
    arrived_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class ImportItem(Row):
    """One file or address given to the import page, and the line that came of it. A batch is one act of a person."""

    __tablename__ = "import_item"
    batch: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    """The file's name or the address, as shown."""
    position: Mapped[int]
    payload: Mapped[bytes | None]
    container: Mapped[str | None]
    storage_key: Mapped[str | None]
    size: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(default="waiting")
    """waiting, added, known, arrival (for an address not confirmed), held (its issuer is silent), refused."""
    reason: Mapped[str | None]
    """The stable code of a refusal, or of what holds a verdict back."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]


class BadgeDocument(Row):
    """Which addresses a badge's verdict rests on: who is concerned when one of them answers something else."""

    __tablename__ = "badge_document"
    __table_args__ = (Index("uq_badge_document", "badge_id", "url_digest", unique=True),)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"))
    url_digest: Mapped[bytes] = mapped_column(index=True)


class VerdictChange(Row):
    """History: what a badge's verdict became, and when. Never the source of what a page says."""

    __tablename__ = "verdict_change"
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    confirmed_at: Mapped[datetime]
    """The last time the same was found again."""
    answered_at: Mapped[datetime | None]
    """When the issuer last said what it rests on; None where nobody had to be asked."""


class VerdictDocument(Row):
    """An answer that a line of history rests on: the archive keeps it as long as the line is there."""

    __tablename__ = "verdict_document"
    __table_args__ = (Index("uq_verdict_document", "change_id", "document_id", unique=True),)
    change_id: Mapped[int] = mapped_column(ForeignKey("verdict_change.id", ondelete="CASCADE"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)


class PublicCheck(Row):
    """A badge that anybody asked about on the public page: kept for some minutes, together with what the network said,
    and never mixed with the archive."""

    __tablename__ = "public_check"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    inputs: Mapped[list[Any]]
    """What was given: a label, and the address or the badges found in it (Base64 of their bytes)."""
    recipient: Mapped[str] = mapped_column(default="")
    page_text: Mapped[str | None]
    """Of a PDF, what its pages say, to be compared with its badges; empty where they could not be read."""
    recorded: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The answers of the network, as `backpack verify --documents` reads them."""
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class Removal(Row):
    """Something its owner took away a moment ago: every row that went with it, to be put back or forgotten."""

    __tablename__ = "removal"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    back: Mapped[str]
    """The address of the page to go to when it is put back."""
    rows: Mapped[list[Any]]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    files: Mapped[list[RemovalFile]] = relationship(cascade="all, delete-orphan")


class RemovalFile(Row):
    """A stored file that goes when the moment is over, unless something else refers to it."""

    __tablename__ = "removal_file"
    removal_id: Mapped[int] = mapped_column(ForeignKey("removal.id", ondelete="CASCADE"), index=True)
    storage_key: Mapped[str] = mapped_column(index=True)
