"""Fresh proof before what concerns the whole account; and what helps when the usual way in is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.addresses import add_address as add
from backpack.accounts.addresses import confirm_address, read_address
from backpack.accounts.models import Person
from backpack.accounts.proving import LASTS
from backpack.accounts.queries import addresses_of, own_address, owner_of, person_by_id
from backpack.accounts.recovery import make_codes
from backpack.database import reading, transaction, utcnow
from tests.accounts.authenticator import Authenticator
from tests.accounts.letters import letters_to
from tests.accounts.test_passkeys import ADD, options
from tests.accounts.test_passkeys import add as add_passkey
from tests.people import ADDRESS, PASSWORD, post, sign_up_person, signed_in

LATER = LASTS + timedelta(seconds=1)
OWN = "camille@courriel.example"
GUARDED = {
    "/compte/adresses": {"address": OWN},
    "/compte/adresses/principale": {"address": ADDRESS},
    "/compte/adresses/retirer": {"address": ADDRESS},
    "/compte/adresses/fermee": {"address": ADDRESS},
    "/compte/cles/ajouter": {"name": "x"},
    "/compte/cles/retirer": {"passkey": "x"},
    "/compte/secours": {},
}


def spellings(person: Person) -> list[str]:
    with reading() as session:
        return [one.spelling for one in addresses_of(session, person.id)]


@pytest.fixture
def second(person: Person) -> str:
    """A second confirmed address."""
    with transaction() as session:
        added = add(session, person_by_id(session, person.id), read_address(OWN), utcnow())
        confirm_address(session, added, utcnow())
    return OWN


def test_what_wants_fresh_proof_asks_for_it(signed_in_client: FlaskClient) -> None:
    with time_machine.travel(utcnow() + LATER, tick=True):
        for address, fields in GUARDED.items():
            answer = post(signed_in_client, address, **fields)
            assert answer.status_code == 403, address
            assert "proof_password" in answer.text, address
        asked = signed_in_client.get(ADD)
        assert asked.headers["Location"] == "/compte/preuve?next=/compte/cles/ajouter"


def test_what_was_typed_is_carried_along(signed_in_client: FlaskClient, person: Person) -> None:
    with time_machine.travel(utcnow() + LATER, tick=True):
        page = post(signed_in_client, "/compte/adresses", address=OWN).text
        assert re.search(rf'<input type="hidden" name="address" value="{OWN}">', page)
        wrong = post(signed_in_client, "/compte/adresses", address=OWN, proof_password="not my password")
        assert wrong.status_code == 422
        assert "not my password" not in wrong.text
        assert spellings(person) == [ADDRESS]
        assert post(signed_in_client, "/compte/adresses", address=OWN, proof_password=PASSWORD).status_code == 303
        assert spellings(person) == [ADDRESS, OWN]
        assert signed_in_client.get(ADD).status_code == 200, "it holds for some minutes"


def test_a_page_comes_back_after_the_proof(signed_in_client: FlaskClient) -> None:
    proof = "/compte/preuve?next=/compte/cles/ajouter"
    with time_machine.travel(utcnow() + LATER, tick=True):
        assert post(signed_in_client, proof, proof_password=PASSWORD).headers["Location"] == ADD
        evil = post(signed_in_client, "/compte/preuve?next=//evil.example", proof_password=PASSWORD)
        assert evil.headers["Location"] == "/compte"


def test_a_passkey_proves_it_too_but_only_ones_own(app: Flask, signed_in_client: FlaskClient, person: Person) -> None:
    device, thiefs = Authenticator(), Authenticator()
    add_passkey(signed_in_client, device)
    with transaction() as session:
        thief = sign_up_person(session, "Thief", "thief@etu.estuaire.example")
    add_passkey(signed_in(app.test_client(), thief), thiefs)
    proof = f"/compte/preuve?next={ADD}"
    with time_machine.travel(utcnow() + LATER, tick=True):
        for one, status in ((thiefs, 422), (device, 303)):
            answer = one.sign(options(signed_in_client, proof))
            assert post(signed_in_client, proof, proof, proof_passkey=answer).status_code == status


def test_guesses_of_the_proof_are_slowed_down(signed_in_client: FlaskClient) -> None:
    with time_machine.travel(utcnow() + LATER, tick=False):
        tries = [
            post(signed_in_client, "/compte/preuve", proof_password=f"guess number {number}").status_code
            for number in range(7)
        ]
    assert tries == [422] * 5 + [429] * 2


def codes_of(person: Person) -> list[str]:
    with transaction() as session:
        return make_codes(session, person.id, utcnow())


def recover(client: FlaskClient, code: str, address: str = ADDRESS) -> int:
    page = "/code-de-secours"
    return post(client, page, page, address=address, code=code).status_code


def test_a_code_on_paper_lets_in_once(app: Flask, signed_in_client: FlaskClient, person: Person) -> None:
    page = post(signed_in_client, "/compte/secours").text
    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", page)
    assert len(set(codes)) == 10
    client = app.test_client()
    assert recover(client, codes[0].lower().replace("-", " ")) == 303
    assert signed_in_client.get("/compte").status_code == 303, "all other browsers are signed out"
    (letter,) = letters_to(ADDRESS)
    assert "9" in letter["body"]
    assert recover(app.test_client(), codes[0]) == 422
    answer = post(client, "/compte/mot-de-passe", new_password="quite another password")
    assert answer.status_code == 303, "without the old one, which was lost"
    again = post(client, "/compte/mot-de-passe", new_password="a third password here")
    assert again.status_code == 422, "but once only"


def test_new_codes_end_the_old_ones(app: Flask, person: Person) -> None:
    old, new = codes_of(person), codes_of(person)
    assert recover(app.test_client(), old[0]) == 422
    assert recover(app.test_client(), new[0]) == 303


def test_no_other_code_lets_in(app: Flask, person: Person) -> None:
    with transaction() as session:
        sign_up_person(session, "Noé", "noe@etu.estuaire.example")
    code = codes_of(person)[0]
    cases = {
        "of another account": (code, "noe@etu.estuaire.example"),
        "of nobody": (code, "nobody@etu.estuaire.example"),
        "no address": (code, "\u0000"),
        "empty": ("", ADDRESS),
        "made up": ("0000-0000-0000-0000", ADDRESS),
        "half": (code[:9], ADDRESS),
        "surrogates": ("\ud800", ADDRESS),
        "too long": ("0" * 5_000, ADDRESS),
    }
    for case, (typed, address) in cases.items():
        if case != "surrogates":  # a browser cannot send them
            assert recover(app.test_client(), typed, address) == 422, case


def test_guesses_of_codes_are_slowed_down(app: Flask, person: Person) -> None:
    client = app.test_client()
    with time_machine.travel(utcnow(), tick=False):
        assert [recover(client, "0000-0000-0000-0000") for _ in range(6)] == [422] * 5 + [429]


def test_a_closed_address_opens_nothing_but_with_a_code(
    app: Flask, signed_in_client: FlaskClient, person: Person, second: str
) -> None:
    code = codes_of(person)[0]
    assert post(signed_in_client, "/compte/adresses/fermee", address=ADDRESS).status_code == 303
    client = app.test_client()
    answer = post(client, "/connexion", "/connexion", address=ADDRESS, password=PASSWORD)
    assert answer.status_code == 422
    post(client, "/mot-de-passe-oublie", "/mot-de-passe-oublie", address=ADDRESS)
    assert all("nouveau-mot-de-passe" not in letter["body"] for letter in letters_to(ADDRESS))
    assert recover(client, code) == 303


def test_a_closed_address_may_become_somebody_elses(signed_in_client: FlaskClient, person: Person, second: str) -> None:
    post(signed_in_client, "/compte/adresses/fermee", address=ADDRESS)
    with transaction() as session:
        other = sign_up_person(session, "Noé", ADDRESS)
    with reading() as session:
        owner = owner_of(session, ADDRESS)
        mine = own_address(session, person.id, ADDRESS)
    assert owner is not None
    assert owner.person_id == other.id
    assert mine.confirmed_at is not None
    assert "Fermée le" in signed_in_client.get("/compte").text


def test_the_only_address_cannot_be_closed(signed_in_client: FlaskClient, person: Person) -> None:
    assert post(signed_in_client, "/compte/adresses/fermee", address=ADDRESS).status_code == 422
    post(signed_in_client, "/compte/adresses", address=OWN)
    assert post(signed_in_client, "/compte/adresses/fermee", address=OWN).status_code == 422, "not confirmed"
    assert post(signed_in_client, "/compte/adresses/fermee", address="x@x.example").status_code == 404
