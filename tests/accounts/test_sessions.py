"""Sessions: kept on our side, new at each change of who one is, and ended for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from backpack import create_app
from backpack.accounts.models import Person, SignedSession
from backpack.accounts.sessions import hash_of
from backpack.database import db, reading, transaction, utcnow
from backpack.settings import Settings
from tests.people import ADDRESS, PASSWORD, post, signed_in, token_of


def rows() -> int:
    with reading() as session:
        return session.scalar(select(func.count(SignedSession.id))) or 0


def key_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_a_stranger_who_reads_gets_no_cookie_and_leaves_no_row(client: FlaskClient) -> None:
    for page in ("/", "/?lang=en", "/aide", "/vie-privee", "/accessibilite", "/nowhere"):
        assert "Set-Cookie" not in client.get(page).headers, page
    assert rows() == 0


def test_the_cookie_is_for_our_server_alone(app: Flask, client: FlaskClient) -> None:
    cookie = client.get("/connexion").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    with reading() as session:
        (row,) = session.scalars(select(SignedSession))
    assert row.key_hash == hash_of(key_of(client))


def test_over_https_the_cookie_stays_there(settings: Settings) -> None:
    app = create_app(replace(settings, public_url="https://badges.example.org"))
    cookie = app.test_client().get("/connexion", base_url="https://badges.example.org").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    with app.app_context():
        db.engine.dispose()


def test_signing_in_makes_a_new_key_and_drops_what_was_there(client: FlaskClient, person: Person) -> None:
    token = token_of(client, "/connexion")
    planted = key_of(client)
    client.post("/connexion", data={"csrf_token": token, "address": ADDRESS, "password": PASSWORD})
    assert key_of(client) != planted
    with reading() as session:
        keys = [row.key_hash for row in session.scalars(select(SignedSession))]
    assert keys == [hash_of(key_of(client))], "the planted key opens nothing"


def test_a_key_that_was_never_ours_is_not_taken_over(client: FlaskClient) -> None:
    client.set_cookie("session", "chosen-by-a-stranger")
    client.get("/connexion")
    assert key_of(client) != "chosen-by-a-stranger"


def test_an_ended_session_stays_ended(app: Flask, signed_in_client: FlaskClient) -> None:
    """It is ended while a request of it is on its way, after that request has read it."""

    @app.after_request
    def end_meanwhile(response: object) -> object:
        with transaction() as session:
            session.execute(delete(SignedSession))
        return response

    signed_in_client.get("/compte?lang=en")
    assert rows() == 0
    assert signed_in_client.get("/compte").status_code == 303


def test_signing_out_leaves_nothing(app: Flask, signed_in_client: FlaskClient) -> None:
    key = key_of(signed_in_client)
    post(signed_in_client, "/deconnexion")
    assert signed_in_client.get_cookie("session") is None
    stolen = app.test_client()
    stolen.set_cookie("session", key)
    assert stolen.get("/compte").status_code == 303


@pytest.mark.parametrize(
    ("steps", "lasts"),
    [
        pytest.param([timedelta(hours=11, minutes=54)], True, id="idle for less than 12 hours"),
        pytest.param([timedelta(hours=12, minutes=1)], False, id="idle for 12 hours"),
        pytest.param([timedelta(hours=10)] * 5, True, id="used now and then"),
        pytest.param([timedelta(hours=10)] * 73, False, id="older than 30 days, however used"),
    ],
)
def test_how_long_a_session_lasts(app: Flask, person: Person, steps: list[timedelta], lasts: bool) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        client = signed_in(app.test_client(), person)
        for step in steps:
            clock.shift(step)
            answer = client.get("/compte")
        assert (answer.status_code == 200) is lasts


def test_one_browser_ends_another(app: Flask, person: Person, signed_in_client: FlaskClient) -> None:
    other = signed_in(app.test_client(), person)
    name = hash_of(key_of(other))[:12].hex()
    assert name in signed_in_client.get("/compte").text
    post(signed_in_client, "/compte/sessions/terminer", session=name)
    assert other.get("/compte").status_code == 303
    assert signed_in_client.get("/compte").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(app: Flask, signed_in_client: FlaskClient) -> None:
    stranger = app.test_client()
    stranger.get("/connexion")
    before = rows()
    post(signed_in_client, "/compte/sessions/terminer", session=hash_of(key_of(stranger))[:12].hex())
    assert rows() == before


def test_all_others_at_once(app: Flask, person: Person, signed_in_client: FlaskClient) -> None:
    others = [signed_in(app.test_client(), person) for _ in range(3)]
    post(signed_in_client, "/compte/sessions/terminer-les-autres")
    assert [other.get("/compte").status_code for other in others] == [303] * 3
    assert signed_in_client.get("/compte").status_code == 200


def test_a_changed_password_ends_the_others_and_renews_this_one(
    app: Flask, person: Person, signed_in_client: FlaskClient
) -> None:
    other = signed_in(app.test_client(), person)
    before = key_of(signed_in_client)
    answer = post(signed_in_client, "/compte/mot-de-passe", password=PASSWORD, new_password="quite another sentence")
    assert answer.status_code == 303
    assert key_of(signed_in_client) != before
    assert signed_in_client.get("/compte").status_code == 200
    assert other.get("/compte").status_code == 303
    stolen = app.test_client()
    stolen.set_cookie("session", before)
    assert stolen.get("/compte").status_code == 303
