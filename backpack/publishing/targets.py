"""What links lead to, by name: for the table of shares, and for saying what an act would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.publishing.models import ShareLink

BADGES: Final = (Badge.id, Badge.name, Badge.public_id)
COLLECTIONS: Final = (Collection.id, Collection.title, Collection.public_id)
_CV: Final = table("cv", column("id"), column("title"), column("public_id"))
CVS: Final = (_CV.c.id, _CV.c.title, _CV.c.public_id)
"""CVs know links, not the other way round: of theirs only the title is read here, by the name of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A link with the name of what it opens. `kind`: badge, collection, cv, or profile, which needs no name."""

    link: ShareLink
    kind: str
    title: str
    public_id: str


def targets_of(session: Session, links: Iterable[ShareLink]) -> list[Target]:
    """Each link with its target, in the same order: three statements, however many links."""
    links = list(links)
    names = {
        "badge": _names(session, BADGES, {link.badge_id for link in links}),
        "collection": _names(session, COLLECTIONS, {link.collection_id for link in links}),
        "cv": _names(session, CVS, {link.cv_id for link in links}),
    }
    found = []
    for link in links:
        number = link.badge_id or link.collection_id or link.cv_id
        kind = "badge" if link.badge_id else "collection" if link.collection_id else "cv" if link.cv_id else "profile"
        title, public_id = names[kind][number] if number else ("", "")
        found.append(Target(link=link, kind=kind, title=title, public_id=public_id))
    return found


def _names(session: Session, columns: tuple[Any, Any, Any], ids: set[int | None]) -> Mapping[int, tuple[str, str]]:
    wanted = ids - {None}
    if not wanted:
        return {}
    rows = session.execute(select(*columns).where(columns[0].in_(wanted)))
    return {number: (name, public_id) for number, name, public_id in rows}
