"""The log of the people who run the site: lines are added, never changed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.errors import N_
from backpack.openbadges.report import Sentence
from backpack.staff.models import StaffEvent

SENTENCES: Final[Mapping[str, str]] = {
    "staff-added": N_("Made member {member} part of the team: {roles}."),
    "staff-changed": N_("Gave member {member} these roles: {roles}."),
    "staff-removed": N_("Took member {member} off the team."),
    "report-settled": N_("Read a report ({reason}) about page {page}; nothing more to do."),
    "page-suspended": N_("Suspended page {page}: {why}"),
    "page-lifted": N_("Opened page {page} again."),
    "issuer-trusted": N_("Put {value} ({name}) on the list: {kind}."),
    "issuer-dropped": N_("Took {value} ({name}) off the list: {kind}."),
    "frame-taken-in": N_("Took in the framework {name}: {skills} skills, {added} new, {removed} gone."),
    "frame-removed": N_("Took away the framework {name}."),
    "way-back": N_("Sent a way back into account {about}: {why}"),
}


def write(session: Session, actor: int | None, what: str, now: datetime, **facts: str | int) -> None:
    """Add a line. `actor`: the member's number; None for the command line."""
    session.add(StaffEvent(at=now, actor=actor, what=what, facts=facts))


def newest(session: Session, most: int, before: int | None = None) -> Sequence[StaffEvent]:
    """The newest lines, or those older than the line `before`."""
    query = select(StaffEvent).order_by(StaffEvent.id.desc()).limit(most)
    return session.scalars(query if before is None else query.where(StaffEvent.id < before)).all()


def words_of(event: StaffEvent) -> Sentence:
    """A line as a page says it."""
    facts = {name: str(value) for name, value in event.facts.items()}
    return Sentence(text=SENTENCES.get(event.what, event.what), facts=facts)


def about(secret: str, public_id: str) -> str:
    """Whom a line is about: the same for the same account, and nobody's id. It dies with the key or the account."""
    return hmac.digest(secret.encode(), f"staff log\n{public_id}".encode(), "sha256").hex()[:12]
