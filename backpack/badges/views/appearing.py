"""Where badges appear: collections, CVs and the links that are open. For pages only; rules never look this way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backpack.collections.models import Collection, CollectionItem
from backpack.cv.models import CV, CVBadge
from backpack.evidence.models import Evidence
from backpack.publishing.models import ShareLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where a badge appears. `kind`: badge, collection or cv; `links` says who can open it now."""

    kind: str
    title: str
    public_id: str
    since: datetime | None = None
    links: tuple[ShareLink, ...] = ()


def places_of(session: Session, person_id: int, now: datetime) -> Mapping[int, Sequence[Place]]:
    """For each badge of a person the places where it appears: three statements, however many badges."""
    links = _open_links(session, person_id, now)
    found: dict[int, list[Place]] = defaultdict(list)
    for link in links:
        if link.badge_id is not None:
            found[link.badge_id].append(
                Place(kind="badge", title="", public_id=link.public_id, since=link.published_at, links=(link,))
            )
    collections = (
        select(CollectionItem.badge_id, Collection)
        .join(Collection, Collection.id == CollectionItem.collection_id)
        .where(Collection.person_id == person_id)
        .order_by(Collection.id)
    )
    for badge_id, collection in session.execute(collections):
        opened = tuple(link for link in links if link.collection_id == collection.id)
        found[badge_id].append(
            Place(
                kind="collection",
                title=collection.title,
                public_id=collection.public_id,
                since=opened[0].published_at if opened else None,
                links=opened,
            )
        )
    cvs = select(CVBadge.badge_id, CV).join(CV, CV.id == CVBadge.cv_id).where(CV.person_id == person_id).order_by(CV.id)
    for badge_id, cv in session.execute(cvs):
        opened = tuple(link for link in links if link.cv_id == cv.id)
        found[badge_id].append(
            Place(
                kind="cv",
                title=cv.title,
                public_id=cv.public_id,
                since=opened[0].published_at if opened else None,
                links=opened,
            )
        )
    return found


def evidence_counts(session: Session, person_id: int) -> Mapping[int, int]:
    """How many works stand behind each badge of a person."""
    from_badges = select(Evidence.badge_id).join(Evidence.artefact).where(Evidence.artefact.has(person_id=person_id))
    counts: dict[int, int] = defaultdict(int)
    for badge_id in session.scalars(from_badges):
        counts[badge_id] += 1
    return counts


def _open_links(session: Session, person_id: int, now: datetime) -> Sequence[ShareLink]:
    return session.scalars(
        select(ShareLink).where(
            ShareLink.person_id == person_id,
            ShareLink.published_at.is_not(None),
            ShareLink.withdrawn_at.is_(None),
            or_(ShareLink.closes_at.is_(None), ShareLink.closes_at > now),
        )
    ).all()
