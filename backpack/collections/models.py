"""Ordered selections of badges and works with a story."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backpack.database import Row, random_name


class Collection(Row):
    """Badges and works in an order of one's own, with a title and a story. Private: only a share link opens it."""

    __tablename__ = "collection"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    story: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    picture: Mapped[str | None]
    """Its cover: where the picture made for display stands in storage."""
    picture_words: Mapped[str] = mapped_column(default="")
    """What the cover shows, for who does not see it; empty where it only decorates."""
    skills: Mapped[str] = mapped_column(default="")
    """Whether its page has a section of skills: empty for none, `named` for those the badges name, or a framework's
    random id."""
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change, so that two open tabs cannot overwrite each other unseen."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    items: Mapped[list[CollectionItem]] = relationship(order_by="CollectionItem.position", cascade="all, delete-orphan")


class CollectionItem(Row):
    """The place of a badge, or of a work, in a collection, with a sentence of story."""

    __tablename__ = "collection_item"
    __table_args__ = (
        Index("uq_collection_item", "collection_id", "badge_id", unique=True),
        Index("uq_collection_item_work", "collection_id", "artefact_id", unique=True),
        CheckConstraint(
            "(CASE WHEN badge_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN artefact_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_thing",
        ),
    )
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    artefact_id: Mapped[int | None] = mapped_column(ForeignKey("artefact.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
