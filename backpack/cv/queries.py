"""Questions about CVs, each named after its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from backpack.cv.models import CV, CVBadge
from backpack.errors import NotFound
from backpack.publishing.links import is_open
from backpack.publishing.models import ShareLink


def own_cvs(session: Session, person_id: int) -> Sequence[CV]:
    """All CVs of a person, the last changed first."""
    query = select(CV).where(CV.person_id == person_id).options(selectinload(CV.badges))
    return session.scalars(query.order_by(CV.changed_at.desc(), CV.id.desc())).all()


def own_cv(session: Session, person_id: int, public_id: str) -> CV:
    """A CV of this person, with its lines and badges. Raises NotFound, also for somebody else's."""
    query = select(CV).where(CV.public_id == public_id, CV.person_id == person_id)
    cv = session.scalar(query.options(selectinload(CV.entries), selectinload(CV.badges)))
    if cv is None:
        raise NotFound
    return cv


def cv_badges(session: Session, cv_id: int) -> Sequence[CVBadge]:
    """The badges of a CV, in their order."""
    query = select(CVBadge).where(CVBadge.cv_id == cv_id)
    return session.scalars(query.order_by(CVBadge.position, CVBadge.id)).all()


def open_link_of(session: Session, cv_id: int, now: datetime) -> ShareLink | None:
    """The link through which readers of this CV's paper see its badges today, if its owner opened one."""
    query = select(ShareLink).where(ShareLink.cv_id == cv_id, *is_open(now))
    return session.scalar(query.order_by(ShareLink.id.desc()).limit(1))
