"""Questions about notices, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.errors import NotFound
from backpack.notices.models import Notice, NoticeChoices

MOST_SHOWN = 100


def own_notices(session: Session, person_id: int) -> Sequence[tuple[Notice, Badge]]:
    """The last hundred notices of a person with their badges, the newest first."""
    query = select(Notice, Badge).join(Badge, Badge.id == Notice.badge_id).where(Notice.person_id == person_id)
    rows = session.execute(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(MOST_SHOWN))
    return [(notice, badge) for notice, badge in rows]


def own_notice(session: Session, person_id: int, public_id: str) -> Notice:
    """A notice of this person. Raises NotFound, also for somebody else's."""
    found = session.scalar(select(Notice).where(Notice.public_id == public_id, Notice.person_id == person_id))
    if found is None:
        raise NotFound
    return found


def unseen_of(session: Session, badge_id: int) -> Sequence[Notice]:
    """What this badge's owner was told about it and has not laid aside yet, the newest first."""
    query = select(Notice).where(Notice.badge_id == badge_id, Notice.seen_at.is_(None))
    return session.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc())).all()


def count_unseen(session: Session, person_id: int) -> int:
    """How many notices this person has not laid aside yet."""
    query = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.seen_at.is_(None))
    return int(session.scalar(query) or 0)


def unwritten(session: Session, person_id: int) -> Sequence[tuple[Notice, Badge]]:
    """Notices that no letter has told yet, in their order."""
    query = select(Notice, Badge).join(Badge, Badge.id == Notice.badge_id)
    rows = session.execute(query.where(Notice.person_id == person_id, Notice.written_at.is_(None)).order_by(Notice.id))
    return [(notice, badge) for notice, badge in rows]


def kinds_without_letters(session: Session, person_id: int) -> frozenset[str]:
    """The kinds of notices this person wants no letters about."""
    chosen = session.scalar(select(NoticeChoices.no_letters).where(NoticeChoices.person_id == person_id))
    return frozenset(str(kind) for kind in chosen or ())
