"""Which skills have a badge, which have evidence too, and which have neither: for an owner, and for their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backpack.badges.aligned import skill_key
from backpack.badges.models import BadgeSkill
from backpack.database import folded
from backpack.skills.models import Framework, Skill

WHOLE: Final = 300
"""A framework with at most so many skills is listed whole; of a larger one, what has no badge is only counted."""
STANDINGS: Final = ("evidence", "badge", "work", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One skill: its names by language, the badges that name it, and how many works stand behind those."""

    labels: Mapping[str, str]
    code: str = ""
    url: str = ""
    domain: str = ""
    badges: Sequence[int] = ()
    works: int = 0

    def name_in(self, language: str) -> str:
        """Its name in this language, else in the one there is."""
        return self.labels.get(language) or next(iter(self.labels.values()), self.code)

    @property
    def standing(self) -> str:
        """evidence (a badge with works behind it), badge (without), work (works alone) or neither."""
        if self.badges:
            return "evidence" if self.works else "badge"
        return "work" if self.works else "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A framework over some badges; without a framework: the skills that the badges name in no known one."""

    name: str = ""
    lines: Sequence[Line] = ()
    without: int = 0
    """Skills of the framework that no badge names and that are not listed."""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def domains(self) -> list[tuple[str, list[Line]]]:
        """The lines under their headings, both in the order of the framework."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.domain, []).append(line)
        return list(found.items())


def frameworks(session: Session) -> Sequence[Framework]:
    """Every framework the operator imported, by name."""
    return session.scalars(select(Framework).order_by(Framework.folded)).all()


def framework_named(session: Session, public_id: str) -> Framework | None:
    """The framework with this random id, if it is still there."""
    return session.scalar(select(Framework).where(Framework.public_id == public_id))


def named_by(session: Session, badge_ids: Iterable[int]) -> Sequence[BadgeSkill]:
    """Every skill that these badges name: one statement, however many."""
    query = select(BadgeSkill).where(BadgeSkill.badge_id.in_(list(badge_ids)))
    return session.scalars(query.order_by(BadgeSkill.id)).all()


def coverage_of(
    session: Session,
    framework: Framework,
    named: Sequence[BadgeSkill],
    works: Mapping[int, int],
    words: Mapping[str, int] | None = None,
) -> Coverage:
    """A framework over the badges that name these skills.

    `works`: how many works stand behind each badge. `words`: how many works their owner put a skill's name or code on.
    """
    badges: dict[str, list[int]] = {}
    for one in named:
        for key in _keys(one):
            badges.setdefault(key, []).append(one.badge_id)
    total = int(session.scalar(select(func.count()).where(Skill.framework_id == framework.id)) or 0)
    query = select(Skill).where(Skill.framework_id == framework.id).order_by(Skill.position)
    if total > WHOLE:
        query = query.where(or_(Skill.key.in_(badges), Skill.code_key.in_(badges)))
    lines = [_line(skill, badges, works, words or {}) for skill in session.scalars(query)]
    return _counted(framework.name, lines, without=total - len(lines))


def others(
    session: Session, frames: Iterable[Framework], named: Sequence[BadgeSkill], works: Mapping[int, int]
) -> Coverage:
    """The skills these badges name that stand in none of these frameworks."""
    keys = {key for one in named for key in _keys(one)}
    query = select(Skill.key, Skill.code_key).where(Skill.framework_id.in_([one.id for one in frames]))
    rows = session.execute(query.where(or_(Skill.key.in_(keys), Skill.code_key.in_(keys))))
    known = {key for row in rows for key in row}
    return named_alone([one for one in named if not _keys(one) & known], works)


def named_alone(named: Sequence[BadgeSkill], works: Mapping[int, int]) -> Coverage:
    """The skills that badges name, each once, by name."""
    badges: dict[str, list[int]] = {}
    first: dict[str, BadgeSkill] = {}
    for one in named:
        badges.setdefault(one.key, []).append(one.badge_id)
        first.setdefault(one.key, one)
    lines = [
        Line(
            labels={"": one.name},
            code=one.code if one.code != one.name else "",
            url=one.url,
            domain=one.framework,
            badges=badges[key],
            works=sum(works.get(number, 0) for number in badges[key]),
        )
        for key, one in first.items()
    ]
    return _counted("", sorted(lines, key=lambda line: (folded(line.domain), folded(line.name_in("")))))


def _keys(one: BadgeSkill) -> set[str]:
    """Every way in which a framework may know the skill that a badge names."""
    keys = {one.key}
    if one.code:
        keys.add(skill_key("", one.code, one.framework, ""))
    return keys


def _line(
    skill: Skill, badges: Mapping[str, Sequence[int]], works: Mapping[int, int], words: Mapping[str, int]
) -> Line:
    called = {folded(one) for one in (skill.code, *skill.labels.values()) if one}
    found = dict.fromkeys([*badges.get(skill.key or "-", ()), *badges.get(skill.code_key, ())])
    return Line(
        labels=skill.labels,
        code=skill.code,
        url=skill.url,
        domain=skill.domain,
        badges=list(found),
        works=sum(works.get(number, 0) for number in found) + sum(words.get(one, 0) for one in called),
    )


def _counted(name: str, lines: Sequence[Line], without: int = 0) -> Coverage:
    counts = {one: sum(line.standing == one for line in lines) for one in STANDINGS}
    counts["neither"] += without
    return Coverage(name=name, lines=lines, without=without, counts=counts)
