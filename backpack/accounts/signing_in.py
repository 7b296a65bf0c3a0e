"""Who may try a password, and what is written down when it was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backpack.accounts.models import Address, Person
from backpack.accounts.queries import address_to_sign_in_with, person_by_id
from backpack.accounts.trail import note
from backpack.accounts.tries import ONE_ACCOUNT, ONE_NETWORK, count_try, forgive, key_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at the password of somebody (as they were named) from a network; names are kept as hashes only."""

    account: bytes
    network: bytes

    @classmethod
    def at(cls, secret: str, who: str, network: str) -> Attempt:
        return cls(key_of(secret, "password", who, network), key_of(secret, "network", network))

    def count(self, session: Session, now: datetime) -> None:
        """Raises TooMany."""
        count_try(session, {self.account: ONE_ACCOUNT, self.network: ONE_NETWORK}, now)

    def succeeded(self, session: Session) -> None:
        forgive(session, self.account, self.network)


def who_signs_in(session: Session, folded: str) -> tuple[Person, Address] | None:
    """Whose password opens the account with this address; None when there is none."""
    address = address_to_sign_in_with(session, folded)
    return (person_by_id(session, address.person_id), address) if address else None


def signed_in(session: Session, person_id: int, now: datetime) -> Person:
    """Write down that somebody has signed in."""
    person = person_by_id(session, person_id)
    person.signed_in_at = now
    note(session, person.id, "signed-in", now)
    return person
