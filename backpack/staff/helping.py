"""Giving somebody back an account whose every way in is lost, once it is known who they are.

Who runs the site never sees a password and never gets in themselves: a link goes to an address that the person named,
it opens a week later, and every address of the account is told, so that its owner can stop a false one by signing in.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.addresses import AddressTaken, MailAddress, add_address
from backpack.accounts.letters import write_way_back
from backpack.accounts.models import Address, Person
from backpack.accounts.queries import owner_of, person_by_id
from backpack.accounts.trail import note
from backpack.errors import N_, BackpackError
from backpack.staff.log import about, write
from backpack.staff.team import member_of


class NoSuchAccount(BackpackError):
    code = "no-such-account"
    sentence = N_("No account ever confirmed this address. Ask them for another one they used.")


class OfTheTeam(BackpackError):
    """One member alone could take the place of another, with all their roles."""

    code = "of-the-team"
    sentence = N_(
        "This account is on the team, so nobody of the team can open a way back into it. Whoever runs the machine "
        "takes it off the team first: backpack staff remove."
    )


class SeveralAccounts(BackpackError):
    code = "several-accounts"
    sentence = N_("Several accounts confirmed this address, one after the other. Ask them for another one they used.")


def give_way_back(
    session: Session, known: str, new: MailAddress, why: str, *, actor: int, secret: str, now: datetime
) -> None:
    """Send the way back into the account that has, or had, the address `known` to the address `new`.

    Raises NoSuchAccount, SeveralAccounts, OfTheTeam, AddressTaken, TooManyAddresses.
    """
    person = _whose(session, known)
    if member_of(session, person.id) is not None:
        raise OfTheTeam
    owner = owner_of(session, new.folded)
    if owner is not None and owner.person_id != person.id:
        raise AddressTaken
    address = add_address(session, person, new, now)
    write_way_back(session, person, address, now)
    note(session, person.id, "staff-gave-way-back", now, address=new.spelling)
    write(session, actor, "way-back", now, about=about(secret, person.public_id), why=why)


def _whose(session: Session, folded: str) -> Person:
    query = select(Address.person_id).where(Address.folded == folded, Address.confirmed_at.is_not(None))
    owners = set(session.scalars(query))
    if not owners:
        raise NoSuchAccount
    if len(owners) > 1:
        raise SeveralAccounts
    return person_by_id(session, owners.pop())
