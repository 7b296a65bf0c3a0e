"""Signing in at one's university: there, back, and what happens to who comes for the first time.

Whom a provider names is let in only if that identity is linked already. A newcomer makes a backpack, or signs in to
the one they have and links the two: an address that looks the same is no reason to open anybody's account.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from backpack.accounts import presence
from backpack.accounts.addresses import confirm_address, read_address, waits_for_first
from backpack.accounts.beat import on_the_beat
from backpack.accounts.forms import NewcomerForm
from backpack.accounts.identities import (
    Claims,
    IdentityTaken,
    claims_kept,
    link_identity,
    person_with,
    unlink_identity,
)
from backpack.accounts.letters import write_confirmation, write_taken
from backpack.accounts.models import Person
from backpack.accounts.presence import current_person, proved_now
from backpack.accounts.providers import ProviderRefused, provider_named
from backpack.accounts.proving import LASTS, is_fresh, needs_proof
from backpack.accounts.queries import owner_of
from backpack.accounts.returning import page_of_ours
from backpack.accounts.signing_up import sign_up as new_person
from backpack.accounts.views.account import account_page, done
from backpack.accounts.views.blueprint import NEWCOMER, bp, let_in, remember_next
from backpack.accounts.views.confirming import welcome
from backpack.accounts.views.joining import wait_for_letter
from backpack.accounts.views.signing_in import sign_in_page_saying
from backpack.database import transaction, utcnow
from backpack.errors import BackpackError
from backpack.web.errors import status_of
from backpack.web.languages import language
from backpack.web.limits import per_network
from backpack.wiring import wired

ASKED = "oidc"
PURPOSES = ("sign-in", "link", "prove")
ANEW = {"prompt": "login", "max_age": 0}
"""Whoever proves it again types something there again."""


@bp.get("/connexion/avec/<name>")
@per_network("300 per hour")
def go_to_provider(name: str) -> ResponseReturnValue:
    """Send this browser to a provider. A link and no form: forms lead to our own pages only."""
    provider = provider_named(name)
    purpose = request.args.get("purpose", "sign-in")
    if purpose not in PURPOSES or (purpose != "sign-in" and not current_user.is_authenticated):
        return redirect(url_for("accounts.sign_in"), 303)
    if purpose == "link" and not is_fresh():
        again = url_for("accounts.go_to_provider", name=name, purpose="link")
        return redirect(url_for("accounts.prove", next=again), 303)
    onwards = page_of_ours(request.args.get("next"))
    if purpose == "sign-in":
        remember_next(onwards)
    back = wired().settings.public_url + url_for("accounts.back_from_provider", name=name)
    try:
        address, state = provider.where_to_ask(back, **(ANEW if purpose == "prove" else {}))
    except BackpackError as error:
        return failed(error)
    session[ASKED] = {"state": state, "provider": name, "purpose": purpose, "next": onwards}
    return redirect(address, 303)


@bp.get("/connexion/avec/<name>/retour")
@per_network("300 per hour")
def back_from_provider(name: str) -> ResponseReturnValue:
    """The one answer to the one question this browser asked; it counts once."""
    provider = provider_named(name)
    asked: dict[str, Any] = session.pop(ASKED, {})
    try:
        if asked.get("provider") != name or asked.get("state") != request.args.get("state"):
            raise ProviderRefused
        claims = provider.answered()
        match asked["purpose"]:
            case "link":
                return linked(claims)
            case "prove":
                return proven(claims, asked["next"])
            case _:
                return arrived(claims)
    except BackpackError as error:
        return failed(error)


def failed(error: BackpackError) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return account_page(status_of(error), problem=error)
    return sign_in_page_saying(error)


def arrived(claims: Claims) -> ResponseReturnValue:
    with transaction() as database:
        person = person_with(database, claims, utcnow())
        waits = person is not None and waits_for_first(database, person.id)
    if person is not None and not waits:
        return redirect(let_in(person, proved=is_proof(claims)), 303)
    session[NEWCOMER] = claims.kept(utcnow())
    if person is not None and "confirming" in session:
        session["joining"] = {"address": "", "person": person.id}  # this browser has just shown to be theirs
        return redirect(url_for("accounts.confirm_page"), 303)
    return redirect(url_for("accounts.first_time"), 303)


def linked(claims: Claims) -> ResponseReturnValue:
    if not is_fresh():
        raise ProviderRefused
    with transaction() as database:
        link_identity(database, current_person().id, claims, utcnow())
    session.pop(NEWCOMER, None)
    return done(_("Your university account lets you in from now on."), "universite")


def proven(claims: Claims, onwards: str | None) -> ResponseReturnValue:
    with transaction() as database:
        person = person_with(database, claims, utcnow())
    if person is None or person.id != current_person().id:
        raise ProviderRefused
    if not is_proof(claims):
        raise ProviderRefused
    proved_now()
    return redirect(onwards or url_for("accounts.account"), 303)


def is_proof(claims: Claims) -> bool:
    """Whether they typed something there in the last minutes (OpenID Connect Core 2, `auth_time`): without that word
    of the provider, whoever sits at a browser that was left signed in would pass."""
    return claims.proved_at is not None and abs(utcnow() - claims.proved_at) <= LASTS


@bp.get("/connexion/premiere-fois")
def first_time() -> ResponseReturnValue:
    claims = newcomer()
    if claims is None:
        return redirect(url_for("accounts.sign_in"), 303)
    return first_time_page(claims, NewcomerForm(formdata=None, name=claims.name, address=claims.address), 200)


@bp.post("/connexion/premiere-fois")
@per_network("300 per hour")
@on_the_beat
def join_from_provider() -> ResponseReturnValue:
    """A new backpack. An address the provider vouches for is confirmed; any other one gets a letter, and one answer
    whether or not somebody owns it."""
    claims, form = newcomer(), NewcomerForm()
    if claims is None or current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"), 303)
    if claims.vouched:
        del form.address
    if not form.validate():
        return first_time_page(claims, form, 422)
    with transaction() as database:
        person, is_confirmed = _join(database, claims, form)
    if person is not None and is_confirmed:
        session.pop(NEWCOMER, None)
        return redirect(welcome(person, proved=is_proof(claims)), 303)
    if claims.vouched:
        return first_time_page(claims, form, 422, owned(claims.address))
    return wait_for_letter(form.mail_address.spelling, person.id if person else 0)


def owned(address: str) -> str:
    return str(_("%(address)s already opens a backpack. Sign in to it: then the two can be linked.", address=address))


def _join(database: Session, claims: Claims, form: NewcomerForm) -> tuple[Person | None, bool]:
    """The new person (None where the address has an owner) and whether the address is confirmed."""
    now, address = utcnow(), read_address(claims.address) if claims.vouched else form.mail_address
    owner = owner_of(database, address.folded)
    if owner is not None:
        if not claims.vouched:
            write_taken(database, owner, now)
        return None, False
    person, waiting = new_person(
        database, name=form.name.data, address=address, password_hash=None, language=language(), now=now
    )
    link_identity(database, person.id, claims, now)
    if claims.vouched:
        confirm_address(database, waiting, now)
    else:
        write_confirmation(database, waiting, now, session.get("next"))
    return person, claims.vouched


@bp.post("/connexion/premiere-fois/relier")
@login_required
@needs_proof
def link_newcomer() -> ResponseReturnValue:
    """Who is signed in here was named by a provider in this same browser some minutes ago: proof of both."""
    claims = newcomer()
    if claims is None:
        return redirect(url_for("accounts.account", _anchor="universite"), 303)
    try:
        return linked(claims)
    except IdentityTaken as error:
        return account_page(status_of(error), problem=error)


@bp.post("/compte/universite/retirer")
@login_required
@needs_proof
def unlink() -> ResponseReturnValue:
    try:
        with transaction() as database:
            unlink_identity(database, current_person().id, request.form.get("identity", ""), utcnow())
    except BackpackError as error:
        return account_page(status_of(error), problem=error)
    return done(_("This university account no longer lets anybody in."), "universite")


def newcomer() -> Claims | None:
    return claims_kept(session.get(NEWCOMER), utcnow())


def first_time_page(claims: Claims, form: NewcomerForm, status: int, problem: str = "") -> ResponseReturnValue:
    provider = provider_named(claims.provider).provider
    page = render_template(
        "accounts/first_time.html",
        claims=claims,
        form=form,
        problem=problem,
        provider=provider.label_in(language()),
        is_signed_in=presence.this_session().person is not None,
    )
    return page, status
