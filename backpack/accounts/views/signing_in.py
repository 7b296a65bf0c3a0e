"""Signing in and out."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from backpack.accounts import presence
from backpack.accounts.addresses import fold, waits_for_first
from backpack.accounts.beat import on_the_beat
from backpack.accounts.forms import SignInForm
from backpack.accounts.passkeys import PasskeyRefused, options_to_sign_in, owner_by_answer
from backpack.accounts.passwords import Busy
from backpack.accounts.proving import is_password_of
from backpack.accounts.queries import person_by_id
from backpack.accounts.signing_in import who_signs_in
from backpack.accounts.site import challenge, site, spent_challenge
from backpack.accounts.views.blueprint import bp, first_page, let_in, remember_next
from backpack.accounts.views.joining import wait_for_letter
from backpack.database import reading, transaction, utcnow
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
@on_the_beat
def sign_in_now() -> ResponseReturnValue:
    """One answer for a wrong password and an unknown address, after the same work."""
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form, 422)
    remember_next(form.next.data)
    folded = fold(form.address.data)
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


@bp.post("/connexion/cle")
def sign_in_with_passkey() -> ResponseReturnValue:
    """Whoever this device says its user is. A passkey is only ever made in a confirmed account."""
    try:
        with transaction() as database:
            answer = request.form.get("answer", "")
            owner = owner_by_answer(database, site(), answer, spent_challenge(), utcnow())
            person = person_by_id(database, owner)
    except PasskeyRefused as error:
        return sign_in_page_saying(error)
    return redirect(let_in(person), 303)


@bp.post("/deconnexion")
def sign_out() -> ResponseReturnValue:
    presence.end()
    return redirect(url_for("web.landing"), 303)


def sign_in_page_saying(error: BackpackError) -> ResponseReturnValue:
    return sign_in_page(SignInForm(formdata=None), status_of(error), error)


def sign_in_page(
    form: SignInForm, status: int, error: BackpackError | None = None, words: str = ""
) -> ResponseReturnValue:
    problem = sentence(error) if error else words
    options = options_to_sign_in(site(), challenge())
    return render_template("accounts/sign_in.html", form=form, problem=problem, options=options), status
