"""Taking a framework in, bringing it up to date, and taking it away. For the command and for staff pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges.aligned import skill_key
from backpack.badges.naming import one_line
from backpack.database import folded, insert_new, random_name
from backpack.errors import N_, BackpackError, NotFound
from backpack.skills.models import Framework, Skill
from backpack.skills.reading import LABEL_MOST, Entry, Frame


class NamelessFrame(BackpackError):
    code = "framework-without-name"
    sentence = N_("The file gives the framework no name. Say how it is to be called.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an import did."""

    framework: Framework
    skills: int
    added: int
    removed: int


def take_in(session: Session, frame: Frame, name: str, now: datetime) -> Taken:
    """Keep this framework under this name (else its own). One that is there is brought up to date: labels in other
    languages stay, and what the file no longer has goes. Raises NamelessFrame."""
    called = one_line(name or frame.name)[:LABEL_MOST]
    if not called:
        raise NamelessFrame
    framework = _framework(session, called, frame.source, now)
    known = {_same(skill): skill for skill in _skills(session, framework)}
    rows = _rows(framework, called, frame, known)
    session.execute(delete(Skill).where(Skill.framework_id == framework.id))
    if rows:
        session.execute(insert(Skill), list(rows.values()))
    _pages_anew(session)
    return Taken(
        framework=framework, skills=len(rows), added=len(rows.keys() - known), removed=len(known.keys() - rows)
    )


def remove(session: Session, framework: Framework) -> None:
    """Take a framework away; badges keep the skills that they name."""
    session.delete(framework)
    session.flush()
    _pages_anew(session)


def framework_called(session: Session, name: str) -> Framework:
    """The framework of this name, or with this random id. Raises NotFound."""
    found = session.scalar(
        select(Framework).where((Framework.folded == folded(one_line(name))) | (Framework.public_id == name))
    )
    if found is None:
        raise NotFound
    return found


def _framework(session: Session, name: str, source: str, now: datetime) -> Framework:
    values = {
        "public_id": random_name(),
        "name": name,
        "folded": folded(name),
        "source": source,
        "imported_at": now,
    }
    insert_new(session, Framework, values, ["folded"])
    found = session.scalars(select(Framework).where(Framework.folded == folded(name)).with_for_update()).one()
    found.name, found.source, found.imported_at = name, source, now
    return found


def _skills(session: Session, framework: Framework) -> list[Skill]:
    return list(session.scalars(select(Skill).where(Skill.framework_id == framework.id)))


def _same(skill: Skill) -> str:
    return skill.key or skill.code_key


def _rows(framework: Framework, name: str, frame: Frame, known: Mapping[str, Skill]) -> dict[str, dict[str, Any]]:
    """A row per skill, each once."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in frame.entries:
        row = _row(framework, name, entry, len(rows))
        same = row["key"] or row["code_key"]
        before = rows[same]["labels"] if same in rows else known[same].labels if same in known else {}
        row["labels"] = {**before, **entry.labels}
        row["folded"] = folded(" ".join([entry.code, *row["labels"].values()]))
        if same in rows:
            row["position"] = rows[same]["position"]
        rows[same] = row
    return rows


def _row(framework: Framework, name: str, entry: Entry, position: int) -> dict[str, Any]:
    label = next(iter(entry.labels.values()))
    return {
        "framework_id": framework.id,
        "position": position,
        "key": skill_key(entry.url, "", "", "") if entry.url else "",
        "code_key": skill_key("", entry.code, name, label),
        "code": entry.code,
        "url": entry.url,
        "domain": entry.domain,
    }


def _pages_anew(session: Session) -> None:
    """Let remembered pages be made anew: any of them may show a view of skills."""
    session.execute(update(Person).values(edition=Person.edition + 1).execution_options(synchronize_session=False))
