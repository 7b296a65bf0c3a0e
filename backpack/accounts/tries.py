"""Growing delays after wrong passwords, and how many letters an address gets. Never a lock: waiting always helps.

Rows of the database, so that they hold in every process. Whether an account exists makes no difference here.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backpack.accounts.models import Throttle
from backpack.database import insert_new
from backpack.errors import N_, TooMany

FORGOTTEN_AFTER: Final = timedelta(days=1)


class TooSoon(TooMany):
    """The next try must wait some seconds. (From two minutes on: TooMany, which says minutes.)"""

    code = "too-soon"
    sentence = N_("Too many tries. Wait %(seconds)s s, then try again.")


class TriedFromEverywhere(TooMany):
    """So many wrong passwords from all over that whoever comes from a network we do not know must wait."""

    code = "tried-from-everywhere"
    sentence = N_(
        "Many passwords were tried at this address from other places. Sign in with a passkey or with the link of "
        "“Forgotten password”, or try again in %(minutes)s min."
    )


def too_soon(wait: timedelta) -> TooMany:
    """The error that says how long to wait."""
    seconds = ceil(wait.total_seconds())
    return TooSoon(seconds=seconds) if seconds < 120 else TooMany(minutes=ceil(seconds / 60))


@dataclass(frozen=True, slots=True)
class Pace:
    """How many tries are free, how long the first delay is, and the longest one that doubling leads to."""

    free: int
    longest: timedelta
    first: timedelta = timedelta(seconds=1)

    def delay(self, tries: int) -> timedelta:
        """How long after the last of `tries` tries the next may come."""
        if tries < self.free:
            return timedelta()
        doubled: int = 2 ** min(tries - self.free, 20)
        return min(self.first * doubled, self.longest)


ONE_ACCOUNT: Final = Pace(free=5, longest=timedelta(minutes=15), first=timedelta(seconds=16))
"""By account and network together: who guesses delays themselves, not the owner elsewhere. Ten in a quarter of an
hour at most, and then four an hour."""
ONE_NETWORK: Final = Pace(free=100, longest=timedelta(seconds=5))
"""A whole campus may share a network: never more than a short wait."""
EVERYWHERE: Final = Pace(free=100, longest=timedelta(minutes=5))
"""By account, from all networks its owner did not sign in from lately: a thousand machines guess no more than a
hundred times and then once in five minutes. The owner is let in from where they were, by passkey, or by letter."""
LETTERS_AN_HOUR: Final = 5
"""To one address, of one kind: who has letters of one kind sent there keeps none of another kind away."""
LETTERS: Final = ("confirm", "taken", "password", "endorsement")
"""The kinds of letter that somebody may have sent to an address that is not theirs."""


def key_of(secret: str, *parts: str) -> bytes:
    """What the table knows of an account or a network: nothing that its reader could guess back."""
    return hmac.digest(secret.encode(), "\n".join(parts).encode("utf-8", "replace"), "sha256")


def letters_key(secret: str, kind: str, folded: str) -> bytes:
    """Under what letters of this kind to this address are counted."""
    return key_of(secret, "letters", kind, folded)


def count_try(session: Session, paces: Mapping[bytes, Pace], now: datetime) -> None:
    """Count a try under each key. Raises TooMany, and then counts nothing.

    Counted before the password is looked at, so that a hundred tries at once are a hundred tries.
    """
    rows = [(_row(session, key, now), pace) for key, pace in sorted(paces.items())]
    wait = max(row.last_at + pace.delay(row.tries) - now for row, pace in rows)
    if wait > timedelta():
        raise too_soon(wait)
    for row, _ in rows:
        row.tries, row.last_at = row.tries + 1, now


def forgive(session: Session, account: bytes, *shared: bytes) -> None:
    """The password was right: this account's tries from here are forgotten, and one of each shared count given back."""
    session.execute(delete(Throttle).where(Throttle.key == account))
    for row in session.scalars(select(Throttle).where(Throttle.key.in_(shared)).with_for_update()):
        row.tries = max(row.tries - 1, 0)


def may_write(session: Session, key: bytes, now: datetime) -> bool:
    """Whether one more letter of this kind may go to this address now: five an hour, whoever asks. Counts it."""
    row = _row(session, key, now)
    if now - row.first_at >= timedelta(hours=1):
        row.tries, row.first_at = 0, now
    if row.tries >= LETTERS_AN_HOUR:
        return False
    row.tries, row.last_at = row.tries + 1, now
    return True


def _row(session: Session, key: bytes, now: datetime) -> Throttle:
    insert_new(session, Throttle, {"key": key, "tries": 0, "first_at": now, "last_at": now}, ["key"])
    row = session.scalars(select(Throttle).where(Throttle.key == key).with_for_update()).one()
    if now - row.last_at > FORGOTTEN_AFTER:
        row.tries, row.first_at, row.last_at = 0, now, now
    return row
