"""A person's page of their own: private until they open it, and it lists only what they made public there."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.database import insert_new
from backpack.errors import N_, BackpackError
from backpack.publishing.links import is_open, note
from backpack.publishing.models import Profile, ShareLink, SpentName

NAME_SHAPE: Final = r"^(?!link$)[a-z0-9](?:-?[a-z0-9]){2,39}$"
"""What a profile's name looks like. `link` is the address of profiles that are opened by a link."""


class NameTaken(BackpackError):
    code = "name-taken"
    sentence = N_("This address is somebody’s, or once was. Choose another one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a profile says of its owner, in their own words."""

    name: str
    headline: str = ""
    words: str = ""
    website: str = ""
    name_shown: str = "full"
    may_be_listed: bool = False


def own_profile(session: Session, person_id: int) -> Profile | None:
    """The profile of this person, if they began one."""
    return session.scalar(select(Profile).where(Profile.person_id == person_id))


def write_profile(session: Session, person_id: int, about: About, secret: str, now: datetime) -> Profile:
    """Begin this person's profile, or change what it says. Opens nothing. Raises NameTaken."""
    profile = own_profile(session, person_id)
    if profile is None or profile.name != about.name:
        if not insert_new(session, SpentName, {"digest": _spent(about.name, secret)}, ["digest"]):
            raise NameTaken
        profile = profile or Profile(person_id=person_id)
        profile.name = about.name
        session.add(profile)
    profile.headline, profile.words, profile.website = about.headline, about.words, about.website
    profile.name_shown, profile.may_be_listed = about.name_shown, about.may_be_listed
    session.flush()
    note(session, person_id, "profile.changed", now)
    return profile


def open_profile(session: Session, profile: Profile, now: datetime) -> None:
    """Let everybody read it at its own address."""
    if profile.published_at is None:
        profile.published_at = now
        note(session, profile.person_id, "profile.opened", now)


def close_profile(session: Session, profile: Profile, now: datetime) -> None:
    """Close its own address. Links to it, and the pages it listed, stay as they are."""
    if profile.published_at is not None:
        profile.published_at = None
        note(session, profile.person_id, "profile.closed", now)


def listed_links(session: Session, person_id: int, now: datetime) -> Sequence[ShareLink]:
    """The open links that this person made public on their profile, the oldest first."""
    query = select(ShareLink).where(ShareLink.person_id == person_id, ShareLink.on_profile, *is_open(now))
    return session.scalars(query.order_by(ShareLink.published_at, ShareLink.id)).all()


def other_on_profile(session: Session, link: ShareLink | None, now: datetime, **target: int | None) -> bool:
    """Whether another open link already lists this badge (`badge_id`) or collection (`collection_id`) there."""
    same = [getattr(ShareLink, column) == number for column, number in target.items() if number is not None]
    query = select(ShareLink.id).where(*same, ShareLink.on_profile, *is_open(now))
    return any(one != (link.id if link else None) for one in session.scalars(query))


def _spent(name: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), f"profile name\n{name}".encode(), "sha256")
