"""Inviting somebody to confirm a badge or a work: the link they get, and taking it back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.database import random_name
from backpack.endorsements.models import Endorsement
from backpack.errors import N_, BackpackError, Gone, NotFound
from backpack.evidence.models import Artefact

LASTS: Final = timedelta(days=60)
LABEL_MOST: Final = 100
INVITATIONS_MOST: Final = 200
WELL_FORMED: Final = re.compile(r"[a-z2-7]{32}")


class TooManyInvitations(BackpackError):
    code = "too-many-invitations"
    sentence = N_("You have %(most)s endorsements and invitations, as many as we keep. Delete one you no longer need.")


class InvitationClosed(Gone):
    """Withdrawn, over, answered, or its badge is gone: the causes must look alike."""

    code = "invitation-closed"
    sentence = N_("This invitation is no longer open. If you still want to answer it, ask for a new one.")


def invite(
    session: Session, person_id: int, thing: Badge | Artefact, label: str, *, secret: str, now: datetime
) -> Endorsement:
    """An invitation to confirm this badge or work of the person. Raises TooManyInvitations."""
    count = select(func.count()).where(Endorsement.person_id == person_id)
    if int(session.scalar(count) or 0) >= INVITATIONS_MOST:
        raise TooManyInvitations(most=INVITATIONS_MOST)
    one = Endorsement(
        public_id=random_name(),
        person_id=person_id,
        badge_id=thing.id if isinstance(thing, Badge) else None,
        artefact_id=thing.id if isinstance(thing, Artefact) else None,
        label=label,
        shows_work=True,
        invited_at=now,
        ends_at=now + LASTS,
    )
    one.token_hash = hashed(token_of(one, secret))
    session.add(one)
    session.flush()
    return one


def token_of(one: Endorsement, secret: str) -> str:
    """The end of an invitation's address: its owner can be shown it again, a reader of the database can't make it."""
    key = hmac.digest(secret.encode(), b"backpack: key of invitations", "sha256")
    return base64.b32encode(hmac.digest(key, one.public_id.encode(), "sha256")[:20]).decode().lower()


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def open_invitation(session: Session, token: str, now: datetime) -> Endorsement:
    """What an invited person may answer at this moment.

    Raises NotFound when this can be no token, and InvitationClosed when it is not open, whatever the cause.
    """
    if not WELL_FORMED.fullmatch(token):
        raise NotFound
    one = session.scalar(select(Endorsement).where(Endorsement.token_hash == hashed(token)))
    if one is None or not is_open(one, now):
        raise InvitationClosed
    return one


def is_open(one: Endorsement, now: datetime) -> bool:
    """Whether an invited person may still answer."""
    return one.withdrawn_at is None and one.confirmed_at is None and one.ends_at > now


def withdraw(one: Endorsement, now: datetime) -> None:
    """Close an invitation that was not confirmed: its link, and the mailed one. Closing it twice is closing it."""
    if one.confirmed_at is None:
        one.withdrawn_at = one.withdrawn_at or now
        one.key_hash, one.address, one.words, one.name, one.role = None, "", "", "", ""


def remove(session: Session, one: Endorsement) -> None:
    """Delete it, from every page too."""
    session.delete(one)
    session.flush()
    grow_edition(session, one.person_id)
