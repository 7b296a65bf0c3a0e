"""How a person keeps their way in: passkeys, and recovery codes for the day when all else is gone."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.addresses import fold
from backpack.accounts.beat import on_the_beat
from backpack.accounts.forms import AddAddressForm, PasskeyForm, RecoveryForm
from backpack.accounts.passkeys import add_passkey as keep_passkey
from backpack.accounts.passkeys import options_to_add
from backpack.accounts.passkeys import remove_passkey as drop_passkey
from backpack.accounts.presence import current_person
from backpack.accounts.proving import needs_proof
from backpack.accounts.queries import confirmed_addresses, main_address, passkeys_of
from backpack.accounts.recovery import WrongCode, codes_left, make_codes, use_code
from backpack.accounts.returning import page_of_ours
from backpack.accounts.signing_in import Attempt
from backpack.accounts.site import challenge, site, spent_challenge
from backpack.accounts.views.account import account_page, done
from backpack.accounts.views.blueprint import RECOVERED, bp, first_page, let_in
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, TooMany
from backpack.web.errors import status_of
from backpack.web.limits import network
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.get("/compte/cles/ajouter")
@login_required
@needs_proof
def new_passkey() -> ResponseReturnValue:
    return new_passkey_page(PasskeyForm(formdata=None))


@bp.post("/compte/cles/ajouter")
@login_required
@needs_proof
def add_passkey() -> ResponseReturnValue:
    form = PasskeyForm()
    if not form.validate():
        return new_passkey_page(form), 422
    person = current_person()
    try:
        with transaction() as database:
            answer = form.answer.data or ""
            keep_passkey(database, site(), person.id, answer, spent_challenge(), form.name.data, utcnow())
    except BackpackError as error:
        return new_passkey_page(form, sentence(error)), status_of(error)
    return done(_("This passkey lets you in from now on, without a password."), "cles")


def new_passkey_page(form: PasskeyForm, problem: str = "") -> str:
    person = current_person()
    with reading() as database:
        address = main_address(database, person.id)
        known = passkeys_of(database, person.id)
    options = options_to_add(site(), challenge(), person, address.spelling if address else person.name, known)
    return render_template("accounts/new_passkey.html", form=form, options=options, problem=problem)


@bp.post("/compte/cles/retirer")
@login_required
@needs_proof
def remove_passkey() -> ResponseReturnValue:
    try:
        with transaction() as database:
            drop_passkey(database, current_person().id, request.form.get("passkey", ""), utcnow())
    except BackpackError as error:
        return account_page(status_of(error), problem=error)
    return done(_("This passkey no longer lets anybody in."), "cles")


@bp.get("/compte/secours")
@login_required
def keep_ways_in() -> ResponseReturnValue:
    """What helps on the day when the usual way in is lost: codes on paper, and an address that stays."""
    return ways_page()


@bp.post("/compte/secours")
@login_required
@needs_proof
def new_codes() -> ResponseReturnValue:
    """Shown in this answer alone: they are kept as hashes."""
    with transaction() as database:
        codes = make_codes(database, current_person().id, utcnow())
    return ways_page(codes)


def ways_page(codes: list[str] | None = None) -> str:
    person = current_person()
    with reading() as database:
        addresses = confirmed_addresses(database, person.id)
        left = codes_left(database, person.id)
    return render_template(
        "accounts/ways_in.html",
        codes=codes,
        left=left,
        addresses=addresses,
        form=AddAddressForm(formdata=None),
        onwards=page_of_ours(request.args.get("next")) or first_page(),
    )


@bp.get("/code-de-secours")
def recover() -> ResponseReturnValue:
    return render_template("accounts/recover.html", form=RecoveryForm(formdata=None))


@bp.post("/code-de-secours")
@on_the_beat
def recover_now() -> ResponseReturnValue:
    """One answer for an unknown address and a wrong code; both take the same look-ups."""
    form = RecoveryForm()
    if not form.validate():
        return recover_page(form, 422)
    folded = fold(form.address.data)
    attempt = Attempt.at(wired().settings.secret_key, f"code {folded}", network())
    try:
        with transaction() as database:
            attempt.count(database, utcnow())
        with transaction() as database:
            person = use_code(database, folded, form.code.data, utcnow())
            attempt.succeeded(database)
    except (WrongCode, TooMany) as error:
        return recover_page(form, status_of(error), sentence(error))
    let_in(person)
    session[RECOVERED] = True
    flash(_("This code let you in. Set a new password, and look whether your addresses are still yours."))
    return redirect(url_for("accounts.account", _anchor="mot-de-passe"), 303)


def recover_page(form: RecoveryForm, status: int, problem: str = "") -> ResponseReturnValue:
    return render_template("accounts/recover.html", form=form, problem=problem), status
