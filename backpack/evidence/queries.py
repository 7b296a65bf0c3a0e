"""Questions about evidence, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from backpack.badges.models import Badge
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
    return evidence.artefact.files[-1] if evidence.artefact.files else None


def room_taken(session: Session, person_id: int) -> int:
    """Bytes that the files of this person's works hold, clean copies aside."""
    query = select(func.coalesce(func.sum(ArtefactFile.size), 0)).join(Artefact)
    return int(session.scalar(query.where(Artefact.person_id == person_id)) or 0)


def is_kept(session: Session, storage_key: str) -> bool:
    """Whether any work still refers to this stored file."""
    used = (ArtefactFile.storage_key == storage_key) | (ArtefactFile.clean_key == storage_key)
    return session.scalar(select(ArtefactFile.id).where(used).limit(1)) is not None


def uses_of(session: Session, artefact_id: int) -> int:
    """Behind how many badges this work stands."""
    return int(session.scalar(select(func.count()).where(Evidence.artefact_id == artefact_id)) or 0)
