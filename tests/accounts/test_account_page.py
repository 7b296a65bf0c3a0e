"""The account page: addresses, name, language, password."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backpack.accounts.addresses import confirm_address, read_address
from backpack.accounts.models import AuditEvent, Person
from backpack.accounts.queries import addresses_of, confirmed_addresses, own_address, owner_of, person_by_id
from backpack.database import reading, transaction, utcnow
from backpack.errors import NotFound
from tests.accounts.letters import letters_to, link_in
from tests.people import ADDRESS, PASSWORD, post, sign_up_person, signed_in

OWN = "camille@courriel.example"
OTHERS = "noe@etu.estuaire.example"


def as_now(person: Person) -> Person:
    with reading() as session:
        return person_by_id(session, person.id)


def addresses(person: Person) -> list[tuple[str, bool, bool]]:
    """(spelling, confirmed, main)."""
    with reading() as session:
        return [(one.spelling, one.confirmed_at is not None, one.is_main) for one in addresses_of(session, person.id)]


@pytest.fixture
def second(person: Person, signed_in_client: FlaskClient) -> str:
    """A second confirmed address."""
    post(signed_in_client, "/compte/adresses", address=OWN)
    with transaction() as session:
        confirm_address(session, own_address(session, person.id, OWN), utcnow())
    return OWN


def test_add_and_confirm_another_address(person: Person, signed_in_client: FlaskClient) -> None:
    assert post(signed_in_client, "/compte/adresses", address="Camille@Courriel.example").status_code == 303
    assert addresses(person) == [(ADDRESS, True, True), ("Camille@courriel.example", False, False)]
    signed_in_client.get(link_in(letters_to("Camille@courriel.example")[0]))
    assert post(signed_in_client, "/confirmer", "/confirmer").status_code == 303
    assert addresses(person) == [(ADDRESS, True, True), ("Camille@courriel.example", True, False)]
    assert letters_to(ADDRESS), "the main address is told"


def test_an_address_of_somebody_else_gets_the_same_answer(person: Person, signed_in_client: FlaskClient) -> None:
    with transaction() as session:
        noe = sign_up_person(session, "Noé", OTHERS)
    answers = [post(signed_in_client, "/compte/adresses", address=address) for address in (OTHERS, OWN)]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(303, "/compte#adresses")] * 2
    pages = [signed_in_client.get("/compte").text]
    assert OTHERS in pages[0]
    assert [confirmed for _, confirmed, _ in addresses(person)] == [True, False, False]
    (letter,) = letters_to(OTHERS)
    assert "/confirmer/" not in letter["body"], "its owner is told, and nothing can be confirmed"
    with reading() as session:
        owner = owner_of(session, OTHERS)
    assert owner is not None
    assert owner.person_id == noe.id


def test_make_another_the_main_one(person: Person, signed_in_client: FlaskClient, second: str) -> None:
    post(signed_in_client, "/compte/adresses/principale", address=second)
    assert addresses(person) == [(second, True, True), (ADDRESS, True, False)]


@pytest.mark.parametrize("act", ["principale", "retirer", "fermee"])
def test_both_mailboxes_are_told_of_a_move(signed_in_client: FlaskClient, second: str, act: str) -> None:
    before = [len(letters_to(one)) for one in (ADDRESS, second)]
    assert post(signed_in_client, f"/compte/adresses/{act}", address=second).status_code == 303
    assert [len(letters_to(one)) for one in (ADDRESS, second)] == [one + 1 for one in before]
    for one in (ADDRESS, second):
        told = letters_to(one)[-1]
        assert told["subject"] == "Vos adresses ont changé"
        assert link_in(told) == "/compte"


def test_an_address_that_was_never_confirmed_gets_no_farewell(signed_in_client: FlaskClient) -> None:
    post(signed_in_client, "/compte/adresses", address=OWN)
    post(signed_in_client, "/compte/adresses/retirer", address=OWN)
    assert len(letters_to(OWN)) == 1, "the one that asked to confirm it"
    assert letters_to(ADDRESS) == []


def test_the_main_mailbox_hears_of_a_password_asked_for_elsewhere(app: Flask, second: str) -> None:
    page = "/mot-de-passe-oublie"
    post(app.test_client(), page, page, address=second)
    assert "/nouveau-mot-de-passe/" in link_in(letters_to(second)[-1])
    told = letters_to(ADDRESS)[-1]
    assert told["subject"] == "Quelqu’un a demandé un nouveau mot de passe"
    assert link_in(told) == "/compte", "and no link that opens anything"


def test_an_unconfirmed_one_cannot_be_the_main_one(person: Person, signed_in_client: FlaskClient) -> None:
    post(signed_in_client, "/compte/adresses", address=OWN)
    assert post(signed_in_client, "/compte/adresses/principale", address=OWN).status_code == 422
    assert addresses(person)[0] == (ADDRESS, True, True)


def test_removing_the_main_one_makes_another_main(person: Person, signed_in_client: FlaskClient, second: str) -> None:
    assert post(signed_in_client, "/compte/adresses/retirer", address=ADDRESS).status_code == 303
    assert addresses(person) == [(second, True, True)]


def test_the_last_confirmed_one_stays(person: Person, signed_in_client: FlaskClient) -> None:
    post(signed_in_client, "/compte/adresses", address=OWN)
    assert post(signed_in_client, "/compte/adresses/retirer", address=ADDRESS).status_code == 422
    assert addresses(person)[0] == (ADDRESS, True, True)
    assert post(signed_in_client, "/compte/adresses/retirer", address=OWN).status_code == 303


def test_an_address_of_somebody_else_is_not_there(person: Person, signed_in_client: FlaskClient) -> None:
    with transaction() as session:
        noe = sign_up_person(session, "Noé", OTHERS)
    for act in ("lettre", "principale", "retirer"):
        assert post(signed_in_client, f"/compte/adresses/{act}", address=OTHERS).status_code == 404
    with reading() as session:
        assert len(confirmed_addresses(session, noe.id)) == 1


def test_an_address_set_free_can_have_a_new_owner(app: Flask, person: Person, signed_in_client: FlaskClient) -> None:
    with transaction() as session:
        noe = sign_up_person(session, "Noé", OTHERS)
    other = signed_in(app.test_client(), noe)
    post(signed_in_client, "/compte/adresses", address=OWN)
    post(other, "/compte/adresses", address=OWN)
    first, later = (link_in(letter) for letter in letters_to(OWN))
    signed_in_client.get(first)
    assert post(signed_in_client, "/confirmer", "/confirmer").status_code == 303
    other.get(later)
    assert post(other, "/confirmer", "/confirmer").status_code == 422, "one owner at a time"
    post(signed_in_client, "/compte/adresses/retirer", address=OWN)
    other.get(later)
    assert post(other, "/confirmer", "/confirmer").status_code == 303


def test_at_most_twenty_addresses(person: Person, signed_in_client: FlaskClient) -> None:
    answers = [
        post(signed_in_client, "/compte/adresses", address=f"c{number}@x.example").status_code for number in range(20)
    ]
    assert answers == [303] * 19 + [422]


def test_a_name_that_cannot_be_taken(person: Person, signed_in_client: FlaskClient) -> None:
    for name in ("", "  ", "N" * 10_000, "a\x07b", "a\0b", "a\u202eb", "\u200b"):
        assert (post(signed_in_client, "/compte/nom", name=name).status_code, name) == (422, name)
    assert as_now(person).name == person.name


def test_a_new_name_is_on_every_page_from_the_next_reader_on(person: Person, signed_in_client: FlaskClient) -> None:
    post(signed_in_client, "/compte/nom", name="  Camille Le Bihan-Ngô ")
    assert as_now(person).name == "Camille Le Bihan-Ngô"
    assert as_now(person).edition > person.edition


def test_a_name_is_shown_as_text(signed_in_client: FlaskClient) -> None:
    post(signed_in_client, "/compte/nom", name="<script>alert(1)</script>{{7*7}}%s")
    page = signed_in_client.get("/compte").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}%s" in page


def test_the_language_of_pages_and_messages(person: Person, signed_in_client: FlaskClient) -> None:
    assert 'lang="fr"' in signed_in_client.get("/compte").text
    post(signed_in_client, "/compte/langue", language="en")
    assert 'lang="en"' in signed_in_client.get("/compte").text
    assert as_now(person).language == "en"
    assert post(signed_in_client, "/compte/langue", language="de").status_code == 422


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"password": "not the password", "new_password": "quite another one"}, 422, id="wrong one"),
        pytest.param({"password": PASSWORD, "new_password": "short"}, 422, id="too short"),
        pytest.param({"password": PASSWORD, "new_password": ""}, 422, id="none"),
        pytest.param({}, 422, id="empty form"),
        pytest.param({"password": PASSWORD, "new_password": "quite another one"}, 303, id="right"),
    ],
)
def test_changing_the_password(
    person: Person, signed_in_client: FlaskClient, fields: dict[str, str], status: int
) -> None:
    assert post(signed_in_client, "/compte/mot-de-passe", **fields).status_code == status
    assert (as_now(person).password_hash != person.password_hash) is (status == 303)
    assert bool(letters_to(ADDRESS)) is (status == 303)


ACTS = (
    "nom",
    "langue",
    "mot-de-passe",
    "adresses",
    "adresses/lettre",
    "adresses/principale",
    "adresses/retirer",
    "sessions/terminer",
    "sessions/terminer-les-autres",
)


def test_every_act_needs_somebody_and_their_token(app: Flask, signed_in_client: FlaskClient) -> None:
    stranger = app.test_client()
    for act in ACTS:
        assert (signed_in_client.post(f"/compte/{act}").status_code, act) == (400, act)
        assert post(stranger, f"/compte/{act}", "/connexion").headers["Location"].startswith("/connexion"), act


def test_what_was_done_is_on_the_trail(person: Person, signed_in_client: FlaskClient) -> None:
    post(signed_in_client, "/compte/nom", name="Camille L.")
    post(signed_in_client, "/compte/adresses", address=OWN)
    with reading() as session:
        done = [one.what for one in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert done == ["signed-up", "address-confirmed", "renamed", "address-added"]


def test_what_is_not_theirs_is_not_there(person: Person) -> None:
    with reading() as session, pytest.raises(NotFound):
        own_address(session, person.id, read_address(OTHERS).folded)
