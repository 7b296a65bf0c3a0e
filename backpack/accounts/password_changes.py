"""A new password, by the old one or by a letter's link. Both end every session of the account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backpack.accounts.addresses import AddressTaken, confirm_address, waits_for_first
from backpack.accounts.letters import write_password_changed
from backpack.accounts.mail_keys import PASSWORD, LinkSpent, use_key
from backpack.accounts.models import MailKey, OIDCIdentity, Passkey, Person, RecoveryCode
from backpack.accounts.sessions import end_sessions, end_sign_ups
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

    Who opened the letter has the mailbox: an address that waited for confirmation is confirmed too. Who signed up with
    it may have been anybody, so nothing they put there opens the account of who has the mailbox.
    """
    opened = use_key(session, hashed, PASSWORD, now)
    if waits_for_first(session, opened.person.id):
        _shut_out_who_signed_up(session, opened.person.id)
    try:
        confirm_address(session, opened.address, now)
    except AddressTaken as error:
        raise LinkSpent from error
    change_password(session, opened.person, new_hash, now)
    return opened.person


def _shut_out_who_signed_up(session: Session, person_id: int) -> None:
    for way_in in (OIDCIdentity, Passkey, RecoveryCode):
        session.execute(delete(way_in).where(way_in.person_id == person_id))
    end_sign_ups(session, person_id)
