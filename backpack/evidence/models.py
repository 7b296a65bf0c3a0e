"""A person's works, and the badges they stand behind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backpack.badges.models import Badge
from backpack.database import Row, random_name


class Artefact(Row):
    """A work: a file, a link or a text. Private until evidence shows it on something its owner published."""

    __tablename__ = "artefact"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """file, link or text."""
    title: Mapped[str]
    made_on: Mapped[date | None] = mapped_column(Date)
    text: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    did: Mapped[str] = mapped_column(default="")
    """What its owner did, in their words; the three below answer the questions that help to tell it."""
    situation: Mapped[str] = mapped_column(default="")
    action: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    people: Mapped[str] = mapped_column(default="")
    """Whom they worked with."""
    skills: Mapped[list[Any]] = mapped_column(default=list)
    """Free words, as typed."""
    genre: Mapped[str] = mapped_column(default="")
    """Of a work that came with a badge from another backpack: what the statement called it."""
    media_type: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    """Of such a work whose file stayed there: its SHA-256, in hexadecimal."""
    added_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    """Of a link: when its address was last asked."""
    dead_since: Mapped[datetime | None]
    """Of a link: when its address first failed to answer, of the failures up to now. For its owner only."""
    files: Mapped[list[ArtefactFile]] = relationship(
        order_by="ArtefactFile.added_at, ArtefactFile.id", cascade="all, delete-orphan"
    )


class ArtefactFile(Row):
    """The bytes of a work. The newest row is shown; of a picture, `clean_key` is the copy without metadata that others
    get; of a film or a recording, they get the file with its `blanks`."""

    __tablename__ = "artefact_file"
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[bytes]
    storage_key: Mapped[str]
    clean_key: Mapped[str | None]
    clean_type: Mapped[str | None]
    preview: Mapped[str] = mapped_column(default="none")
    """waiting, made, failed (nothing could be drawn), or none (there is nothing to draw). What others get of a film or
    a recording waits too."""
    preview_key: Mapped[str | None]
    """A small picture of it (WebP): a thumbnail, or the first page."""
    blanks: Mapped[list[Any] | None]
    """Of a film or a recording: the boxes that others get blank (`films.Blank`). None until somebody looked, and where
    nobody could."""
    blanked_digest: Mapped[bytes | None]
    """SHA-256 of what others get then, if it is not the file as it is."""
    looked_at: Mapped[datetime | None]
    """When a look at all this came to its end, whatever it found."""
    names: Mapped[list[Any] | None]
    """Of a document: the people and firms that its hidden data name. None until somebody looked, and where nobody
    could."""
    added_at: Mapped[datetime]

    @property
    def clean_digest(self) -> bytes | None:
        """SHA-256 of the copy that others get, if there is one: storage names that of a picture by it."""
        return bytes.fromhex(self.clean_key.rpartition("/")[2]) if self.clean_key else self.blanked_digest


class Evidence(Row):
    """A work behind a badge: with words of its own, an order, and shown or not."""

    __tablename__ = "evidence"
    __table_args__ = (Index("uq_evidence", "badge_id", "artefact_id", unique=True),)
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"))
    artefact_id: Mapped[int] = mapped_column(ForeignKey("artefact.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    is_shown: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    artefact: Mapped[Artefact] = relationship(lazy="joined")
    badge: Mapped[Badge] = relationship()
