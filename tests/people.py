"""People for tests: signed up, confirmed, and signed in, without walking through the pages each time."""

from __future__ import annotations

import contextvars
import re
import secrets
from functools import lru_cache
from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backpack.accounts.addresses import confirm_address, read_address
from backpack.accounts.models import Person
from backpack.accounts.passwords import hash_password
from backpack.accounts.presence import PROVED
from backpack.accounts.sessions import new_session
from backpack.accounts.signing_up import sign_up
from backpack.database import transaction, utcnow

PASSWORD = "correct horse battery"
NAME = "Camille Kervella"
ADDRESS = "camille@etu.estuaire.example"


class Browser(FlaskClient):
    """A browser whose requests stand alone, as in production: the test's application context does not reach them."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


def sign_up_person(session: Session, name: str = NAME, address: str = ADDRESS, password: str = PASSWORD) -> Person:
    """A person with one confirmed address, French."""
    now = utcnow()
    person, waiting = sign_up(
        session,
        name=name,
        address=read_address(address),
        password_hash=_hash_once(password),
        language="fr",
        now=now,
    )
    confirm_address(session, waiting, now)
    return person


@lru_cache
def _hash_once(password: str) -> str:
    return hash_password(password)


def signed_in(client: FlaskClient, person: Person) -> FlaskClient:
    """The same browser, signed in just now as this person (who must be committed)."""
    key = secrets.token_urlsafe(32)
    with transaction() as session:
        session.add(new_session(key, person.id, {PROVED: utcnow().isoformat()}, utcnow()))
    interface: Any = current_app.session_interface
    client.set_cookie(interface.cookie, key)
    return client


def token_of(client: FlaskClient, page: str = "/compte") -> str:
    """The CSRF token this browser finds in the forms of a page. Good for every form of the same session."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found, f"no form with a token on {page}"
    return found[1]


def post(client: FlaskClient, address: str, page: str = "/compte", /, **fields: Any) -> TestResponse:
    """Send a form as a person would: with the token of `page`."""
    return client.post(address, data={"csrf_token": token_of(client, page), **fields})
