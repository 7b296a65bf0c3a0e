"""A forgotten password: a letter, and a page that sets a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.accounts.beat import on_the_beat
from backpack.accounts.forms import ForgottenForm, NewPasswordForm
from backpack.accounts.letters import write_password_link
from backpack.accounts.mail_keys import PASSWORD, LinkEarly, LinkSpent, open_key, token_hash
from backpack.accounts.password_changes import set_password_by_letter
from backpack.accounts.passwords import Busy, hash_password
from backpack.accounts.views.blueprint import bp, let_in
from backpack.accounts.views.confirming import spent
from backpack.database import reading, transaction, utcnow
from backpack.web.errors import status_of
from backpack.web.languages import language
from backpack.web.limits import per_network
from backpack.web.wording import sentence


@bp.get("/mot-de-passe-oublie")
def forgotten() -> ResponseReturnValue:
    return render_template("accounts/forgotten.html", form=ForgottenForm())


@bp.post("/mot-de-passe-oublie")
@per_network("300 per hour")
@on_the_beat
def forgotten_now() -> ResponseReturnValue:
    """One answer whether or not the address has an account."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("accounts/forgotten.html", form=form), 422
    with transaction() as database:
        write_password_link(database, form.mail_address, language(), utcnow())
    return render_template("accounts/forgotten_sent.html", address=form.mail_address.spelling)


@bp.get("/nouveau-mot-de-passe/<token>")
def open_new_password(token: str) -> ResponseReturnValue:
    """Takes the token out of the address bar, so that no later page can pass it on."""
    session["choosing"] = token_hash(token).hex()
    return redirect(url_for("accounts.new_password"), 303)


@bp.get("/nouveau-mot-de-passe")
def new_password() -> ResponseReturnValue:
    try:
        with reading() as database:
            opened = open_key(database, _hash(), PASSWORD, utcnow())
    except (LinkSpent, LinkEarly) as error:
        return spent(error)
    return render_template("accounts/new_password.html", form=NewPasswordForm(), address=opened.address.spelling)


@bp.post("/nouveau-mot-de-passe")
def new_password_now() -> ResponseReturnValue:
    form = NewPasswordForm()
    try:
        with reading() as database:
            opened = open_key(database, _hash(), PASSWORD, utcnow())
        facts = {"form": form, "address": opened.address.spelling}
        if not form.validate():
            return render_template("accounts/new_password.html", **facts), 422
        password_hash = hash_password(form.new_password.data)
        with transaction() as database:
            person = set_password_by_letter(database, _hash(), password_hash, utcnow())
    except (LinkSpent, LinkEarly) as error:
        return spent(error)
    except Busy as error:
        return render_template("accounts/new_password.html", problem=sentence(error), **facts), status_of(error)
    onwards = let_in(person)
    flash(_("Your password is changed, and all other browsers are signed out."))
    return redirect(onwards, 303)


def _hash() -> bytes:
    return bytes.fromhex(session.get("choosing", ""))
