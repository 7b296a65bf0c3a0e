"""Signing in and out."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from backpack.accounts import presence
from backpack.accounts.addresses import NotAnAddress, read_address, waits_for_first
from backpack.accounts.forms import SignInForm
from backpack.accounts.passwords import Busy
from backpack.accounts.signing_in import who_signs_in
from backpack.accounts.views.blueprint import bp, first_page, is_password_of, let_in, remember_next
from backpack.accounts.views.joining import wait_for_letter
from backpack.database import reading
from backpack.errors import BackpackError, TooMany
from backpack.web.errors import status_of
from backpack.web.wording import sentence


@bp.get("/connexion")
def sign_in() -> ResponseReturnValue:
    remember_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(session.get("next") or first_page(), 303)
    return sign_in_page(SignInForm(), 200)


@bp.post("/connexion")
def sign_in_now() -> ResponseReturnValue:
    """One answer for a wrong password and an unknown address, after the same work."""
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form, 422)
    remember_next(form.next.data)
    folded = _folded(form.address.data)
    with reading() as database:
        found = who_signs_in(database, folded)
        waits = found is not None and waits_for_first(database, found[0].id)
    try:
        right = is_password_of(found[0] if found else None, form.password.data, folded)
    except (TooMany, Busy) as error:
        return sign_in_page(form, status_of(error), error)
    if not found or not right:
        return sign_in_page(form, 422, words=_("Wrong address or password."))
    person, address = found
    if waits:
        return wait_for_letter(address.spelling, person.id)
    return redirect(let_in(person), 303)


@bp.post("/deconnexion")
def sign_out() -> ResponseReturnValue:
    presence.end()
    return redirect(url_for("web.landing"), 303)


def sign_in_page(
    form: SignInForm, status: int, error: BackpackError | None = None, words: str = ""
) -> ResponseReturnValue:
    return render_template("accounts/sign_in.html", form=form, problem=sentence(error) if error else words), status


def _folded(typed: str) -> str:
    try:
        return read_address(typed).folded
    except NotAnAddress:
        return typed.lower()
