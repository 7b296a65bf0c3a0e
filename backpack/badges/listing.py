"""The backpack as a list: searching, filtering, sorting and counting in the database, a page at a time.

However many badges there are, the statements stay the same and one page's badges are read. Where a badge stands is
taken from when it was last judged, and from the clock for those that end; the page itself judges what it shows anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge, BadgeSkill, BadgeTag
from backpack.badges.queries import badges_by_id
from backpack.database import folded
from backpack.web.verdicts import SOON, State

FAMILIES: Final[Mapping[str, frozenset[State]]] = {
    "valid": frozenset({State.VALID, State.VALID_EXPIRING}),
    "unconfirmed": frozenset(
        {
            State.UNREACHABLE,
            State.UNREACHABLE_NEVER,
            State.STATUS_UNKNOWN,
            State.UNKNOWN_ISSUER,
            State.UNSUPPORTED,
            State.CHECKING,
        }
    ),
    "expired": frozenset({State.EXPIRED}),
    "avoid": frozenset(
        {
            State.REVOKED,
            State.SUSPENDED,
            State.WITHDRAWN,
            State.ALTERED,
            State.NOT_VALID,
            State.WRONG_PERSON,
        }
    ),
}
EVER_VALID: Final = tuple(state.value for state in FAMILIES["valid"])
PAGE: Final = 48
CHOICES_MOST: Final = 500
SORTS: Final = ("", "oldest", "name", "issuer")
AT_FAULT: Final = (State.ALTERED.value, State.NOT_VALID.value, State.WRONG_PERSON.value)
TAKEN_BACK: Final = (State.REVOKED.value, State.SUSPENDED.value, State.WITHDRAWN.value)
HEEDED_MOST: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader wants to see; empty: everything."""

    q: str = ""
    state: str = ""
    issuer: str = ""
    skill: str = ""
    year: int | None = None
    tag: str = ""
    sort: str = ""

    @property
    def filters(self) -> bool:
        """Whether more is asked than a search and a state."""
        return bool(self.issuer or self.skill or self.year or self.tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What there is to filter by, in all of a person's badges: (what to ask for, what to call it)."""

    issuers: Sequence[tuple[str, str]]
    skills: Sequence[tuple[str, str]]
    years: Sequence[tuple[int, str]]
    tags: Sequence[tuple[str, str]]


def found(session: Session, person_id: int, asked: Asked, now: datetime, page: int) -> tuple[Sequence[Badge], int]:
    """One page (from 1) of the badges that fit, in the order asked for; and how many fit in all."""
    fits = _fitting(person_id, asked, now)
    total = int(session.scalar(select(func.count()).select_from(Badge).where(*fits)) or 0)
    # First the numbers, then the rows: sorting must not carry the payloads along.
    numbers = select(Badge.id).where(*fits).order_by(*_order(asked.sort)).limit(PAGE).offset((page - 1) * PAGE)
    ids = session.scalars(numbers).all()
    badges = badges_by_id(session, ids)
    return [badges[one] for one in ids], total


def counts(session: Session, person_id: int, now: datetime) -> Mapping[str, int]:
    """How many badges of a person stand in each family."""
    over = func.sum(case((_is_over(now), 1), else_=0))
    query = select(Badge.state, func.count(), over).where(Badge.person_id == person_id)
    counted: Counter[str] = Counter()
    for state, count, ended in session.execute(query.group_by(Badge.state)):
        counted[family_of(state, is_over=False)] += count - int(ended)
        counted[family_of(state, is_over=True)] += int(ended)
    return +counted


def family_of(state: str, *, is_over: bool) -> str:
    """Where a badge is counted that was found to stand so, and whose end has passed meanwhile or not."""
    if state in EVER_VALID and is_over:
        return "expired"
    return next((name for name, states in FAMILIES.items() if state in states), "unconfirmed")


def choices(session: Session, person_id: int) -> Choices:
    """Everything a person's badges can be filtered by."""
    issuers = session.scalars(
        select(Badge.issuer_name).where(Badge.person_id == person_id, Badge.issuer_name != "").distinct()
    )
    year = extract("year", Badge.issued_on)
    years = session.scalars(
        select(year).where(Badge.person_id == person_id, Badge.issued_on.is_not(None)).distinct().order_by(year.desc())
    )
    skills = (
        select(BadgeSkill.key, func.min(BadgeSkill.name))
        .join(Badge, Badge.id == BadgeSkill.badge_id)
        .where(Badge.person_id == person_id)
        .group_by(BadgeSkill.key)
        .limit(CHOICES_MOST)
    )
    tags = (
        select(BadgeTag.folded, func.min(BadgeTag.label))
        .join(Badge, Badge.id == BadgeTag.badge_id)
        .where(Badge.person_id == person_id)
        .group_by(BadgeTag.folded)
        .limit(CHOICES_MOST)
    )
    return Choices(
        issuers=[(name, name) for name in sorted(issuers, key=folded)[:CHOICES_MOST]],
        skills=sorted(((key, name) for key, name in session.execute(skills)), key=lambda one: folded(one[1])),
        years=[(int(one), str(int(one))) for one in years],
        tags=sorted((key, label) for key, label in session.execute(tags)),
    )


def perhaps_heeded(session: Session, person_id: int, public: AnyOf[int], now: datetime) -> tuple[Sequence[Badge], int]:
    """Badges that may ask for their owner's attention, the newest first, and how many they are in all: at fault, ending
    soon, or taken back and still on a page for others (`public`: those that are on one)."""
    taken_back = and_(Badge.state.in_(TAKEN_BACK), Badge.id.in_(list(public)))
    ending = and_(Badge.state.in_(EVER_VALID), Badge.valid_until > now, Badge.valid_until <= now + SOON)
    query = select(Badge).where(Badge.person_id == person_id, or_(Badge.state.in_(AT_FAULT), taken_back, ending))
    total = int(session.scalar(select(func.count()).select_from(query.subquery())) or 0)
    newest = query.order_by(Badge.added_at.desc(), Badge.id.desc()).limit(HEEDED_MOST)
    return session.scalars(newest).all(), total


def _fitting(person_id: int, asked: Asked, now: datetime) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [Badge.person_id == person_id]
    for word in folded(asked.q).split():
        tagged = _has(BadgeTag, BadgeTag.folded.contains(word, autoescape=True))
        fits.append(or_(Badge.folded.contains(word, autoescape=True), tagged))
    if asked.state in FAMILIES:
        fits.append(_in_family(asked.state, now))
    if asked.issuer:
        fits.append(Badge.issuer_name == asked.issuer)
    if asked.skill:
        fits.append(_has(BadgeSkill, BadgeSkill.key == asked.skill))
    if asked.tag:
        fits.append(_has(BadgeTag, BadgeTag.folded == asked.tag))
    if asked.year:
        first, last = datetime(asked.year, 1, 1, tzinfo=UTC), datetime(asked.year + 1, 1, 1, tzinfo=UTC)
        fits.append(and_(Badge.issued_on >= first, Badge.issued_on < last))
    return fits


def _has(table: type[BadgeSkill] | type[BadgeTag], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Asked of each badge of this person: what is everybody's would be read whole."""
    return exists().where(table.badge_id == Badge.id, condition)


def _in_family(name: str, now: datetime) -> ColumnElement[bool]:
    """The badges that `family_of` puts there."""
    states = [state.value for state in FAMILIES[name]]
    ended = and_(Badge.state.in_(EVER_VALID), _is_over(now))
    if name == "valid":
        return and_(Badge.state.in_(EVER_VALID), ~_is_over(now))
    if name == "expired":
        return or_(Badge.state.in_(states), ended)
    return or_(Badge.state.in_(states), Badge.state == "") if name == "unconfirmed" else Badge.state.in_(states)


def _is_over(now: datetime) -> ColumnElement[bool]:
    return and_(Badge.valid_until.is_not(None), Badge.valid_until <= now)


def _order(sort: str) -> list[Any]:
    match sort:
        case "name":
            return [Badge.folded, Badge.id]
        case "issuer":
            return [func.lower(Badge.issuer_name), Badge.folded, Badge.id]
        case "oldest":
            return [Badge.issued_on.asc().nulls_last(), Badge.id]
        case _:
            return [Badge.issued_on.desc().nulls_last(), Badge.id.desc()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A badge by name, and where it is counted: for overviews that show no badge by itself."""

    public_id: str
    name: str
    family: str


def names_of(session: Session, person_id: int, now: datetime) -> Mapping[int, Named]:
    """A person's badges by their number, without those not to be shown (altered, revoked, somebody else's)."""
    query = select(Badge.id, Badge.public_id, Badge.name, Badge.state, _is_over(now)).where(
        Badge.person_id == person_id
    )
    found = {
        number: Named(public_id=public_id, name=name, family=family_of(state, is_over=bool(over)))
        for number, public_id, name, state, over in session.execute(query)
    }
    return {number: one for number, one in found.items() if one.family != "avoid"}
