"""A link that asks for words first. Only their argon2id hash is kept; who knew them gets a stamp for two hours.

The stamp is the one cookie that a stranger ever gets: sent to the addresses of this link alone, signed, and good for
nothing once the words change or the link closes. Nothing in it says who they are.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from backpack.accounts.tries import Pace, key_of
from backpack.errors import N_, BackpackError

COOKIE: Final = "opened"
LASTS: Final = timedelta(hours=2)
SHORTEST: Final = 8
LONGEST_BYTES: Final = 256
BY_READER: Final = Pace(free=5, longest=timedelta(minutes=15))
BY_LINK: Final = Pace(free=200, longest=timedelta(seconds=10))
"""Many networks together guess at one link no faster than this, and its real readers never wait longer."""


class Locked(BackpackError):
    """A link whose reader has not said the passphrase yet."""

    code = "link-locked"
    sentence = N_("This page asks for a passphrase. Whoever sent you the link knows it.")


class Door(Protocol):
    """What of a link decides whether a stamp opens it."""

    @property
    def public_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def passphrase_hash(self) -> str | None: ...


def stamp(door: Door, secret: str, now: datetime) -> str:
    """Proof, for two hours, that somebody knew the words of this link."""
    ends = int((now + LASTS).timestamp())
    return f"{ends}.{_signature(door, secret, ends)}"


def opens(door: Door, shown: str, secret: str, now: datetime) -> bool:
    """Whether this link asks for nothing, or this stamp is one of ours for it and still good."""
    if door.passphrase_hash is None:
        return True
    ends, _, signature = shown.partition(".")
    if not (ends.isascii() and ends.isdecimal() and len(ends) <= 12):
        return False
    good = hmac.compare_digest(signature.encode(), _signature(door, secret, int(ends)).encode())
    return good and datetime.fromtimestamp(int(ends), UTC) > now


def paces(door: Door, secret: str, network: str) -> Mapping[bytes, Pace]:
    """How fast words may be tried at this link: from one network, and from all together."""
    return {
        key_of(secret, "passphrase", door.public_id, network): BY_READER,
        key_of(secret, "passphrase", door.public_id): BY_LINK,
    }


def _signature(door: Door, secret: str, ends: int) -> str:
    key = hmac.digest(secret.encode(), b"backpack: key of opened links", "sha256")
    about = f"{door.public_id}:{door.version}:{door.passphrase_hash}:{ends}"
    return hmac.new(key, about.encode(), "sha256").hexdigest()[:40]
