"""How an address is written, and a person's several: added, confirmed, made the main one, closed, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.editions import grow_edition
from backpack.accounts.letters import write_address_gone, write_main_moved
from backpack.accounts.models import Address, MailKey, Person
from backpack.accounts.queries import (
    addresses_of,
    confirmed_addresses,
    main_address,
    own_address,
    owner_of,
    still_theirs,
)
from backpack.accounts.trail import note
from backpack.errors import N_, BackpackError

MOST = 20


class NotAnAddress(BackpackError):
    code = "not-an-address"
    sentence = N_("This is not a mail address. It should look like name@example.org.")


class AddressTaken(BackpackError):
    code = "address-taken"
    sentence = N_(
        "This address belongs to another account. Sign in there and remove it, then add it here; "
        "or keep using that account."
    )


class LastAddress(BackpackError):
    code = "last-address"
    sentence = N_("This is your only confirmed address. Confirm another one first, then remove this one.")


class NotConfirmed(BackpackError):
    code = "address-not-confirmed"
    sentence = N_("Confirm this address first: open the link in the message we sent there.")


class TooManyAddresses(BackpackError):
    code = "too-many-addresses"
    sentence = N_("You have %(most)s addresses already. Remove one you no longer use, then add this one.")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A mail address as typed (domain in lower case), and as two spellings of one mailbox are compared."""

    spelling: str
    folded: str
    EXAMPLE: ClassVar[str] = "name@example.org"


def read_address(text: str) -> MailAddress:
    """Raises NotAnAddress. Whether somebody reads it is only known once it is confirmed."""
    try:
        # No question to the network, and a campus may have a mail domain without a dot.
        found = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise NotAnAddress from error
    return MailAddress(found.normalized, found.normalized.lower())


def fold(typed: str) -> str:
    """As it is compared, for looking somebody up by what they typed: no address at all finds nobody."""
    try:
        return read_address(typed).folded
    except NotAnAddress:
        return typed.lower()


def add_address(session: Session, person: Person, address: MailAddress, now: datetime) -> Address:
    """Note an address the person wants to confirm; the same again is the same row. Raises TooManyAddresses.

    Whether somebody else owns it makes no difference here: the answer must not tell.
    """
    mine = {one.folded: one for one in addresses_of(session, person.id)}
    if address.folded in mine:
        return mine[address.folded]
    if len(mine) >= MOST:
        raise TooManyAddresses(most=MOST)
    added = Address(person_id=person.id, spelling=address.spelling, folded=address.folded, added_at=now)
    session.add(added)
    session.flush()
    note(session, person.id, "address-added", now, address=address.spelling)
    return added


def confirm_address(session: Session, address: Address, now: datetime) -> bool:
    """The mailbox was shown to be theirs: it has one owner from here on. Whether that is new. Raises AddressTaken.

    Badges that waited for this address may enter now: the job `address.confirmed` says so to who keeps them.
    """
    if still_theirs(address):
        return False
    owner = owner_of(session, address.folded)
    if owner is not None:
        raise AddressTaken
    first = not confirmed_addresses(session, address.person_id)
    try:
        with session.begin_nested():
            address.confirmed_at, address.closed_at = now, None
    except IntegrityError as error:  # somebody else confirmed it at this very moment
        raise AddressTaken from error
    if first:
        _make_main(session, address)
    session.execute(delete(MailKey).where(MailKey.address_id == address.id, MailKey.purpose == "confirm"))
    note(session, address.person_id, "address-confirmed", now, address=address.spelling)
    grow_edition(session, address.person_id)  # pages say whether a badge is for a confirmed address
    jobs.ask(session, "address.confirmed", f"{address.person_id}:{address.id}", now, person_id=address.person_id)
    return True


def make_main(session: Session, person_id: int, folded: str, now: datetime) -> Address:
    """Send letters there from now on, and tell both. Raises NotFound, NotConfirmed."""
    address = own_address(session, person_id, folded)
    if not still_theirs(address):
        raise NotConfirmed
    before = main_address(session, person_id)
    _make_main(session, address)
    write_main_moved(session, before, address, now)
    note(session, person_id, "address-main", now, address=address.spelling)
    return address


def remove_address(session: Session, person_id: int, folded: str, now: datetime) -> None:
    """Take an address off an account; badges stay. It is told, and so is the main one. Raises NotFound, LastAddress."""
    address = own_address(session, person_id, folded)
    others = _others(session, address)
    session.execute(delete(MailKey).where(MailKey.address_id == address.id))
    session.delete(address)
    session.flush()
    if address.is_main and others:
        _make_main(session, others[0])
    if still_theirs(address):
        write_address_gone(session, address, now)
    note(session, person_id, "address-removed", now, address=address.spelling)
    grow_edition(session, person_id)


def close_address(session: Session, person_id: int, folded: str, now: datetime) -> Address:
    """The mailbox is gone: it opens nothing and gets no letters from here on, and may become somebody else's.

    What was issued to it until now stays this person's. One last letter says so. Raises NotFound, NotConfirmed,
    LastAddress.
    """
    address = own_address(session, person_id, folded)
    if not still_theirs(address):
        raise NotConfirmed
    others = _others(session, address)
    session.execute(delete(MailKey).where(MailKey.address_id == address.id))
    address.closed_at = now
    if address.is_main:
        _make_main(session, others[0])
    write_address_gone(session, address, now)
    note(session, person_id, "address-closed", now, address=address.spelling)
    grow_edition(session, person_id)  # what was issued to it later is no longer theirs
    return address


def _others(session: Session, address: Address) -> list[Address]:
    """The addresses that stay when this one goes. Raises LastAddress when letters would reach nobody."""
    others = [one for one in confirmed_addresses(session, address.person_id) if one.id != address.id]
    if still_theirs(address) and not others:
        raise LastAddress
    return others


def _make_main(session: Session, address: Address) -> None:
    session.execute(
        update(Address)
        .where(Address.person_id == address.person_id, Address.id != address.id)
        .values(is_main=False)
        .execution_options(synchronize_session="fetch")
    )
    address.is_main = True
    session.flush()


def waits_for_first(session: Session, person_id: int) -> bool:
    """Whether this account has no confirmed address yet, so that nobody may sign in to it."""
    query = select(Address.id).where(Address.person_id == person_id, Address.confirmed_at.is_not(None))
    return session.scalar(query.limit(1)) is None
