"""The letters accounts write: plain text, in the person's language, with links that lead to PUBLIC_URL only.

They name no badge and no person: whoever types a stranger's address must not be able to send that stranger words.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask import current_app, render_template
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from backpack import mail
from backpack.accounts.mail_keys import CONFIRM, PASSWORD, WAY_BACK_WAITS, new_token, new_way_back
from backpack.accounts.models import Address, Person
from backpack.accounts.queries import (
    address_to_sign_in_with,
    confirmed_addresses,
    main_address,
    owner_of,
    person_by_id,
)
from backpack.accounts.tries import letters_key, may_write
from backpack.errors import N_
from backpack.wiring import wired

if TYPE_CHECKING:
    from backpack.accounts.addresses import MailAddress


MOVED: Final = N_("Your addresses were changed")


def write_confirmation(session: Session, address: Address, now: datetime, onwards: str | None = None) -> None:
    """The letter that confirms an address, and leads on to the page of ours that its reader came for.

    To an address somebody else owns, a letter that says so instead.
    """
    person = person_by_id(session, address.person_id)
    owner = owner_of(session, address.folded)
    if owner is not None and owner.person_id != person.id:
        write_taken(session, owner, now)
    elif _may_write(session, "confirm", address.folded, now):
        link = _link("accounts.confirm", token=new_token(session, CONFIRM, person, address, now, onwards))
        _post(session, address.spelling, "confirm", N_("Confirm your address"), person.language, now, link=link)


def write_taken(session: Session, owner: Address, now: datetime) -> None:
    """To the owner of an address that somebody, perhaps they themselves, wants to use for another account."""
    if _may_write(session, "taken", owner.folded, now):
        links = {"sign_in": _link("accounts.sign_in"), "forgotten": _link("accounts.forgotten")}
        language = person_by_id(session, owner.person_id).language
        _post(session, owner.spelling, "taken", N_("You already have an account"), language, now, **links)


def write_password_link(session: Session, typed: MailAddress, language: str, now: datetime) -> None:
    """The letter that lets set a new password; without an account, a letter that says so, in the asker's language."""
    if not _may_write(session, "password", typed.folded, now):
        return
    address = address_to_sign_in_with(session, typed.folded)
    if address is None:
        link = _link("accounts.sign_up")
        _post(session, typed.spelling, "no_account", N_("No account with this address"), language, now, link=link)
        return
    person = person_by_id(session, address.person_id)
    link = _link("accounts.open_new_password", token=new_token(session, PASSWORD, person, address, now))
    _post(session, address.spelling, "password", N_("Choose a new password"), person.language, now, link=link)
    main = main_address(session, person.id)
    if main is not None and main.id != address.id:
        said = N_("Somebody had a link to a new password sent to another address of your account at Backpack.")
        _tell(session, main, N_("Somebody asked for a new password"), said, now)


def write_password_changed(session: Session, person: Person, now: datetime) -> None:
    """A notice: if it was not them, they must know at once."""
    to = main_address(session, person.id)
    if to is not None:
        link = _link("accounts.forgotten")
        _post(
            session, to.spelling, "password_changed", N_("Your password was changed"), person.language, now, link=link
        )


def write_way_back(session: Session, person: Person, address: Address, now: datetime) -> None:
    """After whoever runs the site gave somebody their account back: the link to the new address, which opens in a
    week, and a notice to every address of the account, so that its owner can stop a false one by signing in."""
    day = (now + WAY_BACK_WAITS).date()
    link = _link("accounts.open_new_password", token=new_way_back(session, person, address, now))
    subject = N_("A way back into your account")
    _post(session, address.spelling, "way_back", subject, person.language, now, link=link, opens=day)
    notice = N_("Somebody asked for a way back into your account")
    sign_in = _link("accounts.sign_in")
    for to in confirmed_addresses(session, person.id):
        _post(session, to.spelling, "way_back_notice", notice, person.language, now, link=sign_in, opens=day)


def write_new_way(session: Session, person_id: int, what: str, now: datetime) -> None:
    """A notice that something new opens the account, in a sentence of ours: if it was not them, they must know."""
    person, to = person_by_id(session, person_id), main_address(session, person_id)
    if to is not None:
        with force_locale(person.language):
            said = gettext(what)
        subject = N_("A new way into your account")
        _post(session, to.spelling, "new_way", subject, person.language, now, said=said, link=_link("accounts.account"))


def write_code_used(session: Session, person: Person, left: int, now: datetime) -> None:
    """A notice to every address they still have: a code on paper let somebody in."""
    facts = {"left": str(left), "link": _link("accounts.forgotten")}
    for to in confirmed_addresses(session, person.id):
        _post(session, to.spelling, "code_used", N_("A recovery code was used"), person.language, now, **facts)


def write_address_confirmed(session: Session, address: Address, now: datetime) -> None:
    """A notice to the main address that another one now opens the same account."""
    to = main_address(session, address.person_id)
    if to is not None and to.id != address.id:
        person = person_by_id(session, address.person_id)
        facts = {"address": address.spelling, "link": _link("accounts.account")}
        subject = N_("An address was added to your account")
        _post(session, to.spelling, "address_added", subject, person.language, now, **facts)


def write_main_moved(session: Session, old: Address | None, new: Address, now: datetime) -> None:
    """Notices to both, so that nobody gets the messages of an account behind its owner's back."""
    _tell(session, new, MOVED, N_("Messages of your account at Backpack come to this address from now on."), now)
    if old is not None and old.id != new.id:
        said = N_("Messages of your account at Backpack go to another of its addresses from now on.")
        _tell(session, old, MOVED, said, now)


def write_address_gone(session: Session, gone: Address, now: datetime) -> None:
    """Notices that an address no longer opens an account: a last one to it, and one to the main address."""
    said = N_("This address no longer opens your account at Backpack, and gets no more messages.")
    _tell(session, gone, MOVED, said, now)
    main = main_address(session, gone.person_id)
    if main is not None:
        _tell(session, main, MOVED, N_("An address no longer opens your account at Backpack."), now)


def _tell(session: Session, to: Address, subject: str, what: str, now: datetime) -> None:
    person = person_by_id(session, to.person_id)
    with force_locale(person.language):
        said = gettext(what)
    _post(session, to.spelling, "moved", subject, person.language, now, said=said, link=_link("accounts.account"))


def _may_write(session: Session, kind: str, folded: str, now: datetime) -> bool:
    return may_write(session, letters_key(wired().settings.secret_key, kind, folded), now)


def _link(endpoint: str, **values: str) -> str:
    # Built without the request: what it says its host is may be anybody's word.
    path = current_app.url_map.bind("nowhere.invalid").build(endpoint, values)
    return f"{wired().settings.public_url}{path}"


def _post(session: Session, to: str, letter: str, subject: str, language: str, now: datetime, **facts: object) -> None:
    with force_locale(language):
        body = render_template(f"mail/accounts/{letter}.txt", **facts).strip() + "\n"
        mail.post(session, to=to, subject=gettext(subject), body=body, now=now)
