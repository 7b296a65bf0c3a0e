"""Questions about CVs, each named after its answer."""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from backpack.collections.models import Collection, CollectionItem
from backpack.cv.models import CV, CVBadge, CVCollection, CVShare, CVVersion
from backpack.errors import NotFound
from backpack.publishing.links import is_open
from backpack.publishing.models import CheckCode, ShareLink


def own_cvs(session: Session, person_id: int) -> Sequence[CV]:
    """All CVs of a person, the last changed first."""
    query = select(CV).where(CV.person_id == person_id).options(selectinload(CV.badges))
    return session.scalars(query.order_by(CV.changed_at.desc(), CV.id.desc())).all()


def room_taken(session: Session, person_id: int) -> int:
    """Bytes that the PDFs of this person's published versions hold."""
    query = select(func.coalesce(func.sum(CVVersion.size), 0)).join(CV, CV.id == CVVersion.cv_id)
    return int(session.scalar(query.where(CV.person_id == person_id)) or 0)


def own_cv(session: Session, person_id: int, public_id: str) -> CV:
    """A CV of this person, with its lines and badges. Raises NotFound, also for somebody else's."""
    query = select(CV).where(CV.public_id == public_id, CV.person_id == person_id)
    cv = session.scalar(query.options(selectinload(CV.entries), selectinload(CV.badges), selectinload(CV.collections)))
    if cv is None:
        raise NotFound
    return cv


def cv_badges(session: Session, cv_id: int) -> Sequence[CVBadge]:
    """The badges of a CV, in their order."""
    query = select(CVBadge).where(CVBadge.cv_id == cv_id)
    return session.scalars(query.order_by(CVBadge.position, CVBadge.id)).all()


def cvs_naming(session: Session, collection_id: int) -> Sequence[CV]:
    """The CVs that name this collection, the oldest first."""
    query = select(CV).join(CVCollection, CVCollection.cv_id == CV.id)
    return session.scalars(query.where(CVCollection.collection_id == collection_id).order_by(CV.id)).all()


def open_link_of(session: Session, cv_id: int, now: datetime) -> ShareLink | None:
    """The link through which readers of this CV's paper see its badges today, if its owner opened one."""
    whole = select(CVShare.link_id)
    query = select(ShareLink).where(ShareLink.cv_id == cv_id, ShareLink.id.not_in(whole), *is_open(now))
    return session.scalar(query.order_by(ShareLink.id.desc()).limit(1))


def collections_by_id(session: Session, ids: Collection_[int]) -> dict[int, tuple[Collection, int]]:
    """These collections by their number, each with the number of its badges."""
    size = (
        select(func.count(CollectionItem.id))
        .where(CollectionItem.collection_id == Collection.id, CollectionItem.badge_id.is_not(None))
        .correlate(Collection)
        .scalar_subquery()
    )
    rows = session.execute(select(Collection, size).where(Collection.id.in_(ids)))
    return {collection.id: (collection, int(number)) for collection, number in rows}


def open_links_of_collections(session: Session, ids: Collection_[int], now: datetime) -> dict[int, ShareLink]:
    """The oldest open link of each of these collections that has one."""
    query = select(ShareLink).where(ShareLink.collection_id.in_(ids), *is_open(now)).order_by(ShareLink.id.desc())
    return {link.collection_id: link for link in session.scalars(query) if link.collection_id is not None}


def codes_of_links(session: Session, link_ids: Collection_[int]) -> dict[tuple[int, int | None], str]:
    """The check codes of these links, by link and badge."""
    query = select(CheckCode).where(CheckCode.link_id.in_(link_ids)).order_by(CheckCode.id.desc())
    return {(one.link_id, one.badge_id): one.code for one in session.scalars(query)}
