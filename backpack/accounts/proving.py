"""Proof that who is at the browser is who signed in: asked for again before what cannot be undone or gives data away.

`@needs_proof`, below `@login_required`, lets through whoever proved themselves in the last minutes. A form that comes
too late is answered by a page that asks for the proof and carries the form along: nothing typed is lost. A page that
is asked for too late comes back after the proof.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.accounts import passkeys
from backpack.accounts.models import Person
from backpack.accounts.passkeys import PasskeyRefused
from backpack.accounts.passwords import Busy, is_right
from backpack.accounts.presence import PROVED, current_person, proved_now
from backpack.accounts.queries import identities_of, passkeys_of
from backpack.accounts.signing_in import Attempt, knows, network_key
from backpack.accounts.site import challenge, site, spent_challenge
from backpack.database import reading, transaction, utcnow
from backpack.errors import TooMany
from backpack.web.errors import status_of
from backpack.web.limits import network
from backpack.web.wording import sentence
from backpack.wiring import wired

View = TypeVar("View", bound=Callable[..., Any])
LASTS: Final = timedelta(minutes=10)
PASSWORD, PASSKEY = "proof_password", "proof_passkey"
OURS: Final = frozenset({"csrf_token", PASSWORD, PASSKEY})


def is_fresh() -> bool:
    """Whether who signed in proved themselves in this browser in the last ten minutes."""
    said = session.get(PROVED)
    return said is not None and utcnow() - datetime.fromisoformat(said) < LASTS


def needs_proof(view: View) -> View:
    """Mark a view that wants fresh proof. Put it directly below `login_required`. Files are not carried along."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if is_fresh():
            return cast(ResponseReturnValue, view(*args, **kwargs))
        if request.method != "POST":
            return redirect(url_for("accounts.prove", next=request.full_path.rstrip("?")), 303)
        asked = proof_asked(request.path, carried=True)
        return cast(ResponseReturnValue, view(*args, **kwargs)) if asked is None else asked

    return cast(View, guarded)


def proof_asked(action: str, *, carried: bool = False, onwards: str | None = None) -> ResponseReturnValue | None:
    """None once the proof that came with this request is good; else the page that asks for it.

    `action`: where that page's form goes; `carried`: with the fields of this one.
    """
    person = current_person()
    problem, status = "", 403
    if request.form.keys() & {PASSWORD, PASSKEY}:
        try:
            if _is_proven(person):
                proved_now()
                return None
            problem, status = _("This is not your password."), 422
        except PasskeyRefused as error:
            problem, status = sentence(error), 422
        except (TooMany, Busy) as error:
            problem, status = sentence(error), status_of(error)
    return _page(person, action, problem, carried=carried, onwards=onwards), status


def _is_proven(person: Person) -> bool:
    answer = request.form.get(PASSKEY)
    if not answer:
        return is_password_of(person, request.form.get(PASSWORD, ""), f"person {person.id}")
    with transaction() as database:
        found = passkeys.owner_by_answer(database, site(), answer, spent_challenge(), utcnow())
    if found != person.id:
        raise PasskeyRefused
    return True


def _page(person: Person, action: str, problem: str, *, carried: bool, onwards: str | None) -> str:
    with reading() as database:
        keys = passkeys_of(database, person.id)
        identities = identities_of(database, person.id)
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in OURS] if carried else []
    return render_template(
        "accounts/prove.html",
        person=person,
        action=action,
        fields=fields,
        problem=problem,
        has_password=person.password_hash is not None,
        options=passkeys.options_to_sign_in(site(), challenge(), keys) if keys else None,
        identities=identities,
        onwards=onwards or url_for("accounts.account"),
    )


def is_password_of(person: Person | None, password: str, who: str) -> bool:
    """Whether it is this person's password (nobody's: no), counted as a try at `who` from this network.

    No transaction is open while the password is hashed: that takes a tenth of a second. Raises TooMany, Busy.
    """
    secret, now = wired().settings.secret_key, utcnow()
    attempt = Attempt.at(secret, who, network())
    with transaction() as database:
        attempt.count(database, now)
        if person is None or not knows(database, person.id, network_key(secret, network()), now):
            attempt.count_everywhere(database, now)
    if not is_right(person.password_hash if person else None, password):
        return False
    with transaction() as database:
        attempt.succeeded(database)
    return True
