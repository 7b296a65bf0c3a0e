"""What a person settles about themselves: their name and their language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.accounts.queries import person_by_id
from backpack.accounts.trail import note


def rename(session: Session, person_id: int, name: str, now: datetime) -> None:
    """Their pages say the new name from the next reader on. Raises NotFound."""
    person = person_by_id(session, person_id)
    if person.name != name:
        person.name = name
        person.edition = Person.edition + 1
        note(session, person_id, "renamed", now)


def speak(session: Session, person_id: int, language: str) -> None:
    """The language of their letters, and of pages where their browser asked for none. Raises NotFound."""
    person_by_id(session, person_id).language = language
