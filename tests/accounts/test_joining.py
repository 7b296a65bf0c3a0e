"""Signing up and confirming: what a person, a mail scanner and a thief of addresses get."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backpack.accounts.models import Address, Person
from backpack.accounts.queries import confirmed_addresses, owner_of
from backpack.database import reading
from backpack.jobs import Job
from tests.accounts.letters import letters_to, link_in
from tests.people import ADDRESS, post, signed_in

ZOE = "zoe@etu.estuaire.example"
FIELDS = {"name": "Zoé Le Goff", "address": ZOE, "password": "a boat on the quay"}


def sign_up(client: FlaskClient, **fields: str) -> TestResponse:
    return post(client, "/inscription", "/inscription", **{**FIELDS, **fields})


def people() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Person.id))) or 0


def owner(address: str = ZOE) -> Person | None:
    with reading() as session:
        found = owner_of(session, address)
        return session.get(Person, found.person_id) if found else None


def test_from_signing_up_to_the_account_page_in_the_same_browser(client: FlaskClient) -> None:
    assert sign_up(client).headers["Location"] == "/lettre"
    assert ZOE in client.get("/lettre").text
    assert client.get("/compte").status_code == 303, "nobody is signed in before the address is confirmed"
    (letter,) = letters_to(ZOE)
    opened = client.get(link_in(letter))
    assert opened.headers["Location"] == "/confirmer", "the token leaves the address bar"
    assert "password" not in client.get("/confirmer").text, "this browser signed up: no password asked for again"
    assert post(client, "/confirmer", "/confirmer").status_code == 303
    assert ZOE in client.get("/compte").text


def test_the_same_in_another_browser_takes_the_password(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    phone = app.test_client()
    phone.get(link_in(letters_to(ZOE)[0]))
    assert post(phone, "/confirmer", "/confirmer").status_code == 422
    assert post(phone, "/confirmer", "/confirmer", password="not the password").status_code == 422
    assert owner() is None
    assert post(phone, "/confirmer", "/confirmer", password=FIELDS["password"]).status_code == 303
    assert owner() is not None
    assert phone.get("/compte").status_code == 200


def test_opening_the_link_confirms_nothing(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    scanner = app.test_client()
    scanner.get(link_in(letters_to(ZOE)[0]), follow_redirects=True)
    scanner.head(link_in(letters_to(ZOE)[0]))
    assert owner() is None


def test_a_link_confirms_once(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    link = link_in(letters_to(ZOE)[0])
    client.get(link)
    post(client, "/confirmer", "/confirmer")
    client.get(link)
    assert client.get("/confirmer").status_code == 410


def test_confirming_asks_for_the_badges_that_waited(client: FlaskClient) -> None:
    sign_up(client)
    client.get(link_in(letters_to(ZOE)[0]))
    post(client, "/confirmer", "/confirmer")
    person = owner()
    assert person
    with reading() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "address.confirmed"))
    assert job.payload == {"person_id": person.id}


def test_a_known_address_gets_the_same_page_and_another_letter(app: Flask, client: FlaskClient, person: Person) -> None:
    known, unknown = app.test_client(), client
    answers = [
        (sign_up(browser, address=address).status_code, browser.get("/lettre").text.replace(address, "…"))
        for browser, address in ((known, ADDRESS), (unknown, ZOE))
    ]
    assert without_tokens(answers[0]) == without_tokens(answers[1])
    assert people() == 2
    (letter,) = letters_to(ADDRESS)
    assert "/confirmer/" not in letter["body"]
    known.get("/lettre")
    assert post(known, "/lettre", "/lettre").status_code == post(unknown, "/lettre", "/lettre").status_code == 200


def without_tokens(answer: tuple[int, str]) -> tuple[int, list[str]]:
    return answer[0], [line for line in answer[1].splitlines() if "csrf_token" not in line]


def test_who_signs_up_with_anothers_address_gains_nothing(app: Flask, client: FlaskClient) -> None:
    """The owner clicks the letter without reading: the address stays free, for want of the thief's password."""
    sign_up(client, name="Thief")
    victim = app.test_client()
    victim.get(link_in(letters_to(ZOE)[0]))
    post(victim, "/confirmer", "/confirmer")
    assert owner() is None


def test_two_waiting_accounts_and_one_mailbox(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    sign_up(client)
    sign_up(other, name="Second")
    first, second = letters_to(ZOE)
    client.get(link_in(first))
    post(client, "/confirmer", "/confirmer")
    other.get(link_in(second))
    assert post(other, "/confirmer", "/confirmer").status_code == 422
    person = owner()
    assert person
    assert person.name == FIELDS["name"]


def test_a_link_opened_by_somebody_else_who_is_signed_in(app: Flask, client: FlaskClient, person: Person) -> None:
    sign_up(client)
    camille = signed_in(app.test_client(), person)
    camille.get(link_in(letters_to(ZOE)[0]))
    assert post(camille, "/confirmer", "/confirmer").status_code == 422
    with reading() as session:
        assert [one.spelling for one in confirmed_addresses(session, person.id)] == [ADDRESS]


def test_letters_lead_to_our_address_whatever_the_host_says(client: FlaskClient) -> None:
    token = {"Host": "localhost:8000", "X-Forwarded-Host": "evil.example"}
    client.get("/inscription")
    sign_up(client)
    post_with_host = client.post("/lettre", headers={"Host": "evil.example"})
    assert post_with_host.status_code == 400
    client.get("/mot-de-passe-oublie", headers=token)
    assert all("evil" not in letter["body"] for letter in letters_to(ZOE))
    assert "http://localhost:8000/confirmer/" in letters_to(ZOE)[0]["body"]


def test_at_most_five_letters_an_hour(client: FlaskClient) -> None:
    sign_up(client)
    for _ in range(7):
        assert post(client, "/lettre", "/lettre").status_code == 200
    assert len(letters_to(ZOE)) == 5


def test_letters_of_one_kind_keep_none_of_another_away(app: Flask, client: FlaskClient, person: Person) -> None:
    """Somebody signs up again and again with Camille's address; she still gets a new password."""
    for _ in range(6):
        sign_up(app.test_client(), address=ADDRESS)
    assert len(letters_to(ADDRESS)) == 5
    post(client, "/mot-de-passe-oublie", "/mot-de-passe-oublie", address=ADDRESS)
    assert "/nouveau-mot-de-passe/" in link_in(letters_to(ADDRESS)[5])


def test_the_letter_speaks_the_language_of_the_page(client: FlaskClient) -> None:
    client.get("/inscription?lang=en")
    sign_up(client)
    assert letters_to(ZOE)[0]["subject"] == "Confirm your address"
    assert FIELDS["name"] not in letters_to(ZOE)[0]["body"]


ODD = (
    {"name": ""},
    {"name": "   "},
    {"name": "\u200b\u200d"},  # nobody can see it
    {"name": "N" * 10_000},
    {"name": "Zo\0é"},
    {"name": "Zo\x1b[31mé"},
    {"name": "Zoé \u202egpj.exe"},  # turns the direction of what follows
    {"address": ""},
    {"address": "zoe"},
    {"address": "zoe@x.example\r\nBcc: all@x.example"},
    {"address": "z" * 300 + "@x.example"},
    {"password": ""},
    {"password": "short"},
    {"password": "é" * 129},  # 258 bytes
    {"name": "", "address": "", "password": ""},
)


def test_what_cannot_be_taken_is_said_and_nothing_is_kept(client: FlaskClient) -> None:
    for fields in ODD:
        answer = sign_up(client, **fields)
        assert (answer.status_code, fields) == (422, fields)
        assert not fields.get("password") or fields["password"] not in answer.text
    assert people() == 0
    with reading() as session:
        assert session.scalar(select(func.count(Address.id))) == 0
    assert letters_to(ZOE) == []
