"""A new password, by the old one or by a letter's link. Both end every session of the account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backpack.accounts.addresses import AddressTaken, confirm_address
from backpack.accounts.letters import write_password_changed
from backpack.accounts.mail_keys import PASSWORD, LinkSpent, use_key
from backpack.accounts.models import MailKey, Person
from backpack.accounts.sessions import end_sessions
from backpack.accounts.trail import note


def change_password(session: Session, person: Person, new_hash: str, now: datetime) -> None:
    """Set the password, end all sessions and all open links for another one, and tell the person by letter."""
    person.password_hash = new_hash
    session.execute(delete(MailKey).where(MailKey.person_id == person.id, MailKey.purpose == PASSWORD))
    end_sessions(session, person.id)
    note(session, person.id, "password-changed", now)
    write_password_changed(session, person, now)


def set_password_by_letter(session: Session, hashed: bytes, new_hash: str, now: datetime) -> Person:
    """The same with a letter's link instead of the old password. Raises LinkSpent.

    Who opened the letter has the mailbox: an address that waited for confirmation is confirmed too.
    """
    opened = use_key(session, hashed, PASSWORD, now)
    try:
        confirm_address(session, opened.address, now)
    except AddressTaken as error:
        raise LinkSpent from error
    change_password(session, opened.person, new_hash, now)
    return opened.person
