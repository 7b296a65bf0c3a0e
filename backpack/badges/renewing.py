"""Renewals: badges of the same achievement from the same issuer, one of which has ended and one of which has not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.errors import N_, BackpackError


class NoRenewal(BackpackError):
    code = "no-renewal"
    sentence = N_(
        "This badge cannot take the place of that one: it must be valid today, of the same achievement and issuer, "
        "and the other one must have ended."
    )


def ended_before(session: Session, badge: Badge, now: datetime) -> Sequence[Badge]:
    """The badges of the same person that this one renews: ended by now, the last first."""
    if badge.achievement is None or _is_over(badge, now):
        return []
    return session.scalars(_same(badge).where(Badge.valid_until <= now).order_by(Badge.valid_until.desc())).all()


def renewed_by(session: Session, badge: Badge, now: datetime) -> Badge | None:
    """The badge that renews this one, if it has ended and there is such a one: the newest."""
    if badge.achievement is None or not _is_over(badge, now):
        return None
    lasts = or_(Badge.valid_until.is_(None), Badge.valid_until > now)
    newest = _same(badge).where(lasts).order_by(Badge.issued_on.desc().nulls_last(), Badge.id.desc())
    return session.scalars(newest.limit(1)).first()


def _same(badge: Badge) -> Select[Badge]:
    return select(Badge).where(
        Badge.person_id == badge.person_id, Badge.achievement == badge.achievement, Badge.id != badge.id
    )


def _is_over(badge: Badge, now: datetime) -> bool:
    return badge.valid_until is not None and badge.valid_until <= now
