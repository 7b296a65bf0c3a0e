"""What a page for others shows: chosen badges with a report of this moment, chosen evidence, a name or none.

One way for the preview and for the page itself, so that the owner sees exactly what a stranger will see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as AnyOf
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.badges.queries import badges_by_id
from backpack.collections.models import Collection, CollectionItem
from backpack.errors import Gone
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of
from backpack.openbadges.report import Outcome, Report
from backpack.publishing.endorsed import Said, endorsed, shown_endorsements
from backpack.publishing.models import ShareLink, WithdrawnBadge
from backpack.publishing.names import name_for_others
from backpack.publishing.queries import shown_badges, shown_evidence
from backpack.publishing.withdrawn import lines_on
from backpack.publishing.works import WorkSheet, works_on
from backpack.skills.coverage import Coverage, coverage_of, framework_named, named_alone, named_by

Judge = Callable[[Session, Sequence[Badge]], Mapping[int, Report]]
"""The badges of one person to their reports of this moment, from what the archive holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A badge at its place on a page, with the learner's sentence about it."""

    badge_id: int
    words: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeSheet:
    """One badge as others see it."""

    badge: Badge
    report: Report
    words: str
    evidence: tuple[Evidence, ...]
    position: int = 0
    endorsements: Sequence[Said] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page as others see it. `holder` is empty where the link shows no name."""

    kind: str
    holder: str
    title: str
    story: str
    language: str | None
    badges: tuple[BadgeSheet, ...]
    judged_at: datetime
    left_out: int = 0
    """Badges of the collection that this link does not show; told to the owner only."""
    evidence_left_out: tuple[Evidence, ...] = field(default=())
    endorsements_left_out: tuple[Said, ...] = ()
    works: tuple[WorkSheet, ...] = ()
    """Works that stand in the collection by themselves."""
    withdrawn: Sequence[WithdrawnBadge] = ()
    """Where badges stood that their holder removed."""
    cover: str | None = None
    """Where the collection's cover is in storage."""
    cover_words: str = ""
    skills: Coverage | None = None
    """The collection's table of skills, over the badges and works of this page alone."""

    @property
    def entries(self) -> list[BadgeSheet | WorkSheet | WithdrawnBadge]:
        """Badges, works, and lines of removed badges, in the order of the collection."""
        return sorted([*self.badges, *self.works, *self.withdrawn], key=lambda one: one.position)

    def sheet_of(self, public_id: str) -> BadgeSheet:
        """The badge with this name on the page. Raises Gone: the page is open, and the badge is no longer on it."""
        for one in self.badges:
            if one.badge.public_id == public_id:
                return one
        raise Gone


def placed_on(session: Session, link: ShareLink) -> list[Placed]:
    """The badges of a badge's or a collection's link, in their order. Of a CV its own slice knows them."""
    if link.badge_id is not None:
        return [Placed(badge_id=link.badge_id)]
    if link.collection_id is None:
        return [Placed(badge_id=one) for one in sorted(shown_badges(session, link.id))]
    shown = shown_badges(session, link.id)
    return [one for one in places_in(session, link.collection_id) if one.badge_id in shown]


def places_in(session: Session, collection_id: int) -> list[Placed]:
    """All badges of a collection, in their order."""
    query = select(CollectionItem).where(CollectionItem.collection_id == collection_id)
    items = session.scalars(query.order_by(CollectionItem.position, CollectionItem.id))
    return [Placed(badge_id=one.badge_id, words=one.words, position=one.position) for one in items if one.badge_id]


def sheet_of_link(session: Session, link: ShareLink, judge: Judge, now: datetime, placed: Sequence[Placed]) -> Sheet:
    """What an open link shows at this moment."""
    return sheet(
        session,
        session.get_one(Person, link.person_id),
        placed,
        collection=session.get(Collection, link.collection_id) if link.collection_id else None,
        name_shown=link.name_shown,
        evidence=shown_evidence(session, link.id),
        works=works_on(session, link),
        endorsements=shown_endorsements(session, link.id),
        withdrawn=lines_on(session, link),
        judge=judge,
        now=now,
    )


def sheet(
    session: Session,
    person: Person,
    placed: Sequence[Placed],
    *,
    collection: Collection | None,
    name_shown: str,
    evidence: AnyOf[int],
    judge: Judge,
    now: datetime,
    works: Sequence[WorkSheet] = (),
    endorsements: AnyOf[int] = (),
    withdrawn: Sequence[WithdrawnBadge] = (),
) -> Sheet:
    """These badges as others would see them, with this evidence and this much of the name. What its owner hid stays
    hidden even where it is named here."""
    ids = [one.badge_id for one in placed]
    known = Known.of(session, ids, judge)
    behind = evidence_of(session, ids)
    chosen = {number: [one for one in some if one.is_shown and one.id in evidence] for number, some in behind.items()}
    said = endorsed(session, chosen, works)
    page = composed(known, placed, collection, name_for_others(person.name, name_shown), now, chosen)
    return replace(
        page,
        badges=tuple(
            replace(one, endorsements=_of(said.badges.get(one.badge.id, ()), endorsements)) for one in page.badges
        ),
        works=tuple(replace(one, endorsements=_of(said.works[one.artefact.id], endorsements)) for one in works),
        withdrawn=withdrawn,
        skills=_skills(session, collection, page) if collection else None,
        endorsements_left_out=tuple(one for one in said.all if one.said.id not in endorsements),
        evidence_left_out=tuple(one for number in ids for one in behind[number] if one not in chosen[number]),
    )


def _skills(session: Session, collection: Collection, page: Sheet) -> Coverage | None:
    """The table that its owner chose: of a framework, or (without one, or when it is gone) of the skills named here."""
    if not collection.skills:
        return None
    works = {one.badge.id: len(one.evidence) for one in page.badges if counts(one.report)}
    named, frame = named_by(session, works), framework_named(session, collection.skills)
    return coverage_of(session, frame, named, works) if frame else named_alone(named, works)


def counts(report: Report) -> bool:
    """Whether a badge stands for its skills: not if it was forged, or taken back."""
    return report.outcome is not Outcome.INVALID and not report.was_withdrawn


def _of(some: Sequence[Said], chosen: AnyOf[int]) -> tuple[Said, ...]:
    return tuple(one for one in some if one.said.id in chosen)


@dataclass(frozen=True, slots=True)
class Known:
    """What pages rest on: these badges and their reports of this moment."""

    badges: Mapping[int, Badge]
    reports: Mapping[int, Report]

    @classmethod
    def of(cls, session: Session, ids: Sequence[int], judge: Judge) -> Known:
        """The same number of statements for one badge and for a hundred."""
        badges = badges_by_id(session, ids)
        present = [badges[one] for one in dict.fromkeys(ids) if one in badges]
        return cls(badges, judge(session, present))


def composed(
    known: Known,
    placed: Sequence[Placed],
    collection: Collection | None,
    holder: str,
    now: datetime,
    evidence: Mapping[int, Sequence[Evidence]],
) -> Sheet:
    """One page out of what is known."""
    sheets = tuple(
        BadgeSheet(
            badge=known.badges[one.badge_id],
            report=known.reports[one.badge_id],
            words=one.words,
            evidence=tuple(evidence.get(one.badge_id, ())),
            position=one.position,
        )
        for one in placed
        if one.badge_id in known.badges
    )
    return Sheet(
        kind="collection" if collection else "badge",
        holder=holder,
        title=collection.title if collection else (sheets[0].badge.name if sheets else ""),
        story=collection.story if collection else "",
        language=collection.language if collection else None,
        badges=sheets,
        judged_at=now,
        cover=collection.picture if collection else None,
        cover_words=collection.picture_words if collection else "",
    )
