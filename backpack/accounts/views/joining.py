"""Signing up, and the page that says a letter is on its way."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from backpack.accounts.addresses import MailAddress, NotAnAddress, read_address
from backpack.accounts.beat import on_the_beat
from backpack.accounts.forms import SignUpForm
from backpack.accounts.letters import write_confirmation, write_taken
from backpack.accounts.passwords import Busy, hash_password
from backpack.accounts.queries import own_address, owner_of
from backpack.accounts.signing_up import sign_up as new_person
from backpack.accounts.views.blueprint import bp, first_page, remember_next
from backpack.database import transaction, utcnow
from backpack.errors import NotFound
from backpack.web.errors import status_of
from backpack.web.languages import language
from backpack.web.limits import per_network
from backpack.web.wording import sentence


@bp.get("/inscription")
def sign_up() -> ResponseReturnValue:
    remember_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(first_page(), 303)
    return render_template("accounts/sign_up.html", form=SignUpForm())


@bp.post("/inscription")
@per_network("300 per hour")
@on_the_beat
def sign_up_now() -> ResponseReturnValue:
    """One answer whether or not the address has an account; what differs is in the letter."""
    form = SignUpForm()
    if not form.validate():
        return render_template("accounts/sign_up.html", form=form), 422
    remember_next(form.next.data)
    try:
        password_hash = hash_password(form.password.data)
    except Busy as error:
        return render_template("accounts/sign_up.html", form=form, problem=sentence(error)), status_of(error)
    with transaction() as database:
        person_id = _join(database, form.name.data, form.mail_address, password_hash)
    return wait_for_letter(form.mail_address.spelling, person_id)


def _join(database: Session, name: str, address: MailAddress, password_hash: str) -> int:
    """The new person's id; 0 where the address has an owner, who gets a letter instead."""
    now = utcnow()
    owner = owner_of(database, address.folded)
    if owner is not None:
        write_taken(database, owner, now)
        return 0
    person, waiting = new_person(
        database, name=name, address=address, password_hash=password_hash, language=language(), now=now
    )
    write_confirmation(database, waiting, now, session.get("next"))
    return person.id


def wait_for_letter(spelling: str, person_id: int) -> ResponseReturnValue:
    """Go to the page that waits for the letter. This browser knows the password of `person_id` (0: of nobody)."""
    session["joining"] = {"address": spelling, "person": person_id}
    return redirect(url_for("accounts.letter_sent"), 303)


@bp.get("/lettre")
def letter_sent() -> ResponseReturnValue:
    joining = session.get("joining")
    if not joining:
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/letter_sent.html", address=joining["address"], again=False)


@bp.post("/lettre")
@per_network("300 per hour")
@on_the_beat
def send_again() -> ResponseReturnValue:
    """Another letter to the same address: the same kind as the first."""
    joining = session.get("joining")
    if not joining:
        return redirect(url_for("accounts.sign_in"), 303)
    with transaction() as database:
        _write_again(database, joining["address"], joining["person"])
    return render_template("accounts/letter_sent.html", address=joining["address"], again=True)


def _write_again(database: Session, spelling: str, person_id: int) -> None:
    try:
        folded = read_address(spelling).folded
        owner = owner_of(database, folded)
        if owner is not None:
            write_taken(database, owner, utcnow())
        elif person_id:
            write_confirmation(database, own_address(database, person_id, folded), utcnow(), session.get("next"))
    except (NotAnAddress, NotFound):
        return
