"""Signing in and out: neutral answers, growing delays, and nobody locked out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backpack.accounts import passwords
from backpack.accounts.addresses import read_address
from backpack.accounts.models import Person
from backpack.accounts.passwords import hash_password
from backpack.accounts.signing_in import Attempt
from backpack.accounts.signing_up import sign_up
from backpack.accounts.tries import TriedFromEverywhere
from backpack.database import transaction, utcnow
from backpack.wiring import wired
from tests.accounts.letters import letters_to, link_in
from tests.people import ADDRESS, PASSWORD, post, token_of

WRONG = "not the right password"
NOBODY = "nobody@etu.estuaire.example"


def sign_in(
    client: FlaskClient, address: str = ADDRESS, password: str = PASSWORD, ip: str = "192.0.2.1"
) -> TestResponse:
    token = token_of(client, "/connexion")
    form = {"csrf_token": token, "address": address, "password": password}
    return client.post("/connexion", data=form, environ_base={"REMOTE_ADDR": ip})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/compte").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(ADDRESS, id="as confirmed"),
        pytest.param(ADDRESS.upper(), id="in capitals"),
        pytest.param(f"  {ADDRESS} ", id="with spaces around"),
    ],
)
def test_the_right_password_lets_in(client: FlaskClient, person: Person, address: str) -> None:
    assert sign_in(client, address).status_code == 303
    assert is_signed_in(client)
    assert post(client, "/deconnexion").status_code == 303
    assert not is_signed_in(client)


def test_signing_out_needs_our_own_form(signed_in_client: FlaskClient) -> None:
    assert signed_in_client.get("/deconnexion").status_code == 405
    assert signed_in_client.post("/deconnexion").status_code == 400
    assert is_signed_in(signed_in_client)


def test_wrong_and_unknown_get_one_answer(app: Flask, person: Person) -> None:
    answers = [sign_in(app.test_client(), address, WRONG) for address in (ADDRESS, NOBODY)]
    assert {answer.status_code for answer in answers} == {422}
    one, other = (
        [line for line in answer.text.replace(address, "…").splitlines() if not re.search("csrf_token|passkey", line)]
        for answer, address in zip(answers, (ADDRESS, NOBODY), strict=True)
    )
    assert one == other


def test_an_unknown_address_costs_a_hash_too(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what is done; how long it takes is measured in tests/benchmarks/people.py."""
    checked: list[str | bytes] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - its name there
            checked.append(password)
            return super().verify(hash, password)

    own = passwords.hasher
    counting = Counting(own.time_cost, own.memory_cost, own.parallelism)
    monkeypatch.setattr(passwords, "hasher", counting)
    for number, address in enumerate((ADDRESS, NOBODY), start=1):
        assert sign_in(app.test_client(), address, WRONG).status_code == 422
        assert checked == [WRONG.encode()] * number


def test_delays_grow_and_the_right_password_works_after_them(app: Flask, person: Person) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        for _ in range(5):
            assert sign_in(app.test_client(), password=WRONG).status_code == 422
        assert sign_in(app.test_client()).status_code == 429, "even the right one must wait"
        clock.shift(timedelta(seconds=16.1))
        assert sign_in(app.test_client(), password=WRONG).status_code == 422
        clock.shift(timedelta(seconds=16.1))
        assert sign_in(app.test_client()).status_code == 429, "twice as long by now"
        clock.shift(timedelta(seconds=16))
        assert sign_in(app.test_client()).status_code == 303
        assert sign_in(app.test_client(), password=WRONG).status_code == 422, "forgiven after the right one"


def test_the_owner_elsewhere_does_not_wait(app: Flask, person: Person) -> None:
    with time_machine.travel(utcnow(), tick=False):
        for _ in range(8):
            sign_in(app.test_client(), password=WRONG, ip="198.51.100.7")
        assert sign_in(app.test_client(), ip="198.51.100.7").status_code == 429
        assert sign_in(app.test_client(), ip="192.0.2.1").status_code == 303


def test_guesses_from_a_thousand_networks_are_a_hundred(app: Flask, person: Person) -> None:
    """And then one in five minutes; the same for an address that nobody has. Whoever waits is told other ways in."""
    with time_machine.travel(utcnow(), tick=False) as clock, transaction() as session:
        for who in (ADDRESS, NOBODY):
            looked_at = sum(is_counted(session, who, f"2001:db8:{number:x}::") for number in range(1_000))
            assert looked_at == 100
        clock.shift(timedelta(minutes=5))
        assert [is_counted(session, ADDRESS, f"2001:db8:{number:x}::") for number in (1, 2, 3)] == [True, False, False]


def is_counted(session: Session, who: str, network: str) -> bool:
    try:
        Attempt.at(wired().settings.secret_key, who, network).count_everywhere(session, utcnow())
    except TriedFromEverywhere:
        return False
    return True


def test_guesses_from_everywhere_never_lock_the_owner_out(app: Flask, person: Person) -> None:
    """From where they signed in lately they don't wait; from elsewhere a letter lets them in, and then they don't."""
    home, train = "198.51.100.7", "203.0.113.9"
    assert sign_in(app.test_client(), ip=home).status_code == 303
    with transaction() as session:
        for number in range(120):
            is_counted(session, ADDRESS, f"2001:db8:{number:x}::")
    for address in (ADDRESS, NOBODY):
        with transaction() as session:
            for number in range(120):
                is_counted(session, address, f"2001:db8:{number:x}::")
        told = sign_in(app.test_client(), address, ip=train)
        assert told.status_code == 429
        assert "Mot de passe oublié" in told.text
    assert sign_in(app.test_client(), ip=home).status_code == 303
    way_in = app.test_client()
    way_in.environ_base["REMOTE_ADDR"] = train
    post(way_in, "/mot-de-passe-oublie", "/mot-de-passe-oublie", address=ADDRESS)
    way_in.get(link_in(letters_to(ADDRESS)[-1]))
    anew = post(way_in, "/nouveau-mot-de-passe", "/nouveau-mot-de-passe", new_password=PASSWORD + " anew")
    assert anew.status_code == 303
    assert sign_in(app.test_client(), password=PASSWORD + " anew", ip=train).status_code == 303


def test_no_delay_is_longer_than_a_quarter_of_an_hour(app: Flask, person: Person) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        for _ in range(20):
            sign_in(app.test_client(), password=WRONG)
            clock.shift(timedelta(minutes=15))
        assert sign_in(app.test_client()).status_code == 303


def test_a_forged_header_is_no_other_network(app: Flask, person: Person) -> None:
    with time_machine.travel(utcnow(), tick=False):
        for _ in range(5):
            sign_in(app.test_client(), password=WRONG)
        client = app.test_client()
        form = {"csrf_token": token_of(client, "/connexion"), "address": ADDRESS, "password": WRONG}
        forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
        sent = client.post("/connexion", data=form, headers=forged, environ_base={"REMOTE_ADDR": "192.0.2.1"})
        assert sent.status_code == 429


def test_an_account_that_waits_is_led_to_its_letter(client: FlaskClient) -> None:
    with transaction() as session:
        sign_up(
            session,
            name="Zoé",
            address=read_address("zoe@x.example"),
            password_hash=hash_password(PASSWORD),
            language="fr",
            now=utcnow(),
        )
    assert sign_in(client, "zoe@x.example", WRONG).status_code == 422
    assert sign_in(client, "zoe@x.example").headers["Location"] == "/lettre"
    assert not is_signed_in(client)
    post(client, "/lettre", "/lettre")
    client.get(link_in(letters_to("zoe@x.example")[0]))
    assert post(client, "/confirmer", "/confirmer").status_code == 303
    assert is_signed_in(client)


ODD = (
    ("", ""),
    ("A" * 5_000, PASSWORD),
    (ADDRESS, "p" * 40_000),
    ("\x07@\x07", PASSWORD),
    ("not an address", PASSWORD),
)


def test_odd_input_is_a_wrong_address_or_password(client: FlaskClient, person: Person) -> None:
    for address, password in ODD:
        assert (sign_in(client, address, password).status_code, address[:20]) == (422, address[:20])
