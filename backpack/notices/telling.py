"""Telling a badge's owner once that it was revoked, ends soon, or that its issuer has been silent for a week.

A notice is a row; a job gathers what a person was not written about yet into one letter, some minutes later, so that
an issuer who takes back twenty badges at once causes one letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.trail import note
from backpack.badges.models import Badge
from backpack.database import insert_new, random_name
from backpack.notices.models import Notice, NoticeChoices

REVOKED: Final = "revoked"
EXPIRING: Final = "expiring"
UNREACHABLE: Final = "unreachable"
KINDS: Final = (REVOKED, EXPIRING, UNREACHABLE)

WRITE: Final = "notices.write"
GATHERED: Final = timedelta(minutes=5)


def tell(session: Session, badge: Badge, kind: str, subject: str, now: datetime, **facts: str) -> bool:
    """Tell the owner of this badge, unless they were told the same before; whether it is new."""
    values = {
        "public_id": random_name(),
        "person_id": badge.person_id,
        "badge_id": badge.id,
        "kind": kind,
        "subject": subject,
        "facts": facts,
        "created_at": now,
    }
    is_new = insert_new(session, Notice, values, ["badge_id", "kind", "subject"])
    if is_new:
        person = badge.person_id
        jobs.ask(session, WRITE, str(person), now, run_at=now + GATHERED, priority=5, person=person)
    return is_new


def choose(session: Session, person_id: int, without: Iterable[str], now: datetime) -> None:
    """Keep which kinds of notices this person wants no letters about. They stay on their pages."""
    kept = [kind for kind in KINDS if kind in set(without)]
    insert_new(session, NoticeChoices, {"person_id": person_id, "no_letters": kept}, ["person_id"])
    session.execute(update(NoticeChoices).where(NoticeChoices.person_id == person_id).values(no_letters=kept))
    note(session, person_id, "notices.chosen", now, without=", ".join(kept))


def lay_aside(session: Session, person_id: int, now: datetime, *, public_id: str | None = None) -> None:
    """Note that this person has read this notice, or all of theirs."""
    mine = update(Notice).where(Notice.person_id == person_id, Notice.seen_at.is_(None))
    if public_id is not None:
        mine = mine.where(Notice.public_id == public_id)
    session.execute(mine.values(seen_at=now))
