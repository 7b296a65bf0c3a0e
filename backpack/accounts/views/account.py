"""The account page: name, addresses, password, language, and the browsers one is signed in with."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts import presence
from backpack.accounts.addresses import add_address as add
from backpack.accounts.addresses import close_address as close
from backpack.accounts.addresses import make_main as make_it_main
from backpack.accounts.addresses import remove_address as remove
from backpack.accounts.beat import on_the_beat
from backpack.accounts.forms import AddAddressForm, ChangePasswordForm, LanguageForm, NameForm, SetPasswordForm
from backpack.accounts.letters import write_confirmation
from backpack.accounts.models import Person
from backpack.accounts.password_changes import change_password as change
from backpack.accounts.passwords import Busy, hash_password
from backpack.accounts.presence import current_person, this_key_hash
from backpack.accounts.providers import providers
from backpack.accounts.proving import is_password_of, needs_proof
from backpack.accounts.queries import (
    addresses_of,
    identities_of,
    open_sessions,
    own_address,
    passkeys_of,
    person_by_id,
    still_theirs,
)
from backpack.accounts.recovery import codes_left
from backpack.accounts.sessions import end_session, end_sessions
from backpack.accounts.settling import rename, speak
from backpack.accounts.views.blueprint import RECOVERED, bp
from backpack.badges.judging import lost_without
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, TooMany
from backpack.staff.team import member_of
from backpack.web.errors import status_of
from backpack.web.languages import language
from backpack.web.limits import per_network
from backpack.web.wording import sentence


def account_page(status: int = 200, problem: BackpackError | None = None, **forms: Any) -> ResponseReturnValue:
    """The whole page; `forms` are those that were sent and found wanting."""
    person = current_person()
    with reading() as database:
        addresses = addresses_of(database, person.id)
        sessions = open_sessions(database, person.id, utcnow())
        passkeys = passkeys_of(database, person.id)
        codes = codes_left(database, person.id)
        identities = identities_of(database, person.id)
        is_staff = member_of(database, person.id) is not None
    page = render_template(
        "accounts/account.html",
        person=person,
        addresses=addresses,
        sessions=sessions,
        passkeys=passkeys,
        codes=codes,
        identities=identities,
        is_staff=is_staff,
        labels={one.name: one.label_in(language()) for one in providers()},
        main=next((one.spelling for one in addresses if one.is_main), ""),
        this_key_hash=this_key_hash(),
        problem=sentence(problem) if problem else "",
        name_form=forms.get("name") or NameForm(formdata=None, name=person.name),
        address_form=forms.get("address") or AddAddressForm(formdata=None),
        password_form=forms.get("password") or password_form_of(person)(formdata=None),
        language_form=forms.get("language") or LanguageForm(formdata=None, language=person.language),
    )
    return page, status


def done(words: str, part: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("accounts.account", _anchor=part), 303)


@bp.get("/compte")
@login_required
def account() -> ResponseReturnValue:
    return account_page()


@bp.post("/compte/nom")
@login_required
def change_name() -> ResponseReturnValue:
    form = NameForm()
    if not form.validate():
        return account_page(422, name=form)
    with transaction() as database:
        rename(database, current_person().id, form.name.data, utcnow())
    return done(_("Your name is changed."), "nom")


@bp.post("/compte/langue")
@login_required
def change_language() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.validate():
        return account_page(422, language=form)
    with transaction() as database:
        speak(database, current_person().id, form.language.data)
    session["lang"] = form.language.data
    return redirect(url_for("accounts.account", _anchor="langue"), 303)


def password_form_of(person: Person) -> type[ChangePasswordForm | SetPasswordForm]:
    """The current password is asked for, unless there is none or it is what was lost."""
    return SetPasswordForm if person.password_hash is None or RECOVERED in session else ChangePasswordForm


@bp.post("/compte/mot-de-passe")
@login_required
def change_password() -> ResponseReturnValue:
    form = password_form_of(current_person())()
    return with_the_old_one(form) if isinstance(form, ChangePasswordForm) else without_the_old_one()


def with_the_old_one(form: ChangePasswordForm) -> ResponseReturnValue:
    if not form.validate():
        return account_page(422, password=form)
    person = current_person()
    try:
        if not is_password_of(person, form.password.data, f"person {person.id}"):
            form.password.errors = [_("This is not your current password.")]
            return account_page(422, password=form)
    except (TooMany, Busy) as error:
        form.password.errors = [sentence(error)]
        return account_page(status_of(error), password=form)
    return set_password(form)


@needs_proof
def without_the_old_one() -> ResponseReturnValue:
    form = SetPasswordForm()
    return set_password(form) if form.validate() else account_page(422, password=form)


def set_password(form: ChangePasswordForm | SetPasswordForm) -> ResponseReturnValue:
    try:
        new_hash = hash_password(form.new_password.data)
    except Busy as error:
        form.new_password.errors = [sentence(error)]
        return account_page(status_of(error), password=form)
    with transaction() as database:
        person = person_by_id(database, current_person().id)
        change(database, person, new_hash, utcnow())
    presence.begin(person)
    return done(_("Your password is changed, and all other browsers are signed out."), "mot-de-passe")


@bp.get("/compte/adresses")
@login_required
def addresses() -> ResponseReturnValue:
    return redirect(url_for("accounts.account", _anchor="adresses"), 303)


@bp.post("/compte/adresses")
@per_network("300 per hour")
@on_the_beat
@login_required
@needs_proof
def add_address() -> ResponseReturnValue:
    """One answer whether or not somebody else owns the address; what differs is in the letter."""
    form = AddAddressForm()
    if not form.validate():
        return account_page(422, address=form)
    try:
        with transaction() as database:
            person = person_by_id(database, current_person().id)
            added = add(database, person, form.mail_address, utcnow())
            if not still_theirs(added):
                write_confirmation(database, added, utcnow())
    except BackpackError as error:
        form.address.errors = [sentence(error)]
        return account_page(422, address=form)
    if still_theirs(added):
        return done(_("This address is confirmed already."), "adresses")
    return done(_("A message is on its way to %(address)s. Open its link.", address=added.spelling), "adresses")


@bp.post("/compte/adresses/lettre")
@per_network("300 per hour")
@login_required
def confirm_again() -> ResponseReturnValue:
    with transaction() as database:
        address = own_address(database, current_person().id, _folded())
        if not still_theirs(address):
            write_confirmation(database, address, utcnow())
    return done(_("A message is on its way to %(address)s. Open its link.", address=address.spelling), "adresses")


@bp.post("/compte/adresses/principale")
@login_required
@needs_proof
def make_main() -> ResponseReturnValue:
    try:
        with transaction() as database:
            address = make_it_main(database, current_person().id, _folded(), utcnow())
    except BackpackError as error:
        return account_page(status_of(error), problem=error)
    return done(_("Messages go to %(address)s from now on.", address=address.spelling), "adresses")


@bp.post("/compte/adresses/retirer")
@login_required
@needs_proof
def remove_address() -> ResponseReturnValue:
    """At once where no badge needs the address; else once they know what it costs, and chose it all the same."""
    try:
        with transaction() as database:
            address = own_address(database, current_person().id, _folded())
            lost = 0 if "anyway" in request.form else lost_without(database, address)
            if not lost:
                remove(database, current_person().id, address.folded, utcnow())
    except BackpackError as error:
        return account_page(status_of(error), problem=error)
    if lost:
        return render_template("accounts/remove_address.html", address=address, lost=lost), 409
    return done(_("The address is removed."), "adresses")


@bp.post("/compte/adresses/fermee")
@login_required
@needs_proof
def close_address() -> ResponseReturnValue:
    try:
        with transaction() as database:
            address = close(database, current_person().id, _folded(), utcnow())
    except BackpackError as error:
        return account_page(status_of(error), problem=error)
    words = _("%(address)s counts as closed. What was issued to it until now stays yours.", address=address.spelling)
    return done(words, "adresses")


@bp.post("/compte/sessions/terminer")
@login_required
def end_one_session() -> ResponseReturnValue:
    with transaction() as database:
        end_session(database, current_person().id, request.form.get("session", ""))
    return done(_("That browser is signed out."), "navigateurs")


@bp.post("/compte/sessions/terminer-les-autres")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    with transaction() as database:
        end_sessions(database, current_person().id, but=this_key_hash())
    return done(_("All other browsers are signed out."), "navigateurs")


def _folded() -> str:
    return request.form.get("address", "")
