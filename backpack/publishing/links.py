"""Share links: making, opening, changing and closing a door.

A link's token is HMAC(link key, public id and version), 160 bits. Only its hash is kept: its owner can be shown it
again, a reader of the database cannot make it, and a higher version replaces it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from collections.abc import Collection as AnyOf
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from backpack.accounts.models import AuditEvent
from backpack.badges.recording import grow_edition
from backpack.database import random_name
from backpack.errors import Gone, NotFound
from backpack.publishing.models import ShareLink, ShownBadge, ShownEndorsement, ShownEvidence, ShownWork
from backpack.publishing.passphrases import Door, Locked

WELL_FORMED: Final = re.compile(r"[a-z2-7]{32}")
NAMES: Final = ("full", "initial", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What its owner decides about a link: who may open it, who may know the name, what it is for, until when, and
    what it shows."""

    label: str = ""
    name_shown: str = "full"
    closes_at: datetime | None = None
    badges: AnyOf[int] = ()
    """Of a collection: the badges that its page shows. Of a badge's or a CV's link: none."""
    evidence: AnyOf[int] = ()
    works: AnyOf[int] = ()
    """Of a collection: the works that its page shows by themselves."""
    endorsements: AnyOf[int] = ()
    passphrase_hash: str | None = None
    on_profile: bool = False
    may_be_listed: bool = False
    gives_original: bool = False


def asks_nothing(link: ShareLink) -> bool:
    """Whether a link opens to whoever has it."""
    return link.passphrase_hash is None


def token_of(link: Door, secret: str) -> str:
    """The token of a link: the end of its address, 32 letters and digits. `secret` is the setting SECRET_KEY."""
    key = hmac.digest(secret.encode(), b"backpack: key of share links", "sha256")
    made = hmac.digest(key, f"{link.public_id}:{link.version}".encode(), "sha256")[:20]
    return base64.b32encode(made).decode().lower()


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def is_open(now: datetime | ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a link opens at this moment."""
    return (
        ShareLink.published_at.is_not(None),
        ShareLink.published_at <= now,
        ShareLink.withdrawn_at.is_(None),
        ShareLink.suspended_at.is_(None),
        or_(ShareLink.closes_at.is_(None), ShareLink.closes_at > now),
    )


def open_link(
    session: Session, token: str, now: datetime, lets_in: Callable[[ShareLink], bool] = asks_nothing
) -> ShareLink:
    """The link that a stranger may use at this moment. `lets_in`: whether this reader may pass a link that asks.

    Raises NotFound when this can be no token, Gone when it opens nothing, whatever the cause, and Locked when it asks
    for a passphrase first.
    """
    if not WELL_FORMED.fullmatch(token):
        raise NotFound
    link = session.scalar(select(ShareLink).where(ShareLink.token_hash == digest(token), *is_open(now)))
    if link is None:
        raise Gone
    if not lets_in(link):
        raise Locked
    return link


def create_link(
    session: Session,
    person_id: int,
    *,
    secret: str,
    now: datetime,
    badge_id: int | None = None,
    collection_id: int | None = None,
    cv_id: int | None = None,
    profile_id: int | None = None,
) -> ShareLink:
    """A link to one badge, one collection, one CV or the profile of this person: a draft, which opens nothing."""
    link = ShareLink(
        public_id=random_name(),
        person_id=person_id,
        badge_id=badge_id,
        collection_id=collection_id,
        cv_id=cv_id,
        profile_id=profile_id,
        version=1,
        created_at=now,
    )
    link.token_hash = digest(token_of(link, secret))
    session.add(link)
    session.flush()
    return link


def publish(session: Session, link: ShareLink, choices: Choices, now: datetime) -> None:
    """Open the link, or change what an open one shows. Only what `choices` names is shown, and nothing else changes.

    Its ids must be of the link's person and target: the caller asks `queries` for them. Raises Gone when withdrawn.
    """
    if link.withdrawn_at is not None:
        raise Gone
    link.label, link.name_shown, link.closes_at = choices.label, choices.name_shown, choices.closes_at
    link.passphrase_hash, link.on_profile = choices.passphrase_hash, choices.on_profile
    link.may_be_listed, link.gives_original = choices.may_be_listed, choices.gives_original
    link.published_at = link.published_at or now
    for table, column, ids in (
        (ShownBadge, ShownBadge.badge_id, choices.badges),
        (ShownEvidence, ShownEvidence.evidence_id, choices.evidence),
        (ShownWork, ShownWork.artefact_id, choices.works),
        (ShownEndorsement, ShownEndorsement.endorsement_id, choices.endorsements),
    ):
        session.execute(delete(table).where(table.link_id == link.id))
        session.add_all(table(**{"link_id": link.id, column.key: one}) for one in sorted(set(ids)))
    note(session, link.person_id, "link.published", now, link=link.public_id)


def withdraw(session: Session, link: ShareLink, now: datetime) -> None:
    """Close the link for good: its page, its files, its codes. Closing it twice is closing it."""
    if link.withdrawn_at is None:
        link.withdrawn_at = now
        note(session, link.person_id, "link.withdrawn", now, link=link.public_id)


def note(session: Session, person_id: int, what: str, now: datetime, **facts: str) -> None:
    """A line in the person's own trail, and a new edition of what others see of them."""
    session.add(AuditEvent(person_id=person_id, at=now, what=what, facts=facts))
    grow_edition(session, person_id)
