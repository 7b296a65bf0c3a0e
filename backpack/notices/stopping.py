"""The link that stops a person's letters without signing in (RFC 8058): good for nothing else, and as long as its key.

It is HMAC(key of stopping, the person's public id): a reader of the database cannot make it, and it names nobody.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.errors import NotFound
from backpack.notices.telling import KINDS, choose


def stop_token(person: Person, secret: str) -> str:
    """The end of the address that stops this person's letters. `secret` is the setting SECRET_KEY."""
    key = hmac.digest(secret.encode(), b"backpack: key of links that stop letters", "sha256")
    made = hmac.digest(key, person.public_id.encode(), "sha256")[:20]
    return base64.b32encode(made).decode().lower()


def person_to_spare(session: Session, public_id: str, token: str, secret: str) -> Person:
    """Whose letters this link stops. Raises NotFound for every link that is not ours."""
    person = session.scalar(select(Person).where(Person.public_id == public_id))
    if person is None or not hmac.compare_digest(stop_token(person, secret).encode(), token.encode()):
        raise NotFound
    return person


def stop_letters(session: Session, person: Person, now: datetime) -> None:
    """No more letters about badges. Those about the account itself (passwords, addresses) go on."""
    choose(session, person.id, KINDS, now)
