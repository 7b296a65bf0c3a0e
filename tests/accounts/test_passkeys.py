"""Passkeys: made, used, removed; and every answer that must not let anybody in."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack.accounts.models import Person
from backpack.accounts.queries import passkeys_of, person_by_id
from backpack.database import reading, transaction
from tests.accounts.authenticator import PRESENT, Authenticator
from tests.accounts.letters import letters_to
from tests.people import ADDRESS, post

ADD, SIGN_IN = "/compte/cles/ajouter", "/connexion"


def options(client: FlaskClient, page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', client.get(page).text)
    assert found
    read: dict[str, Any] = json.loads(html.unescape(found[1]))
    return read


def add(client: FlaskClient, device: Authenticator, name: str = "Téléphone") -> TestResponse:
    return post(client, ADD, ADD, answer=device.make(options(client, ADD)), name=name)


def sign_in(client: FlaskClient, answer: str) -> TestResponse:
    return post(client, "/connexion/cle", SIGN_IN, answer=answer)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/compte").status_code == 200


@pytest.fixture
def device(signed_in_client: FlaskClient) -> Authenticator:
    """Camille's, with a passkey made on the account page."""
    made = Authenticator()
    assert add(signed_in_client, made).status_code == 303
    return made


def test_a_passkey_lets_in_without_a_name_being_typed(app: Flask, device: Authenticator) -> None:
    client = app.test_client()
    asked = options(client, SIGN_IN)
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"
    assert sign_in(client, device.sign(asked)).headers["Location"] == "/badges"
    assert is_signed_in(client)
    (letter,) = letters_to(ADDRESS)
    assert "clé d’accès" in letter["body"], "if it was not them, they know at once"


def test_a_passkey_is_asked_to_be_found_by_its_device(signed_in_client: FlaskClient, device: Authenticator) -> None:
    asked = options(signed_in_client, ADD)
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(asked["excludeCredentials"]) == 1


Lie = Callable[[Authenticator, dict[str, Any]], str]


def with_change(**changes: Any) -> Lie:
    def lie(device: Authenticator, asked: dict[str, Any]) -> str:
        for name, value in changes.items():
            setattr(device, name, value)
        return device.sign(asked)

    return lie


def with_response(**changes: str) -> Lie:
    def lie(device: Authenticator, asked: dict[str, Any]) -> str:
        said = json.loads(device.sign(asked))
        said["response"] |= changes
        return json.dumps(said)

    return lie


LIES: dict[str, Lie] = {
    "of another site's page": with_change(origin="http://evil.example"),
    "of a page on another port": with_change(origin="http://localhost:9000"),
    "for another site": with_change(site="evil.example"),
    "without the device's own lock": with_change(flags=PRESENT),
    "by a passkey nobody made here": lambda _device, asked: Authenticator().sign(asked),
    "by another key under the same name": lambda device, asked: Authenticator(credential_id=device.credential_id).sign(
        asked
    ),
    "to another question": lambda device, _asked: device.sign({"challenge": "AAAA"}),
    "of the ceremony that makes one": lambda device, asked: device.make(asked),
    "with another signature": with_response(signature="AAAA"),
    "with broken base64": with_response(authenticatorData="é!"),
    "empty": lambda _device, _asked: "",
    "no JSON": lambda _device, _asked: "{",
    "a list": lambda _device, _asked: "[1]",
    "of null": lambda _device, _asked: '{"id": null, "rawId": null, "response": null, "type": "public-key"}',
    "far too long": lambda device, asked: device.sign(asked) + " " * 30_000,
}


def test_no_other_answer_lets_in(app: Flask, device: Authenticator) -> None:
    for case, lie in LIES.items():
        client = app.test_client()
        copy = Authenticator(credential_id=device.credential_id, key=device.key, count=device.count)
        answer = sign_in(client, lie(copy, options(client, SIGN_IN)))
        assert (answer.status_code, is_signed_in(client)) == (422, False), case


def test_an_answer_works_once_and_only_where_it_was_asked_for(app: Flask, device: Authenticator) -> None:
    victim, thief = app.test_client(), app.test_client()
    answer = device.sign(options(victim, SIGN_IN))
    assert sign_in(thief, answer).status_code == 422, "another browser was asked something else"
    assert sign_in(victim, answer).status_code == 303
    post(victim, "/deconnexion")
    assert sign_in(victim, answer).status_code == 422, "the same answer again"


def test_a_copy_that_counts_backwards_is_refused(app: Flask, device: Authenticator) -> None:
    device.count = 10
    first, second = app.test_client(), app.test_client()
    assert sign_in(first, device.sign(options(first, SIGN_IN))).status_code == 303
    device.count = 3
    assert sign_in(second, device.sign(options(second, SIGN_IN))).status_code == 422


def test_what_cannot_be_added(signed_in_client: FlaskClient, device: Authenticator, person: Person) -> None:
    liar = Authenticator(origin="http://evil.example")
    for case, answer in {
        "the same again": add(signed_in_client, device),
        "of another site": add(signed_in_client, liar),
        "without a lock": add(signed_in_client, Authenticator(flags=PRESENT)),
        "without a name": add(signed_in_client, Authenticator(), name=""),
        "without an answer": post(signed_in_client, ADD, ADD, name="x", answer=""),
    }.items():
        assert answer.status_code == 422, case
    with reading() as session:
        assert len(passkeys_of(session, person.id)) == 1


def test_a_removed_passkey_lets_nobody_in(
    app: Flask, signed_in_client: FlaskClient, device: Authenticator, person: Person
) -> None:
    with reading() as session:
        (key,) = passkeys_of(session, person.id)
    assert post(signed_in_client, "/compte/cles/retirer", passkey="0" * 20).status_code == 404
    assert post(signed_in_client, "/compte/cles/retirer", passkey=key.public_id).status_code == 303
    client = app.test_client()
    assert sign_in(client, device.sign(options(client, SIGN_IN))).status_code == 422


def test_the_only_way_in_stays(signed_in_client: FlaskClient, device: Authenticator, person: Person) -> None:
    with transaction() as session:
        person_by_id(session, person.id).password_hash = None
        (key,) = passkeys_of(session, person.id)
    assert post(signed_in_client, "/compte/cles/retirer", passkey=key.public_id).status_code == 422
    with reading() as session:
        assert len(passkeys_of(session, person.id)) == 1
