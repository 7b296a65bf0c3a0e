"""Where badges appear: collections, CVs and the links that are open. For pages only; rules never look this way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.collections.models import Collection, CollectionItem
from backpack.cv.models import CV, CVBadge
from backpack.evidence.models import Evidence
from backpack.publishing.links import is_open
from backpack.publishing.models import ShareLink, ShownBadge


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where a badge appears. `kind`: badge, collection or cv; `links` says who can open it now."""

    kind: str
    title: str
    public_id: str
    since: datetime | None = None
    links: tuple[ShareLink, ...] = ()


def places_of(session: Session, person_id: int, now: datetime) -> Mapping[int, Sequence[Place]]:
    """For each badge of a person the places where it appears: four statements, however many badges."""
    links = _open_links(session, person_id, now)
    found: dict[int, list[Place]] = defaultdict(list)
    for link in links:
        if link.badge_id is not None:
            found[link.badge_id].append(
                Place(kind="badge", title="", public_id=link.public_id, since=link.published_at, links=(link,))
            )
    shown = set(
        session.execute(
            select(ShownBadge.link_id, ShownBadge.badge_id).where(ShownBadge.link_id.in_([link.id for link in links]))
        )
    )
    collections = (
        select(CollectionItem.badge_id, Collection)
        .join(Collection, Collection.id == CollectionItem.collection_id)
        .where(Collection.person_id == person_id, CollectionItem.badge_id.is_not(None))
        .order_by(Collection.id)
    )
    for badge_id, collection in session.execute(collections):
        opened = tuple(link for link in links if link.collection_id == collection.id and (link.id, badge_id) in shown)
        found[badge_id or 0].append(_place("collection", collection.title, collection.public_id, opened))
    cvs = select(CVBadge.badge_id, CV).join(CV, CV.id == CVBadge.cv_id).where(CV.person_id == person_id).order_by(CV.id)
    for badge_id, cv in session.execute(cvs):
        opened = tuple(link for link in links if link.cv_id == cv.id)
        found[badge_id].append(_place("cv", cv.title, cv.public_id, opened))
    return found


def _place(kind: str, title: str, public_id: str, opened: tuple[ShareLink, ...]) -> Place:
    since = min((link.published_at for link in opened if link.published_at), default=None)
    return Place(kind=kind, title=title, public_id=public_id, since=since, links=opened)


def evidence_counts(session: Session, person_id: int) -> Mapping[int, int]:
    """How many works stand behind each badge of a person."""
    query = select(Evidence.badge_id, func.count()).join(Badge, Badge.id == Evidence.badge_id)
    rows = session.execute(query.where(Badge.person_id == person_id).group_by(Evidence.badge_id))
    return dict(rows.all())


def _open_links(session: Session, person_id: int, now: datetime) -> Sequence[ShareLink]:
    query = select(ShareLink).where(ShareLink.person_id == person_id, *is_open(now))
    return session.scalars(query.order_by(ShareLink.id)).all()
