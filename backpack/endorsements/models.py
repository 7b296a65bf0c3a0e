"""What other people confirm, in their own words, because the owner invited them to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name


class Endorsement(Row):
    """An invitation to confirm one badge or one work, and what came of it.

    Until a mailed link confirms it, it is nobody's word and shown to nobody. Confirmed, it is private until its
    owner chooses it for a page. We keep hashes of its tokens; of the author's address, once confirmed, only a mask.
    """

    __tablename__ = "endorsement"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN badge_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN artefact_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_thing",
        ),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(default="")
    """Whom the owner invites, for themselves."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    invited_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    """Where the letter went; once confirmed, masked (a•••@example.org), and told to the owner alone."""
    written_at: Mapped[datetime | None]
    letters: Mapped[int] = mapped_column(default=0)
    key_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the mailed link that confirms what stands here now; None when there is none, or it was used."""
    key_ends_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    thing_title: Mapped[str] = mapped_column(default="")
    thing_digest: Mapped[bytes | None]
    """The title and the SHA-256 of what was confirmed, as it was at that moment."""
    shows_work: Mapped[bool] = mapped_column(default=False)
    """Whether the invitation shows the work itself. Older ones promised their owner that they do not."""
    brought_at: Mapped[datetime | None]
    """When an export of another Backpack brought it. That it was confirmed is then only what the export says."""
