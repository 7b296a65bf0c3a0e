"""The letters of endorsements. To a typed address they say nothing that somebody typed: whoever names a stranger's
address must not be able to send that stranger words."""

from __future__ import annotations

from datetime import datetime

from flask import render_template
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from backpack import mail
from backpack.accounts.models import Person
from backpack.accounts.queries import main_address
from backpack.accounts.tries import letters_key, may_write
from backpack.database import folded
from backpack.endorsements.models import Endorsement
from backpack.wiring import wired


def ask_to_confirm(session: Session, one: Endorsement, link: str, now: datetime, *, own: bool) -> bool:
    """The letter whose `link` confirms; False when this address has had as many letters as it may. `own`: the address
    is of the person who asked, and the letter says that this cannot be. The page says the same to both, in the same
    time: it must not tell whose address this is."""
    if not may_write(session, letters_key(wired().settings.secret_key, "endorsement", folded(one.address)), now):
        return False
    with force_locale(one.language):
        body = render_template(f"mail/endorsements/{'own' if own else 'confirm'}.txt", link=link).strip() + "\n"
        mail.post(session, to=one.address, subject=gettext("Confirm your endorsement"), body=body, now=now)
    return True


def tell_owner(session: Session, one: Endorsement, link: str, now: datetime) -> None:
    """That somebody answered, and that nothing is public yet; `link` leads to it."""
    person, to = session.get_one(Person, one.person_id), main_address(session, one.person_id)
    if to is None:
        return
    with force_locale(person.language):
        body = render_template("mail/endorsements/confirmed.txt", link=link).strip() + "\n"
        mail.post(session, to=to.spelling, subject=gettext("Somebody endorsed your work"), body=body, now=now)
