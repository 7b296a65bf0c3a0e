"""The edition of what others see of a person: remembered pages of an older one are not shown any more."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from backpack.accounts.models import Person


def grow_edition(session: Session, person_id: int) -> None:
    """Let every remembered public page of this person be made anew, from the end of this transaction on."""
    session.execute(update(Person).where(Person.id == person_id).values(edition=Person.edition + 1))
