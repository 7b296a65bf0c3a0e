"""The pages and CVs that a badge stands on: what a change of it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.cv.models import CV, CVBadge
from backpack.publishing.queries import links_showing_badge
from backpack.publishing.targets import targets_of

PAGES: Final = frozenset({"badge", "collection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One place where others may see the badge. `kind`: badge (its own page), collection or cv; `label`: what its
    owner calls the link."""

    kind: str
    title: str
    label: str = ""


def touched_by(session: Session, badge_id: int, now: datetime) -> Sequence[Touched]:
    """The open pages this badge stands on, and the CVs it was chosen for."""
    pages = targets_of(session, links_showing_badge(session, badge_id, now))
    found = [Touched(kind=one.kind, title=one.title, label=one.link.label) for one in pages if one.kind in PAGES]
    query = select(CV.title).join(CVBadge, CVBadge.cv_id == CV.id).where(CVBadge.badge_id == badge_id)
    return [*found, *(Touched(kind="cv", title=title) for title in session.scalars(query.order_by(CV.id)))]
