"""What the owner of a page is told when it is suspended, or opened again."""

from __future__ import annotations

from datetime import datetime

from flask import render_template
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from backpack import mail
from backpack.accounts.queries import main_address, person_by_id
from backpack.errors import N_
from backpack.publishing.models import Profile, ShareLink


def write_suspended(session: Session, page: ShareLink | Profile, why: str, now: datetime) -> None:
    """Why, in the words of whoever decided it."""
    _post(session, page, "suspended", N_("One of your pages was suspended"), now, why=why)


def write_lifted(session: Session, page: ShareLink | Profile, now: datetime) -> None:
    _post(session, page, "lifted", N_("Your suspended page is open again"), now)


def _post(session: Session, page: ShareLink | Profile, letter: str, subject: str, now: datetime, **facts: str) -> None:
    to = main_address(session, page.person_id)
    if to is None:
        return
    called = page.label if isinstance(page, ShareLink) else page.name
    with force_locale(person_by_id(session, page.person_id).language):
        body = render_template(f"mail/staff/{letter}.txt", called=called, **facts).strip() + "\n"
        mail.post(session, to=to.spelling, subject=gettext(subject), body=body, now=now)
