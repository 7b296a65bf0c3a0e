"""Questions about endorsements, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.endorsements.models import Endorsement
from backpack.errors import NotFound


def own_endorsement(session: Session, person_id: int, public_id: str) -> Endorsement:
    """An endorsement or invitation of this person. Raises NotFound."""
    query = select(Endorsement).where(Endorsement.public_id == public_id, Endorsement.person_id == person_id)
    one = session.scalar(query)
    if one is None:
        raise NotFound
    return one


def endorsements_about(
    session: Session, *, badge_id: int | None = None, artefact_id: int | None = None
) -> Sequence[Endorsement]:
    """Everything about this badge or this work, invitations too, the newest first."""
    about = Endorsement.badge_id == badge_id if badge_id is not None else Endorsement.artefact_id == artefact_id
    return session.scalars(select(Endorsement).where(about).order_by(Endorsement.id.desc())).all()


def invitations_showing(session: Session, artefact_id: int, now: datetime) -> Sequence[Endorsement]:
    """The open invitations through which somebody sees this work, the oldest first."""
    is_open = (Endorsement.withdrawn_at.is_(None), Endorsement.confirmed_at.is_(None), Endorsement.ends_at > now)
    query = select(Endorsement).where(
        Endorsement.artefact_id == artefact_id, Endorsement.shows_work.is_(True), *is_open
    )
    return session.scalars(query.order_by(Endorsement.id)).all()


def confirmed_about(session: Session, badge_ids: Iterable[int], artefact_ids: Iterable[int]) -> Sequence[Endorsement]:
    """What others confirmed here of these badges and works, the oldest first: one statement, however many."""
    about = Endorsement.badge_id.in_(list(badge_ids)) | Endorsement.artefact_id.in_(list(artefact_ids))
    here = (Endorsement.confirmed_at.is_not(None), Endorsement.brought_at.is_(None))
    query = select(Endorsement).where(about, *here)
    return session.scalars(query.order_by(Endorsement.confirmed_at, Endorsement.id)).all()
