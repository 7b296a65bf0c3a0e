"""A new person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backpack.accounts.addresses import MailAddress
from backpack.accounts.models import Address, Person
from backpack.accounts.trail import note


def sign_up(
    session: Session, *, name: str, address: MailAddress, password_hash: str | None, language: str, now: datetime
) -> tuple[Person, Address]:
    """A person whose one address waits to be confirmed. Until then nobody can sign in as them."""
    person = Person(name=name, password_hash=password_hash, language=language, created_at=now)
    session.add(person)
    session.flush()
    waiting = Address(person_id=person.id, spelling=address.spelling, folded=address.folded, is_main=True, added_at=now)
    session.add(waiting)
    session.flush()
    note(session, person.id, "signed-up", now)
    return person, waiting
