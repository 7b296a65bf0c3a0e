"""What goes by itself, every day: the words and addresses of people who never confirmed them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.database import transaction, utcnow
from backpack.endorsements.models import Endorsement

SWEEP: Final = "endorsements.sweep"


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue the next sweep, once whoever asks."""
    at = (now + timedelta(days=1)).replace(hour=4, minute=0, second=0, microsecond=0)
    jobs.ask(session, SWEEP, at.date().isoformat(), now, run_at=at, priority=-10)


def sweep(_payload: dict[str, Any]) -> None:
    """The handler of `endorsements.sweep`."""
    now = utcnow()
    with transaction() as session:
        forget(session, now)
        wish_sweep(session, now)


def forget(session: Session, now: datetime) -> None:
    """Forget what somebody wrote and did not confirm, once the link that could confirm it works no more."""
    session.execute(
        update(Endorsement)
        .where(
            Endorsement.confirmed_at.is_(None),
            Endorsement.address != "",
            or_(Endorsement.key_ends_at <= now, Endorsement.key_hash.is_(None)),
        )
        .values(name="", role="", words="", address="", written_at=None, key_hash=None, key_ends_at=None)
        .execution_options(synchronize_session=False)
    )
