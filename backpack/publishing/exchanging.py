"""A renewed badge in the place of its predecessor: on its links, and on the pages of collections and CVs that show it.

Addresses and printed codes stay and lead to the new badge from now on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.publishing.links import is_open, note
from backpack.publishing.models import CheckCode, ShareLink, ShownBadge, ShownEvidence


def exchange(session: Session, old: Badge, new: Badge, works: Mapping[int, int], now: datetime) -> int:
    """Let `new` stand wherever open links show `old`; on how many pages.

    `works`: the evidence behind the old badge, to the evidence by which the same work stands behind the new one. What a
    page showed of it, it shows again, and nothing else.
    """
    own = _links(session, ShareLink.badge_id == old.id, now)
    around = _links(session, ShareLink.id.in_(select(ShownBadge.link_id).where(ShownBadge.badge_id == old.id)), now)
    listed = session.scalar(
        select(ShareLink.id).where(ShareLink.badge_id == new.id, ShareLink.on_profile.is_(True), *is_open(now)).limit(1)
    )
    for link in own:
        link.badge_id = new.id
        if listed is not None:
            link.on_profile, link.may_be_listed = False, False  # the profile lists a badge once
    ids = [link.id for link in (*own, *around)]
    _show(session, ids, old, new)
    _show_works(session, ids, works)
    codes = update(CheckCode).where(CheckCode.link_id.in_(ids), CheckCode.badge_id == old.id)
    session.execute(codes.values(badge_id=new.id).execution_options(synchronize_session=False))
    for link in (*own, *around):
        note(session, link.person_id, "link.published", now, link=link.public_id)
    return len(ids)


def _links(session: Session, condition: object, now: datetime) -> Sequence[ShareLink]:
    return session.scalars(select(ShareLink).where(condition, *is_open(now))).all()  # type: ignore[arg-type]


def _show(session: Session, ids: Sequence[int], old: Badge, new: Badge) -> None:
    both = select(ShownBadge.link_id).where(ShownBadge.link_id.in_(ids), ShownBadge.badge_id == new.id)
    there = list(session.scalars(both))
    session.execute(delete(ShownBadge).where(ShownBadge.link_id.in_(there), ShownBadge.badge_id == old.id))
    left = update(ShownBadge).where(ShownBadge.link_id.in_(ids), ShownBadge.badge_id == old.id)
    session.execute(left.values(badge_id=new.id).execution_options(synchronize_session=False))


def _show_works(session: Session, ids: Sequence[int], works: Mapping[int, int]) -> None:
    query = select(ShownEvidence).where(ShownEvidence.link_id.in_(ids))
    there = session.scalars(query).all()
    known = {(one.link_id, one.evidence_id) for one in there}
    for one in there:
        again = works.get(one.evidence_id)
        if again is not None and (one.link_id, again) not in known:
            one.evidence_id = again
    session.flush()
