"""The blueprint, and what its pages share: the check of a password, and where one goes on."""

from __future__ import annotations

from flask import Blueprint, current_app, session, url_for

from backpack.accounts import presence
from backpack.accounts.models import Person
from backpack.accounts.passwords import is_right
from backpack.accounts.returning import page_of_ours
from backpack.accounts.signing_in import Attempt, signed_in
from backpack.database import transaction, utcnow
from backpack.web.limits import network
from backpack.wiring import wired

bp = Blueprint("accounts", __name__)


def is_password_of(person: Person | None, password: str, who: str) -> bool:
    """Whether it is this person's password (nobody's: no), counted as a try at `who` from this network.

    No transaction is open while the password is hashed: that takes a tenth of a second. Raises TooMany, Busy.
    """
    attempt = Attempt.at(wired().settings.secret_key, who, network())
    with transaction() as session:
        attempt.count(session, utcnow())
    if not is_right(person.password_hash if person else None, password):
        return False
    with transaction() as session:
        attempt.succeeded(session)
    return True


def let_in(person: Person) -> str:
    """Sign this browser in as `person`. The address of the page to go on with."""
    wanted = session.get("next")
    with transaction() as database:
        signed_in(database, person.id, utcnow())
    presence.begin(person)
    return page_of_ours(wanted) or first_page()


def first_page() -> str:
    """Where a person starts: their badges."""
    return url_for("badges.grid" if "badges.grid" in current_app.view_functions else "accounts.account")


def remember_next(wanted: str | None) -> None:
    """Keep where they wanted to go through the pages that lead there."""
    page = page_of_ours(wanted)
    if page and session.get("next") != page:
        session["next"] = page
