"""The learner's works that a CV names under its badges: those shown with the badge today, or those that a published
version named. What was hidden or removed since is named no more; what was added or renamed since is not yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.cv.models import CV, CVBadge
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of


@dataclass(frozen=True, slots=True)
class NamedWork:
    """A work behind a badge: the public name of its place there, and its title."""

    evidence: str
    title: str


def works_named(session: Session, cv: CV) -> Mapping[int, Sequence[NamedWork]]:
    """The works that the CV names now, by badge; none unless its owner wants them named."""
    if not cv.names_works:
        return {}
    behind = evidence_of(session, [one.badge_id for one in cv.badges])
    return {
        number: [NamedWork(one.public_id, one.artefact.title) for one in some if one.is_shown]
        for number, some in behind.items()
    }


def cvs_naming(session: Session, uses: Sequence[Evidence]) -> Sequence[CV]:
    """The CVs that name any of these works under its badge now, the oldest first."""
    badges = [one.badge_id for one in uses if one.is_shown]
    on_it = select(CVBadge.cv_id).where(CVBadge.badge_id.in_(badges))
    return session.scalars(select(CV).where(CV.names_works.is_(True), CV.id.in_(on_it)).order_by(CV.id)).all()


def works_named_then(session: Session, cv: CV, content: Mapping[str, Any]) -> Mapping[int, Sequence[NamedWork]]:
    """The works that a version of the CV named and that are shown still, by badge, under their titles of that time."""
    then = [NamedWork(**work) for one in content["badges"] for work in one.get("works", ())]
    if not then:
        return {}
    query = (
        select(Evidence.public_id, Evidence.badge_id)
        .join(Badge, Badge.id == Evidence.badge_id)
        .where(
            Evidence.public_id.in_([one.evidence for one in then]),
            Evidence.is_shown.is_(True),
            Badge.person_id == cv.person_id,
        )
    )
    found: dict[int, list[NamedWork]] = {}
    places = {name: number for name, number in session.execute(query)}  # noqa: C416 - a row is a tuple only by use
    for one in then:
        if one.evidence in places:
            found.setdefault(places[one.evidence], []).append(one)
    return found
