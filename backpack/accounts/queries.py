"""Questions about people, each named after its answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Address, OIDCIdentity, Passkey, Person, SignedSession
from backpack.errors import NotFound


def person_by_id(session: Session, person_id: int) -> Person:
    """Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def addresses_of(session: Session, person_id: int) -> Sequence[Address]:
    """All addresses of a person, confirmed or not: the main one first, then as they were added."""
    query = select(Address).where(Address.person_id == person_id)
    return session.scalars(query.order_by(Address.is_main.desc(), Address.added_at, Address.id)).all()


def confirmed_addresses(session: Session, person_id: int) -> tuple[Address, ...]:
    """The addresses a person has shown to be theirs and still has, the main one first."""
    return tuple(one for one in addresses_of(session, person_id) if still_theirs(one))


def closed_addresses(session: Session, person_ids: Collection[int]) -> dict[int, list[Address]]:
    """The addresses that were confirmed once and whose mailbox is gone, by the person's id."""
    query = select(Address).where(
        Address.person_id.in_(person_ids), Address.confirmed_at.is_not(None), Address.closed_at.is_not(None)
    )
    found: dict[int, list[Address]] = {}
    for one in session.scalars(query.order_by(Address.id)):
        found.setdefault(one.person_id, []).append(one)
    return found


def still_theirs(address: Address) -> bool:
    """Whether its person showed that they have this mailbox, and did not say since that it is gone."""
    return address.confirmed_at is not None and address.closed_at is None


def main_address(session: Session, person_id: int) -> Address | None:
    """Where letters to this person go: the main confirmed address. None before the first is confirmed."""
    return next(iter(confirmed_addresses(session, person_id)), None)


def own_address(session: Session, person_id: int, folded: str) -> Address:
    """This person's address. Raises NotFound, also for somebody else's."""
    found = session.scalar(select(Address).where(Address.person_id == person_id, Address.folded == folded))
    if found is None:
        raise NotFound
    return found


def owner_of(session: Session, folded: str) -> Address | None:
    """The address as its one owner confirmed it, or None while nobody has."""
    theirs = (Address.confirmed_at.is_not(None), Address.closed_at.is_(None))
    return session.scalar(select(Address).where(Address.folded == folded, *theirs))


def address_to_sign_in_with(session: Session, folded: str) -> Address | None:
    """The address that opens an account: the confirmed one, else that of the newest account still waiting for it."""
    waiting = (
        select(Address)
        .where(Address.folded == folded, Address.is_main, Address.confirmed_at.is_(None))
        .order_by(Address.added_at.desc(), Address.id.desc())
        .limit(1)
    )
    return owner_of(session, folded) or session.scalar(waiting)


def open_sessions(session: Session, person_id: int, now: datetime) -> Sequence[SignedSession]:
    """The browsers a person is signed in with, the one used last first."""
    query = select(SignedSession).where(SignedSession.person_id == person_id, SignedSession.ends_at > now)
    return session.scalars(query.order_by(SignedSession.seen_at.desc(), SignedSession.id)).all()


def passkeys_of(session: Session, person_id: int) -> Sequence[Passkey]:
    """A person's passkeys, as they were added."""
    return session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)).all()


def identities_of(session: Session, person_id: int) -> Sequence[OIDCIdentity]:
    """Who a person is at their providers of OpenID Connect, as they were linked."""
    query = select(OIDCIdentity).where(OIDCIdentity.person_id == person_id)
    return session.scalars(query.order_by(OIDCIdentity.id)).all()
