"""Signing in and out: neutral answers, growing delays, and nobody locked out."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from statistics import median

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack.accounts.addresses import read_address
from backpack.accounts.models import Person
from backpack.accounts.passwords import hash_password
from backpack.accounts.signing_up import sign_up
from backpack.database import transaction, utcnow
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


def test_wrong_and_unknown_take_the_same_time(app: Flask, person: Person) -> None:
    taken: dict[str, list[float]] = {ADDRESS: [], NOBODY: []}
    for number in range(7):
        for address, times in taken.items():
            browser = app.test_client()
            begun = time.perf_counter()
            sign_in(browser, address, WRONG, ip=f"198.51.100.{number}")
            times.append(time.perf_counter() - begun)
    known, unknown = (median(times[1:]) for times in taken.values())
    assert 0.5 < known / unknown < 2, "an unknown account costs a hash, too"


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
