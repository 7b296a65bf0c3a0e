"""Who a person is elsewhere: linked to an account only by somebody who has just proved to be both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backpack.accounts.addresses import waits_for_first
from backpack.accounts.letters import write_new_way
from backpack.accounts.models import OIDCIdentity, Person
from backpack.accounts.queries import person_by_id
from backpack.accounts.trail import note
from backpack.accounts.ways import keep_a_way_in
from backpack.database import insert_new
from backpack.errors import N_, BackpackError, NotFound

HOLDS: Final = timedelta(minutes=15)
"""How long a newcomer may take to say whether they have an account already."""


class IdentityTaken(BackpackError):
    code = "identity-taken"
    sentence = N_(
        "This university account already opens another backpack. Sign in there to take it off, then link it here."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a provider said of who is at this browser. `vouched`: the address may be taken as confirmed."""

    provider: str
    issuer: str
    subject: str
    name: str = ""
    address: str = ""
    vouched: bool = False
    proved_at: datetime | None = None

    def kept(self, now: datetime) -> dict[str, Any]:
        """For a session, until it is clear whose they are."""
        return {
            "provider": self.provider,
            "issuer": self.issuer,
            "subject": self.subject,
            "name": self.name,
            "address": self.address,
            "vouched": self.vouched,
            "proved_at": self.proved_at.isoformat() if self.proved_at else None,
            "ends_at": (now + HOLDS).isoformat(),
        }


def claims_kept(kept: dict[str, Any] | None, now: datetime) -> Claims | None:
    """The newcomer of this browser; None when there is none, or they took too long."""
    if not kept or datetime.fromisoformat(kept["ends_at"]) <= now:
        return None
    proved = kept.get("proved_at")
    claims = {name: value for name, value in kept.items() if name != "ends_at"}
    return Claims(**{**claims, "proved_at": datetime.fromisoformat(proved) if proved else None})


def person_with(session: Session, claims: Claims, now: datetime) -> Person | None:
    """Whose identity this is; None for a newcomer."""
    query = select(OIDCIdentity).where(OIDCIdentity.issuer == claims.issuer, OIDCIdentity.subject == claims.subject)
    known = session.scalar(query)
    if known is None:
        return None
    known.used_at = now
    return person_by_id(session, known.person_id)


def link_identity(session: Session, person_id: int, claims: Claims, now: datetime) -> None:
    """Let this identity open this account; the same again is no change. Raises IdentityTaken.

    An account that never got a confirmed address does not hold it: it was a sign-up that went wrong.
    """
    owner = person_with(session, claims, now)
    if owner is not None and owner.id != person_id and waits_for_first(session, owner.id):
        session.execute(delete(Person).where(Person.id == owner.id))
        owner = None
    if owner is not None and owner.id == person_id:
        return
    values = {
        "person_id": person_id,
        "provider": claims.provider,
        "issuer": claims.issuer,
        "subject": claims.subject,
        "linked_at": now,
    }
    if owner is not None or not insert_new(session, OIDCIdentity, values, ["issuer", "subject"]):
        raise IdentityTaken
    note(session, person_id, "identity-linked", now, provider=claims.provider)
    write_new_way(session, person_id, N_("A university’s sign-in was linked to your account at Backpack."), now)


def unlink_identity(session: Session, person_id: int, public_id: str, now: datetime) -> None:
    """Raises NotFound; LastWayIn where nothing else would open the account."""
    query = select(OIDCIdentity).where(OIDCIdentity.person_id == person_id, OIDCIdentity.public_id == public_id)
    known = session.scalar(query)
    if known is None:
        raise NotFound
    keep_a_way_in(session, person_id, without=known)
    session.delete(known)
    note(session, person_id, "identity-unlinked", now, provider=known.provider)
