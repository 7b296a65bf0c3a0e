"""Ordered selections of badges with a story."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backpack.database import Row, random_name


class Collection(Row):
    """Badges in an order of one's own, with a title and a story. Private: only a share link opens it."""

    __tablename__ = "collection"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    story: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change, so that two open tabs cannot overwrite each other unseen."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    items: Mapped[list[CollectionItem]] = relationship(order_by="CollectionItem.position", cascade="all, delete-orphan")


class CollectionItem(Row):
    """A badge's place in a collection, with a sentence of story."""

    __tablename__ = "collection_item"
    __table_args__ = (Index("uq_collection_item", "collection_id", "badge_id", unique=True),)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
