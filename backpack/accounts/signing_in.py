"""Who may try a password, and what is written down when it was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backpack.accounts.models import Address, KnownNetwork, Person
from backpack.accounts.queries import address_to_sign_in_with, person_by_id
from backpack.accounts.trail import note
from backpack.accounts.tries import (
    EVERYWHERE,
    ONE_ACCOUNT,
    ONE_NETWORK,
    TriedFromEverywhere,
    count_try,
    forgive,
    key_of,
)
from backpack.database import insert_new
from backpack.errors import TooMany

KNOWN_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at the password of somebody (as they were named) from a network; names are kept as hashes only."""

    account: bytes
    network: bytes
    everywhere: bytes

    @classmethod
    def at(cls, secret: str, who: str, network: str) -> Attempt:
        return cls(
            account=key_of(secret, "password", who, network),
            network=key_of(secret, "network", network),
            everywhere=key_of(secret, "everywhere", who),
        )

    def count(self, session: Session, now: datetime) -> None:
        """Raises TooMany."""
        count_try(session, {self.account: ONE_ACCOUNT, self.network: ONE_NETWORK}, now)

    def count_everywhere(self, session: Session, now: datetime) -> None:
        """Count it as one from a network that its account does not know. Raises TriedFromEverywhere."""
        try:
            count_try(session, {self.everywhere: EVERYWHERE}, now)
        except TooMany as error:
            minutes = error.facts.get("minutes") or ceil(int(error.facts["seconds"]) / 60)
            raise TriedFromEverywhere(minutes=minutes) from error

    def succeeded(self, session: Session) -> None:
        forgive(session, self.account, self.network, self.everywhere)


def network_key(secret: str, network: str) -> bytes:
    """What is kept of a network that somebody signed in from: nothing that its reader could guess back."""
    return key_of(secret, "known network", network)


def who_signs_in(session: Session, folded: str) -> tuple[Person, Address] | None:
    """Whose password opens the account with this address; None when there is none."""
    address = address_to_sign_in_with(session, folded)
    return (person_by_id(session, address.person_id), address) if address else None


def knows(session: Session, person_id: int, network: bytes, now: datetime) -> bool:
    """Whether this person signed in from this network in the last ninety days."""
    mine = (KnownNetwork.person_id == person_id, KnownNetwork.key_hash == network)
    return session.scalar(select(KnownNetwork.id).where(*mine, KnownNetwork.seen_at > now - KNOWN_FOR)) is not None


def signed_in(session: Session, person_id: int, network: bytes, now: datetime) -> Person:
    """Write down that somebody has signed in, and from which network (`network_key`)."""
    person = person_by_id(session, person_id)
    person.signed_in_at = now
    values = {"person_id": person_id, "key_hash": network, "seen_at": now}
    if not insert_new(session, KnownNetwork, values, ["person_id", "key_hash"]):
        mine = (KnownNetwork.person_id == person_id, KnownNetwork.key_hash == network)
        session.execute(update(KnownNetwork).where(*mine).values(seen_at=now))
    note(session, person.id, "signed-in", now)
    return person
