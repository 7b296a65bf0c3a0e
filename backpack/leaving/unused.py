"""Accounts that nobody uses any more: two warnings by letter, then they go like any that its owner deletes.

Leaving a university is no reason: letters go to every address that its owner still has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import render_template
from flask_babel import force_locale, gettext
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backpack import mail
from backpack.accounts.models import Address, Person
from backpack.accounts.trail import note
from backpack.leaving.forgetting import forget
from backpack.leaving.models import Farewell
from backpack.notices.letters import link_to

GONE_AFTER: Final = timedelta(days=730)
"""Twenty-four months without signing in."""
WARNED_AFTER: Final = (timedelta(days=670), timedelta(days=700))
BETWEEN: Final = timedelta(days=30)
"""From a warning to what comes after it, however long this site slept."""
AT_ONCE: Final = 200


def let_go_of_unused(session: Session, secret: str, now: datetime) -> None:
    """Warn, and delete what was warned twice. At most 200 people at a time; tomorrow there is another day."""
    last = func.coalesce(Person.signed_in_at, Person.created_at)
    came_back = select(Person.id).where(last >= now - WARNED_AFTER[0])
    session.execute(
        delete(Farewell).where(Farewell.person_id.in_(came_back)).execution_options(synchronize_session=False)
    )
    unused = select(Person).where(last < now - WARNED_AFTER[0], ~Person.is_demo).order_by(Person.id)
    warnings = select(Farewell).where(Farewell.person_id.in_(unused.with_only_columns(Person.id).order_by(None)))
    sent: dict[int, list[datetime]] = {}
    for one in session.scalars(warnings.order_by(Farewell.sent_at)):
        sent.setdefault(one.person_id, []).append(one.sent_at)
    done = 0
    for person in session.scalars(unused):
        done += _next_step(session, person, sent.get(person.id, []), secret, now)
        if done == AT_ONCE:
            return


def _next_step(session: Session, person: Person, sent: Sequence[datetime], secret: str, now: datetime) -> bool:
    """Whether something was due for this person at this moment."""
    last = person.signed_in_at or person.created_at
    if sent and now - sent[-1] < BETWEEN:
        return False
    if len(sent) >= len(WARNED_AFTER):
        if now - last < GONE_AFTER:
            return False
        forget(session, person, secret, now)
        return True
    if now - last < WARNED_AFTER[len(sent)]:
        return False
    session.add(Farewell(person_id=person.id, number=len(sent) + 1, sent_at=now))
    goes = max(last + GONE_AFTER, now + BETWEEN * (len(WARNED_AFTER) - len(sent)))
    _write(session, person, last, goes, now)
    note(session, person.id, "warned-unused", now)
    return True


def _write(session: Session, person: Person, last: datetime, goes: datetime, now: datetime) -> None:
    theirs = select(Address.spelling).where(
        Address.person_id == person.id, Address.confirmed_at.is_not(None), Address.closed_at.is_(None)
    )
    facts = {
        "last": last,
        "goes": goes,
        "sign_in": link_to("accounts.sign_in"),
        "take_out": link_to("leaving.take_out"),
    }
    with force_locale(person.language):
        body = render_template("mail/leaving/unused.txt", **facts).strip() + "\n"
        subject = gettext("Your backpack has not been used for a long time")
    for address in session.scalars(theirs):
        mail.post(session, to=address, subject=subject, body=body, now=now)
