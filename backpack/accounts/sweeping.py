"""What goes by itself, every hour: ended sessions, forgotten tries, spent links, and sign-ups nobody confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.mail_keys import LIFETIMES
from backpack.accounts.models import Address, KnownNetwork, MailKey, Person, SignedSession, Throttle
from backpack.accounts.signing_in import KNOWN_FOR
from backpack.accounts.tries import FORGOTTEN_AFTER
from backpack.database import transaction, utcnow

SWEEP: Final = "accounts.sweep"
WAITS: Final = max(LIFETIMES.values())
"""How long a sign-up waits for its confirmation: as long as its link works."""


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue the next sweep, once whoever asks."""
    jobs.ask_hourly(session, SWEEP, now)


def sweep(_payload: dict[str, Any]) -> None:
    """The handler of `accounts.sweep`."""
    now = utcnow()
    with transaction() as session:
        forget(session, now)
        wish_sweep(session, now)


def forget(session: Session, now: datetime) -> None:
    """Delete what has had its time."""
    session.execute(delete(SignedSession).where(SignedSession.ends_at <= now))
    session.execute(delete(Throttle).where(Throttle.last_at < now - FORGOTTEN_AFTER))
    session.execute(delete(KnownNetwork).where(KnownNetwork.seen_at < now - KNOWN_FOR))
    session.execute(delete(MailKey).where(or_(MailKey.ends_at <= now, MailKey.used_at.is_not(None))))
    confirmed = select(Address.id).where(Address.person_id == Person.id, Address.confirmed_at.is_not(None)).exists()
    session.execute(delete(Person).where(Person.created_at < now - WAITS, ~confirmed, ~Person.is_demo))
