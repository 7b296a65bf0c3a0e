"""A person's own trail: what was done to their account, and when. Nobody else reads it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backpack.accounts.models import AuditEvent


def note(session: Session, person_id: int, what: str, now: datetime, **facts: str | int) -> None:
    """Add a line. `what` is a stable code; sentences are made where the trail is shown."""
    session.add(AuditEvent(person_id=person_id, at=now, what=what, facts=facts))
