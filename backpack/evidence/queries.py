"""Questions about evidence, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backpack.badges import queries as badges
from backpack.badges.models import Badge
from backpack.database import BigId
from backpack.errors import NotFound
from backpack.evidence.models import Artefact, ArtefactFile, Evidence


def evidence_of(session: Session, badge_ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """The learner's evidence behind each of these badges, in its order, works and files included.

    Every badge asked about has an entry. What is hidden (`is_shown` false) is in it: a page for others leaves it out.
    """
    found: dict[int, list[Evidence]] = {badge_id: [] for badge_id in badge_ids}
    query = select(Evidence).where(Evidence.badge_id.in_(found)).order_by(Evidence.position, Evidence.id)
    for one in session.scalars(query.options(selectinload(Evidence.artefact, Artefact.files))).unique():
        found[one.badge_id].append(one)
    return found


def own_evidence(session: Session, person_id: int, public_id: str) -> Evidence:
    """Evidence of this person, with its work and files. Raises NotFound, also for somebody else's."""
    query = (
        select(Evidence)
        .join(Badge, Badge.id == Evidence.badge_id)
        .where(Evidence.public_id == public_id, Badge.person_id == person_id)
        .options(selectinload(Evidence.artefact, Artefact.files))
    )
    one = session.scalars(query).unique().one_or_none()
    if one is None:
        raise NotFound
    return one


def file_of(evidence: Evidence) -> ArtefactFile | None:
    """The file that is shown: the newest. None for a link or a text."""
    return newest(evidence.artefact)


def newest(work: Artefact) -> ArtefactFile | None:
    """The newest version of a work that is a file; None for a link or a text."""
    return work.files[-1] if work.files else None


def room_taken(session: Session, person_id: int) -> int:
    """Bytes that the files of this person's works hold, clean copies aside."""
    return int(session.scalar(_ROOM_TAKEN, {"person": person_id}) or 0)


_ROOM_TAKEN: Final = (
    select(func.coalesce(func.sum(ArtefactFile.size), 0))
    .join(Artefact)
    .where(Artefact.person_id == bindparam("person", type_=BigId))
)
"""Put together once: it is asked twice for every file that comes in."""


def all_room_taken(session: Session, person_id: int) -> int:
    """Bytes that all files of this person take, those of badges included."""
    return room_taken(session, person_id) + badges.room_taken(session, person_id)


def works_of(session: Session, person_id: int) -> int:
    """How many works this person has."""
    return int(session.scalar(_WORKS, {"person": person_id}) or 0)


_WORKS: Final = select(func.count()).where(Artefact.person_id == bindparam("person", type_=BigId))


def own_works(session: Session, person_id: int) -> Sequence[Artefact]:
    """All works of a person with their files, the newest first."""
    query = select(Artefact).where(Artefact.person_id == person_id).options(selectinload(Artefact.files))
    return session.scalars(query.order_by(Artefact.added_at.desc(), Artefact.id.desc())).all()


def own_work(session: Session, person_id: int, public_id: str) -> Artefact:
    """A work of this person, with its files. Raises NotFound, also for somebody else's."""
    query = select(Artefact).where(Artefact.public_id == public_id, Artefact.person_id == person_id)
    work = session.scalar(query.options(selectinload(Artefact.files)))
    if work is None:
        raise NotFound
    return work


def uses_of(session: Session, artefact_ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """The places each of these works has behind badges, the badges included. Every work asked about has an entry."""
    found: dict[int, list[Evidence]] = {artefact_id: [] for artefact_id in artefact_ids}
    query = select(Evidence).where(Evidence.artefact_id.in_(found)).order_by(Evidence.id)
    for one in session.scalars(query.options(joinedload(Evidence.badge))).unique():
        found[one.artefact_id].append(one)
    return found
