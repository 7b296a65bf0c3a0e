"""What an invited person says, and the mailed link that makes it their word: shown first, then confirmed, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from backpack.accounts.queries import addresses_of
from backpack.badges.naming import masked
from backpack.badges.recording import grow_edition
from backpack.database import folded
from backpack.endorsements.fixing import fix
from backpack.endorsements.inviting import hashed
from backpack.endorsements.models import Endorsement
from backpack.errors import N_, BackpackError, Gone

KEY_LASTS: Final = timedelta(days=7)
LETTERS_MOST: Final = 5
NAME_MOST: Final = 100
ROLE_MOST: Final = 150
WORDS_LEAST: Final = 10
WORDS_MOST: Final = 2000


class TooManyLetters(BackpackError):
    code = "too-many-letters"
    sentence = N_("We have sent as many messages for this invitation as we may. Use the link in the newest one.")


class ConfirmationSpent(Gone):
    """Used, too old, overtaken by newer words, withdrawn, or never ours: they must look alike."""

    code = "confirmation-spent"
    sentence = N_(
        "This link no longer works: it was used already, it is too old, or the words were written anew since. "
        "The newest message has the link that works."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody says, under which name and role, and the address that is to confirm it."""

    name: str
    role: str
    words: str
    language: str
    address: str


def write(one: Endorsement, said: Statement, now: datetime) -> str:
    """Put down what was said; the token of the link that confirms exactly this. An earlier link works no more.

    Raises TooManyLetters.
    """
    if one.letters >= LETTERS_MOST:
        raise TooManyLetters
    token = secrets.token_urlsafe(32)
    one.name, one.role, one.words = said.name, said.role, said.words
    one.language, one.address = said.language, said.address
    one.written_at, one.letters = now, one.letters + 1
    one.key_hash, one.key_ends_at = hashed(token), now + KEY_LASTS
    return token


def forget(one: Endorsement) -> None:
    """Take away what was put down, and the link that would confirm it. The letter stays counted."""
    one.name = one.role = one.words = one.language = one.address = ""
    one.written_at = one.key_hash = one.key_ends_at = None


def is_of_owner(session: Session, one: Endorsement, address: str) -> bool:
    """Whether this is an address of the very person whose thing it is: nobody endorses themselves."""
    return _mailbox(address) in {_mailbox(own.spelling) for own in addresses_of(session, one.person_id)}


def _mailbox(address: str) -> str:
    """An address without what many servers ignore in it: capitals, and a tag after a plus."""
    name, _at, domain = folded(address.strip()).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def to_be_confirmed(session: Session, token: str, now: datetime) -> Endorsement:
    """What this mailed link would confirm. Looking does not use it. Raises ConfirmationSpent."""
    query = select(Endorsement).where(
        Endorsement.key_hash == hashed(token),
        Endorsement.key_ends_at > now,
        Endorsement.withdrawn_at.is_(None),
        Endorsement.confirmed_at.is_(None),
    )
    one = session.scalar(query)
    if one is None:
        raise ConfirmationSpent
    return one


def confirm(session: Session, token: str, now: datetime) -> Endorsement:
    """Make it their word, and nobody can use the link again, also not at this very moment. Raises ConfirmationSpent."""
    one = to_be_confirmed(session, token, now)
    if is_of_owner(session, one, one.address):
        raise ConfirmationSpent
    mine = update(Endorsement).where(Endorsement.id == one.id, Endorsement.key_hash == hashed(token))
    done = session.execute(
        mine.values(confirmed_at=now, key_hash=None, key_ends_at=None, address=masked(one.address)).execution_options(
            synchronize_session=False
        )
    )
    if not (isinstance(done, CursorResult) and done.rowcount == 1):
        raise ConfirmationSpent
    session.refresh(one)
    fix(session, one)
    grow_edition(session, one.person_id)
    return one
