"""The link in a letter that confirms an address.

Mail scanners open links, so opening confirms nothing. The token leaves the address bar at once. The browser that
signed up, or is signed in, confirms with a click; any other needs the account's password: else somebody could sign up
with another person's address, and that person's one careless click would give the address away.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.accounts import presence
from backpack.accounts.addresses import AddressTaken, confirm_address
from backpack.accounts.forms import ConfirmForm
from backpack.accounts.letters import write_address_confirmed
from backpack.accounts.mail_keys import CONFIRM, LinkSpent, Opened, open_key, token_hash, use_key
from backpack.accounts.models import Person
from backpack.accounts.passwords import Busy
from backpack.accounts.proving import is_password_of
from backpack.accounts.returning import badge_wanted
from backpack.accounts.views.blueprint import bp, first_page, let_in
from backpack.badges.views.previewing import preview_of, taken_in
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, TooMany
from backpack.web.errors import status_of
from backpack.web.wording import sentence


@bp.get("/confirmer/<token>")
def confirm(token: str) -> ResponseReturnValue:
    session["confirming"] = token_hash(token).hex()
    return redirect(url_for("accounts.confirm_page"), 303)


@bp.get("/confirmer")
def confirm_page() -> ResponseReturnValue:
    try:
        return page(_opened(), ConfirmForm(), 200)
    except LinkSpent as error:
        return spent(error)


@bp.post("/confirmer")
def confirm_now() -> ResponseReturnValue:
    form = ConfirmForm()
    try:
        opened = _opened()
        if not is_their_browser(opened.person):
            if not form.validate():
                return page(opened, form, 422)
            if not is_password_of(opened.person, form.password.data, f"person {opened.person.id}"):
                return page(opened, form, 422, _("This is not the password of the account that asked for this."))
        return _confirmed()
    except LinkSpent as error:
        return spent(error)
    except AddressTaken as error:
        return render_template("accounts/spent.html", problem=sentence(error)), 422
    except (TooMany, Busy) as error:
        return page(opened, form, status_of(error), sentence(error))


def _confirmed() -> ResponseReturnValue:
    with transaction() as database:
        now = utcnow()
        opened = use_key(database, _hash(), CONFIRM, now)
        if confirm_address(database, opened.address, now):
            write_address_confirmed(database, opened.address, now)
    session.pop("confirming", None)
    words = _("%(address)s is confirmed.", address=opened.address.spelling)
    if _is_signed_in(opened.person):
        flash(words)
        return redirect(url_for("accounts.account"), 303)
    session.pop("joining", None)
    wanted = session.get("next") or opened.key.onwards
    onwards = welcome(opened.person, wanted)
    flash(words)
    badge = badge_wanted(wanted)
    if badge and request.form.get("add") == badge:
        onwards = taken_in(badge) or onwards
    return redirect(onwards, 303)


def welcome(person: Person, wanted: str | None = None, *, proved: bool = True) -> str:
    """Let them in. Who comes for the first time and for nothing in particular is shown how to keep their way in."""
    is_new = person.signed_in_at is None
    onwards = let_in(person, wanted, proved=proved)
    return url_for("accounts.keep_ways_in") if is_new and not wanted else onwards


def is_their_browser(person: Person) -> bool:
    """Whether the person is signed in here, or just signed up here."""
    return _is_signed_in(person) or session.get("joining", {}).get("person") == person.id


def _is_signed_in(person: Person) -> bool:
    here = presence.this_session().person
    return here is not None and here.id == person.id


def _hash() -> bytes:
    return bytes.fromhex(session.get("confirming", ""))


def _opened() -> Opened:
    with reading() as database:
        return open_key(database, _hash(), CONFIRM, utcnow())


def page(opened: Opened, form: ConfirmForm, status: int, problem: str = "") -> ResponseReturnValue:
    """Whose browser is known sees the badge they came for here already: one button confirms and takes it in."""
    asks = not is_their_browser(opened.person)
    badge = badge_wanted(session.get("next") or opened.key.onwards)
    preview = preview_of(badge, [opened.address.spelling]) if badge and not asks else None
    facts = {"address": opened.address.spelling, "asks": asks, "badge": badge, "preview": preview}
    return render_template("accounts/confirm.html", form=form, problem=problem, **facts), status


def spent(error: BackpackError) -> ResponseReturnValue:
    """A link that opens nothing any more."""
    onwards = first_page() if presence.this_session().person else None
    return render_template("accounts/spent.html", problem=sentence(error), onwards=onwards), 410
