"""The links in letters: 32 random bytes, kept as a hash, good once, for a time, and only while nothing changed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from backpack.accounts.models import Address, MailKey, Person
from backpack.accounts.queries import main_address
from backpack.errors import N_, BackpackError

CONFIRM: Final = "confirm"
PASSWORD: Final = "password"
LIFETIMES: Final[Mapping[str, timedelta]] = {CONFIRM: timedelta(days=7), PASSWORD: timedelta(hours=1)}


class LinkSpent(BackpackError):
    """Used, too old, overtaken by a change, or never ours: the four must look alike."""

    code = "link-spent"
    sentence = N_("This link no longer works: it was used already, or it is too old. Ask for a new message.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter's link that is good at this moment, and whom it is about."""

    key: MailKey
    person: Person
    address: Address


class LinkEarly(BackpackError):
    """A way back that the people who run the site gave: it opens later, so that its owner can stop a false one."""

    code = "link-early"
    sentence = N_("This link opens on %(day)s. Until then, whoever has the account can stop it by signing in.")


WAY_BACK_WAITS: Final = timedelta(days=7)
"""One member of the team is enough to give it, so its owner gets a week to hear of a false one."""
WAY_BACK_LASTS: Final = timedelta(days=7)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def new_token(
    session: Session, purpose: str, person: Person, address: Address, now: datetime, onwards: str | None = None
) -> str:
    """The token for a link to `address`. Nobody can read it again: only its hash is kept."""
    return _new(session, purpose, person, address, now, now + LIFETIMES[purpose], onwards)


def new_way_back(session: Session, person: Person, address: Address, now: datetime) -> str:
    """The token for a link that sets a new password, but opens a week later. Any sign-in until then ends it."""
    opens = now + WAY_BACK_WAITS
    return _new(session, PASSWORD, person, address, opens, opens + WAY_BACK_LASTS)


def _new(
    session: Session,
    purpose: str,
    person: Person,
    address: Address,
    opens: datetime,
    ends: datetime,
    onwards: str | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    key = MailKey(
        token_hash=token_hash(token),
        purpose=purpose,
        person_id=person.id,
        address_id=address.id,
        binding=_binding(session, purpose, person, address),
        created_at=opens,
        ends_at=ends,
        onwards=onwards,
    )
    session.add(key)
    return token


def open_key(session: Session, hashed: bytes, purpose: str, now: datetime) -> Opened:
    """What the link of this hash opens. Raises LinkSpent, LinkEarly. Looking does not use it."""
    query = (
        select(MailKey, Person, Address)
        .join(Person, Person.id == MailKey.person_id)
        .join(Address, Address.id == MailKey.address_id)
        .where(
            MailKey.token_hash == hashed, MailKey.purpose == purpose, MailKey.used_at.is_(None), MailKey.ends_at > now
        )
    )
    found = session.execute(query).first()
    if found is None:
        raise LinkSpent
    opened = Opened(*found)
    if opened.key.binding != _binding(session, purpose, opened.person, opened.address):
        raise LinkSpent
    if opened.key.created_at > now:
        raise LinkEarly(day=opened.key.created_at.isoformat())
    return opened


def use_key(session: Session, hashed: bytes, purpose: str, now: datetime) -> Opened:
    """The same, and nobody can use it again, also not at this very moment. Raises LinkSpent."""
    opened = open_key(session, hashed, purpose, now)
    mine = update(MailKey).where(MailKey.id == opened.key.id, MailKey.used_at.is_(None)).values(used_at=now)
    done = session.execute(mine)
    if not (isinstance(done, CursorResult) and done.rowcount == 1):
        raise LinkSpent
    return opened


def _binding(session: Session, purpose: str, person: Person, address: Address) -> bytes:
    """A hash of what must not have changed: for a password its hash, the addresses and the last sign-in."""
    facts = [purpose, str(person.id), address.folded]
    if purpose == PASSWORD:
        main = main_address(session, person.id)
        facts += [
            person.password_hash or "",
            person.signed_in_at.isoformat() if person.signed_in_at else "",
            address.confirmed_at.isoformat() if address.confirmed_at else "",
            main.folded if main else "",
        ]
    return hashlib.sha256("\n".join(facts).encode()).digest()
