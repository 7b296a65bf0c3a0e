"""The line that a removed badge leaves on the pages of collections that showed it: a reader who comes back is told that
something is gone, and by whom, and nothing else. Its owner takes the line away when they like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.collections.models import Collection, CollectionItem
from backpack.database import insert_new
from backpack.publishing.links import is_open
from backpack.publishing.models import ShareLink, ShownBadge, WithdrawnBadge


def leave_lines(session: Session, badge: Badge, now: datetime) -> None:
    """Remember where this badge stands on open pages of collections, just before it is removed."""
    places = (
        select(ShareLink.id, CollectionItem.position)
        .join(CollectionItem, CollectionItem.collection_id == ShareLink.collection_id)
        .join(ShownBadge, (ShownBadge.link_id == ShareLink.id) & (ShownBadge.badge_id == CollectionItem.badge_id))
        .where(ShownBadge.badge_id == badge.id, *is_open(now))
    )
    for link_id, position in session.execute(places).all():
        line = {"link_id": link_id, "badge_name": badge.public_id, "position": position, "withdrawn_at": now}
        insert_new(session, WithdrawnBadge, line, ["link_id", "badge_name"])


def lines_on(session: Session, link: ShareLink) -> Sequence[WithdrawnBadge]:
    """The lines on the page of this link. A badge that was put back has none."""
    if link.collection_id is None:
        return ()
    query = select(WithdrawnBadge).where(WithdrawnBadge.link_id == link.id, _is_gone())
    return session.scalars(query.order_by(WithdrawnBadge.position, WithdrawnBadge.id)).all()


def has_lines(session: Session, links: Sequence[ShareLink]) -> bool:
    """Whether a page of one of these links has such a line."""
    on_them = WithdrawnBadge.link_id.in_([link.id for link in links])
    return session.scalar(select(WithdrawnBadge.id).where(on_them, _is_gone()).limit(1)) is not None


def take_lines_away(session: Session, collection: Collection) -> None:
    """Leave no such line on any page of this collection."""
    links = select(ShareLink.id).where(ShareLink.collection_id == collection.id)
    session.execute(delete(WithdrawnBadge).where(WithdrawnBadge.link_id.in_(links)))
    grow_edition(session, collection.person_id)


def _is_gone() -> ColumnElement[bool]:
    return ~exists().where(Badge.public_id == WithdrawnBadge.badge_name)
