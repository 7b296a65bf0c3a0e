"""What links lead to, by name: for the table of shares, and for saying what an act would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.publishing.models import ShareLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A link with the name of what it opens. `kind`: badge, collection, profile or cv; of a CV its own slice knows the
    title, and a profile needs none."""

    link: ShareLink
    kind: str
    title: str
    public_id: str


def targets_of(session: Session, links: Iterable[ShareLink]) -> list[Target]:
    """Each link with its target, in the same order: two statements, however many links."""
    links = list(links)
    badges = _names(session, Badge, {link.badge_id for link in links if link.badge_id})
    collections = _names(session, Collection, {link.collection_id for link in links if link.collection_id})
    found = []
    for link in links:
        if link.badge_id is not None:
            kind, (title, public_id) = "badge", badges[link.badge_id]
        elif link.collection_id is not None:
            kind, (title, public_id) = "collection", collections[link.collection_id]
        else:
            kind, title, public_id = "profile" if link.profile_id is not None else "cv", "", ""
        found.append(Target(link=link, kind=kind, title=title, public_id=public_id))
    return found


def _names(session: Session, table: type[Badge] | type[Collection], ids: set[int]) -> Mapping[int, tuple[str, str]]:
    if not ids:
        return {}
    title = Badge.name if table is Badge else Collection.title
    rows = session.execute(select(table.id, title, table.public_id).where(table.id.in_(ids)))
    return {number: (name, public_id) for number, name, public_id in rows}
