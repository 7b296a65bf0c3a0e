"""Questions about badges, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from backpack.archive.models import StoredDocument
from backpack.badges.models import Arrival, Badge, BadgeDocument, BadgeFile, ImportItem, PublicCheck, VerdictChange
from backpack.database import Base, BigId
from backpack.errors import NotFound

FILE_COLUMNS: Final = frozenset({"storage_key", "clean_key", "preview_key", "picture"})


def own_badge(session: Session, person_id: int, public_id: str) -> Badge:
    """A badge of this person, with its files. Raises NotFound, also for a badge of somebody else."""
    query = select(Badge).where(Badge.public_id == public_id, Badge.person_id == person_id)
    badge = session.scalar(query.options(selectinload(Badge.files)))
    if badge is None:
        raise NotFound
    return badge


def own_badges(session: Session, person_id: int) -> Sequence[Badge]:
    """All badges of a person, the newest first."""
    query = select(Badge).where(Badge.person_id == person_id)
    return session.scalars(query.order_by(Badge.added_at.desc(), Badge.id.desc())).all()


def own_badges_named(session: Session, person_id: int, names: Iterable[str]) -> Sequence[Badge]:
    """Those badges of a person that have one of these random names, in the order of the names."""
    wanted = {name: at for at, name in enumerate(names)}
    query = select(Badge).where(Badge.person_id == person_id, Badge.public_id.in_(list(wanted)))
    return sorted(session.scalars(query), key=lambda badge: wanted[badge.public_id])


def badges_by_id(session: Session, ids: Iterable[int]) -> dict[int, Badge]:
    """These badges, with their files, by their number."""
    query = select(Badge).where(Badge.id.in_(list(ids))).options(selectinload(Badge.files))
    return {badge.id: badge for badge in session.scalars(query)}


def badge_with_identity(session: Session, person_id: int, identity: bytes) -> Badge | None:
    """The badge that this person already has under this identity."""
    return session.scalar(select(Badge).where(Badge.person_id == person_id, Badge.identity == identity))


def own_arrivals(session: Session, person_id: int, now: datetime) -> Sequence[Arrival]:
    """What waits outside this person's backpack, the newest first."""
    query = select(Arrival).where(Arrival.person_id == person_id, Arrival.ends_at > now)
    return session.scalars(query.order_by(Arrival.arrived_at.desc(), Arrival.id.desc())).all()


def own_arrival(session: Session, person_id: int, public_id: str, now: datetime) -> Arrival:
    """One arrival of this person. Raises NotFound."""
    query = select(Arrival).where(Arrival.public_id == public_id, Arrival.person_id == person_id, Arrival.ends_at > now)
    arrival = session.scalar(query)
    if arrival is None:
        raise NotFound
    return arrival


def batch_items(session: Session, person_id: int, batch: str) -> Sequence[ImportItem]:
    """The lines of one import, in their order. Raises NotFound when there are none of this person."""
    query = select(ImportItem).where(ImportItem.batch == batch, ImportItem.person_id == person_id)
    items = session.scalars(query.order_by(ImportItem.position, ImportItem.id)).all()
    if not items:
        raise NotFound
    return items


def held_items(session: Session, person_id: int) -> Sequence[ImportItem]:
    """Imports whose issuer was silent and who try again by themselves."""
    query = select(ImportItem).where(ImportItem.person_id == person_id, ImportItem.result == "held")
    return session.scalars(query.order_by(ImportItem.created_at.desc())).all()


def history(session: Session, badge_id: int, limit: int = 50) -> Sequence[VerdictChange]:
    """What this badge's verdict became, the newest first."""
    query = select(VerdictChange).where(VerdictChange.badge_id == badge_id)
    return session.scalars(query.order_by(VerdictChange.at.desc(), VerdictChange.id.desc()).limit(limit)).all()


def last_change(session: Session, badge_id: int) -> VerdictChange | None:
    """The newest line of a badge's history."""
    return next(iter(history(session, badge_id, limit=1)), None)


def badges_resting_on(session: Session, url_digest: bytes, after: int, limit: int) -> Sequence[Badge]:
    """The next badges after this number whose verdict rests on this address."""
    query = select(Badge).join(BadgeDocument, BadgeDocument.badge_id == Badge.id)
    theirs = query.where(BadgeDocument.url_digest == url_digest, Badge.id > after)
    return session.scalars(theirs.order_by(Badge.id).limit(limit)).all()


def addresses_in_use() -> Select[Any]:
    """The digests of all addresses that a badge's verdict rests on: a question for others to put into theirs."""
    return select(BadgeDocument.url_digest)


def not_judged_since(session: Session, before: datetime, limit: int) -> Sequence[Badge]:
    """Badges whose verdict was last found before this, the longest ago first."""
    last = select(VerdictChange.badge_id, func.max(VerdictChange.confirmed_at).label("at"))
    found = last.group_by(VerdictChange.badge_id).subquery("found")
    query = select(Badge).join(found, found.c.badge_id == Badge.id).where(found.c.at < before)
    return session.scalars(query.order_by(found.c.at, Badge.id).limit(limit)).all()


def documents_behind(session: Session, badge_id: int) -> Sequence[tuple[str, str, str, datetime]]:
    """What a badge's verdict rests on, the oldest answers first: address, how it is asked for, its kind, and when."""
    last = func.max(StoredDocument.fetched_at).label("last")
    query = (
        select(StoredDocument.url, func.min(StoredDocument.accept), func.min(StoredDocument.kind), last)
        .join(BadgeDocument, BadgeDocument.url_digest == StoredDocument.url_digest)
        .where(BadgeDocument.badge_id == badge_id, StoredDocument.kind != "image")
        .group_by(StoredDocument.url)
        .order_by(last)
    )
    return session.execute(query).all()


def room_taken(session: Session, person_id: int) -> int:
    """Bytes of the files that this person's badges and waiting imports hold."""
    return int(session.scalar(_ROOM_TAKEN, {"person": person_id}) or 0)


def _room_taken() -> Select[tuple[int]]:
    person = bindparam("person", type_=BigId)
    kept = select(func.coalesce(func.sum(BadgeFile.size), 0)).join(Badge).where(Badge.person_id == person)
    outside = select(func.coalesce(func.sum(Arrival.size), 0)).where(Arrival.person_id == person)
    waiting = select(func.coalesce(func.sum(ImportItem.size), 0)).where(
        ImportItem.person_id == person, ImportItem.result.in_(("waiting", "held"))
    )
    return select(kept.scalar_subquery() + outside.scalar_subquery() + waiting.scalar_subquery())


_ROOM_TAKEN: Final = _room_taken()
"""Put together once: it is asked twice for every file that comes in."""


def is_file_used(session: Session, storage_key: str) -> bool:
    """Whether any row of any slice still refers to this stored file. Such columns are known by their names, so that
    nothing here has to know the slices that come after."""
    columns = [
        column for table in Base.metadata.sorted_tables for column in table.columns if column.name in FILE_COLUMNS
    ]
    return any(session.execute(select(column).where(column == storage_key).limit(1)).first() for column in columns)


def open_check(session: Session, public_id: str, now: datetime) -> PublicCheck:
    """A public check that has not ended. Raises NotFound."""
    check = session.scalar(select(PublicCheck).where(PublicCheck.public_id == public_id, PublicCheck.ends_at > now))
    if check is None:
        raise NotFound
    return check


def ended_arrivals(session: Session, now: datetime) -> Sequence[Arrival]:
    """Arrivals whose thirty days are over."""
    return session.scalars(select(Arrival).where(Arrival.ends_at <= now)).all()


def old_items(session: Session, before: datetime) -> Sequence[ImportItem]:
    """Import lines older than this."""
    return session.scalars(select(ImportItem).where(ImportItem.created_at <= before)).all()
