"""Who is at the browser: Flask-Login over our own sessions."""

from __future__ import annotations

from typing import Any

from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from backpack.accounts.browsers import browser_of
from backpack.accounts.models import Person
from backpack.accounts.sessions import BrowserSession, KeptSessions, hash_of, session_name
from backpack.database import utcnow
from backpack.settings import Settings

PROVED = "proved_at"
"""When who is signed in here last proved to be it."""


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login hands to views and templates as `current_user`."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.id = person.id
        self.public_id = person.public_id
        self.name = person.name
        self.language = person.language
        self.is_demo = person.is_demo


class Presence(LoginManager):  # type: ignore[misc]
    """Flask-Login without its cookie of its own, its print of the browser, and its question at each page."""

    def init_app(self, app: Flask, add_context_processor: bool = False) -> None:
        app.login_manager = self  # type: ignore[attr-defined]


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application sessions and `current_user`."""
    app.session_interface = KeptSessions(secure=settings.secure)
    presence = Presence()
    presence.session_protection = None
    presence.user_loader(_signed_in)
    presence.unauthorized_handler(_to_sign_in)
    presence.init_app(app)
    app.jinja_env.globals["current_user"] = current_user
    app.add_template_filter(session_name)


def _signed_in(_id: str) -> SignedIn | None:
    person = this_session().person
    return SignedIn(person) if person else None


def _to_sign_in() -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("accounts.sign_in", next=back), 303)


def this_session() -> BrowserSession:
    """The session of this request, with what only accounts may touch."""
    own: Any = session
    found: BrowserSession = own._get_current_object()
    return found


def this_key_hash() -> bytes | None:
    """The hash by which the table knows the session of this request."""
    key = this_session().key
    return hash_of(key) if key else None


def current_person() -> Person:
    """Who is signed in, as read with the session (detached: to be changed, it must be found again).

    Only in views behind `login_required`. Raises RuntimeError where nobody is signed in.
    """
    person = this_session().person
    if person is None:
        raise RuntimeError("nobody is signed in: is login_required missing?")
    return person


def begin(person: Person, *, proved: bool = True) -> None:
    """Sign this browser in as `person`, in a session with a new key. `proved`: they showed just now to be it."""
    own = this_session()
    own.renew()
    own.person = person
    login_user(SignedIn(person))
    own["browser"] = browser_of(request.user_agent.string)
    if proved:
        proved_now()


def proved_now() -> None:
    """Who is signed in here has just proved to be it."""
    session[PROVED] = utcnow().isoformat()


def end() -> None:
    """Sign this browser out: its row goes, and so does its cookie."""
    logout_user()
    this_session().renew()
