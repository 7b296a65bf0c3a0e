"""Questions about share links, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, select, union, update
from sqlalchemy.orm import Session

from backpack.collections.models import CollectionItem
from backpack.database import insert_new
from backpack.errors import NotFound
from backpack.evidence.models import Evidence
from backpack.publishing.links import is_open
from backpack.publishing.models import ShareLink, ShownBadge, ShownEvidence, ShownWork, ViewCount


def own_links(session: Session, person_id: int) -> Sequence[ShareLink]:
    """All links of a person that were ever published, the newest first."""
    query = select(ShareLink).where(ShareLink.person_id == person_id, ShareLink.published_at.is_not(None))
    return session.scalars(query.order_by(ShareLink.created_at.desc(), ShareLink.id.desc())).all()


def own_link(session: Session, person_id: int, public_id: str) -> ShareLink:
    """A link of this person. Raises NotFound, also for one of somebody else."""
    link = session.scalar(select(ShareLink).where(ShareLink.public_id == public_id, ShareLink.person_id == person_id))
    if link is None:
        raise NotFound
    return link


def open_links(
    session: Session,
    now: datetime,
    *,
    badge_id: int | None = None,
    collection_id: int | None = None,
    profile_id: int | None = None,
) -> Sequence[ShareLink]:
    """The open links whose target is this badge, this collection or this profile, the oldest first."""
    if badge_id is not None:
        target = ShareLink.badge_id == badge_id
    elif collection_id is not None:
        target = ShareLink.collection_id == collection_id
    else:
        target = ShareLink.profile_id == profile_id
    return session.scalars(select(ShareLink).where(target, *is_open(now)).order_by(ShareLink.id)).all()


def open_collections(session: Session, person_id: int, now: datetime) -> set[int]:
    """The collections of a person that an open link leads to."""
    query = select(ShareLink.collection_id).where(
        ShareLink.person_id == person_id, ShareLink.collection_id.is_not(None), *is_open(now)
    )
    return {one for one in session.scalars(query) if one is not None}


def links_showing_badge(session: Session, badge_id: int, now: datetime) -> Sequence[ShareLink]:
    """The open links on whose pages this badge stands: its own, and those of collections that show it."""
    on_page = (
        select(ShownBadge.link_id)
        .join(ShareLink, ShareLink.id == ShownBadge.link_id)
        .join(
            CollectionItem,
            and_(
                CollectionItem.collection_id == ShareLink.collection_id, CollectionItem.badge_id == ShownBadge.badge_id
            ),
        )
        .where(ShownBadge.badge_id == badge_id)
    )
    own = select(ShareLink.id).where(ShareLink.badge_id == badge_id)
    shows = ShareLink.id.in_(union(own, on_page))  # with OR, PostgreSQL would read every link there is
    return session.scalars(select(ShareLink).where(shows, *is_open(now)).order_by(ShareLink.id)).all()


def links_showing_evidence(session: Session, evidence_id: int, now: datetime) -> Sequence[ShareLink]:
    """The open links on whose pages this evidence stands."""
    on_page = select(ShownEvidence.link_id).where(ShownEvidence.evidence_id == evidence_id)
    badge_id = session.scalar(select(Evidence.badge_id).where(Evidence.id == evidence_id)) or 0
    its_badge = {link.id for link in links_showing_badge(session, badge_id, now)}
    query = select(ShareLink).where(ShareLink.id.in_(on_page), *is_open(now)).order_by(ShareLink.id)
    return [link for link in session.scalars(query) if link.id in its_badge or link.cv_id is not None]


def links_showing_work(session: Session, artefact_id: int, now: datetime) -> Sequence[ShareLink]:
    """The open links on whose pages this work stands by itself."""
    on_page = (
        select(ShownWork.link_id)
        .join(ShareLink, ShareLink.id == ShownWork.link_id)
        .join(
            CollectionItem,
            and_(
                CollectionItem.collection_id == ShareLink.collection_id,
                CollectionItem.artefact_id == ShownWork.artefact_id,
            ),
        )
        .where(ShownWork.artefact_id == artefact_id)
    )
    query = select(ShareLink).where(ShareLink.id.in_(on_page), *is_open(now))
    return session.scalars(query.order_by(ShareLink.id)).all()


def links_keeping_work(session: Session, one: Evidence, now: datetime) -> list[ShareLink]:
    """The open links that show the work of this evidence in some other way: by itself, or behind another badge."""
    others = select(Evidence.id).where(
        Evidence.artefact_id == one.artefact_id, Evidence.id != one.id, Evidence.is_shown.is_(True)
    )
    found = {link.id: link for link in links_showing_work(session, one.artefact_id, now)}
    for other in session.scalars(others):
        found |= {link.id: link for link in links_showing_evidence(session, other, now)}
    return list(found.values())


def shown_badges(session: Session, link_id: int) -> set[int]:
    """The badges of a collection that its owner chose to show through this link."""
    return set(session.scalars(select(ShownBadge.badge_id).where(ShownBadge.link_id == link_id)))


def shown_evidence(session: Session, link_id: int) -> set[int]:
    """The evidence that its owner chose to show through this link."""
    return set(session.scalars(select(ShownEvidence.evidence_id).where(ShownEvidence.link_id == link_id)))


def views(session: Session, link_ids: Iterable[int]) -> dict[int, int]:
    """How often each of these links was opened, in all."""
    query = select(ViewCount.link_id, func.sum(ViewCount.views)).where(ViewCount.link_id.in_(list(link_ids)))
    return {link_id: int(total) for link_id, total in session.execute(query.group_by(ViewCount.link_id))}


def views_by_day(session: Session, link_id: int, limit: int = 30) -> list[tuple[date, int]]:
    """How often a link was opened on each day it was opened on, the newest first."""
    query = select(ViewCount.day, ViewCount.views).where(ViewCount.link_id == link_id)
    return list(session.execute(query.order_by(ViewCount.day.desc()).limit(limit)))


def add_views(session: Session, seen: Mapping[tuple[int, date], int]) -> None:
    """So many more views of these links on these days. What was closed and deleted meanwhile counts no more."""
    there = set(session.scalars(select(ShareLink.id).where(ShareLink.id.in_({link_id for link_id, _day in seen}))))
    for (link_id, day), views in sorted(seen.items()):
        if link_id in there:
            insert_new(session, ViewCount, {"link_id": link_id, "day": day, "views": 0}, ["link_id", "day"])
            session.execute(
                update(ViewCount)
                .where(ViewCount.link_id == link_id, ViewCount.day == day)
                .values(views=ViewCount.views + views)
                .execution_options(synchronize_session=False)
            )
