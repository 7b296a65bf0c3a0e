"""What a warm page has to know of its link: one plain statement, without building anything from the rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import Connection, Executable, select

from backpack.accounts.models import Person
from backpack.errors import Gone, NotFound
from backpack.publishing.links import WELL_FORMED, digest, is_open
from backpack.publishing.models import Profile, ShareLink
from backpack.publishing.profiles import NAME_SHAPE


@dataclass(frozen=True, slots=True)
class Glimpse:
    """An open link, as far as a remembered page needs it, and the edition of what its owner shows."""

    id: int
    public_id: str
    version: int
    badge_id: int | None
    collection_id: int | None
    cv_id: int | None
    profile_id: int | None
    passphrase_hash: str | None
    may_be_listed: bool
    gives_original: bool
    closes_at: datetime | None
    token_hash: bytes
    edition: int


@dataclass(frozen=True, slots=True)
class ProfileGlimpse:
    """The same of a profile that is open at its own address."""

    id: int
    may_be_listed: bool
    edition: int


def link_at(connection: Connection, token: str, now: datetime) -> Glimpse:
    """The link that this token opens at this moment. Raises NotFound when this can be no token, and Gone when it opens
    nothing, whatever the cause."""
    if not WELL_FORMED.fullmatch(token):
        raise NotFound
    row = connection.execute(_link(), {"token_hash": digest(token), "now": now}).first()
    if row is None:
        raise Gone
    return Glimpse(*row)


def profile_at(connection: Connection, name: str) -> ProfileGlimpse:
    """The profile that is open at this address.

    Raises NotFound for what can be no address of one, and Gone where none is open: never there, closed, suspended and
    deleted look alike, as with links.
    """
    if not re.match(NAME_SHAPE, name):
        raise NotFound
    row = connection.execute(_profile(), {"name": name}).first()
    if row is None:
        raise Gone
    return ProfileGlimpse(*row)


@lru_cache(maxsize=1)
def _link() -> Executable:
    now = sa.bindparam("now", type_=ShareLink.created_at.type)
    names = [name for name in Glimpse.__slots__ if name != "edition"]
    columns = [getattr(ShareLink, name) for name in names]
    found = ShareLink.token_hash == sa.bindparam("token_hash")
    joined = select(*columns, Person.edition).join(Person, Person.id == ShareLink.person_id)
    return joined.where(found, *is_open(now))


@lru_cache(maxsize=1)
def _profile() -> Executable:
    joined = select(Profile.id, Profile.may_be_listed, Person.edition).join(Person, Person.id == Profile.person_id)
    return joined.where(
        Profile.name == sa.bindparam("name"), Profile.published_at.is_not(None), Profile.suspended_at.is_(None)
    )
