"""A forgotten password: what a letter's link can do, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backpack.accounts.addresses import add_address, confirm_address, make_main, read_address, remove_address
from backpack.accounts.mail_keys import token_hash
from backpack.accounts.models import MailKey, Passkey, Person
from backpack.accounts.password_changes import change_password
from backpack.accounts.passwords import hash_password
from backpack.accounts.queries import owner_of, passkeys_of, person_by_id
from backpack.accounts.recovery import codes_left, make_codes
from backpack.accounts.signing_in import signed_in as write_down
from backpack.accounts.signing_up import sign_up
from backpack.database import reading, transaction, utcnow
from tests.accounts.letters import all_letters, letters_to, link_in
from tests.people import ADDRESS, PASSWORD, post, signed_in

NEW = "the new one is longer"
SECOND = "camille@courriel.example"


def ask(client: FlaskClient, address: str = ADDRESS) -> TestResponse:
    return post(client, "/mot-de-passe-oublie", "/mot-de-passe-oublie", address=address)


def choose(client: FlaskClient, link: str, password: str = NEW) -> TestResponse:
    client.get(link)
    page = client.get("/nouveau-mot-de-passe")
    if page.status_code != 200:
        return page
    return post(client, "/nouveau-mot-de-passe", "/nouveau-mot-de-passe", new_password=password)


def opens(app: Flask, password: str) -> bool:
    browser = app.test_client()
    return post(browser, "/connexion", "/connexion", address=ADDRESS, password=password).status_code == 303


def test_a_new_password_by_letter(app: Flask, client: FlaskClient, person: Person) -> None:
    stolen = signed_in(app.test_client(), person)
    assert ask(client).status_code == 200
    (letter,) = letters_to(ADDRESS)
    opened = client.get(link_in(letter))
    assert opened.headers["Location"] == "/nouveau-mot-de-passe", "the token leaves the address bar"
    assert choose(client, link_in(letter)).status_code == 303
    assert client.get("/compte").status_code == 200
    assert stolen.get("/compte").status_code == 303, "all other sessions are ended"
    assert opens(app, NEW)
    assert not opens(app, PASSWORD)
    assert len(letters_to(ADDRESS)) == 2, "and a notice that it was changed"


def test_the_token_is_kept_as_a_hash_only(client: FlaskClient, person: Person) -> None:
    ask(client)
    token = link_in(letters_to(ADDRESS)[0]).rpartition("/")[2]
    assert len(token) >= 43
    with reading() as session:
        (key,) = session.scalars(select(MailKey))
    assert key.token_hash == token_hash(token)


def test_known_and_unknown_get_the_same_page(app: Flask, person: Person) -> None:
    pages = []
    for address in (ADDRESS, "nobody@x.example"):
        answer = ask(app.test_client(), address)
        pages.append((answer.status_code, answer.text.replace(address, "…")))
    assert pages[0] == pages[1]
    (letter,) = letters_to("nobody@x.example")
    assert "/nouveau-mot-de-passe/" not in letter["body"]


def changed(person: Person) -> None:
    with transaction() as session:
        change_password(session, person_by_id(session, person.id), hash_password("changed meanwhile"), utcnow())


def signed_in_meanwhile(person: Person) -> None:
    with transaction() as session:
        write_down(session, person.id, b"a network", utcnow())


def address_removed(person: Person) -> None:
    second_confirmed(person)
    with transaction() as session:
        remove_address(session, person.id, ADDRESS, utcnow())


def other_main(person: Person) -> None:
    second_confirmed(person)
    with transaction() as session:
        make_main(session, person.id, SECOND, utcnow())


def second_confirmed(person: Person) -> None:
    with transaction() as session:
        added = add_address(session, person_by_id(session, person.id), read_address(SECOND), utcnow())
        confirm_address(session, added, utcnow())


def nothing(person: Person) -> None:
    """Nothing happened."""


@pytest.mark.parametrize(
    ("meanwhile", "later", "works"),
    [
        pytest.param(nothing, timedelta(minutes=59), True, id="in time"),
        pytest.param(nothing, timedelta(minutes=61), False, id="after an hour"),
        pytest.param(changed, timedelta(minutes=1), False, id="after the password changed"),
        pytest.param(signed_in_meanwhile, timedelta(minutes=1), False, id="after a sign-in"),
        pytest.param(address_removed, timedelta(minutes=1), False, id="after its address was removed"),
        pytest.param(other_main, timedelta(minutes=1), False, id="after another address became the main one"),
    ],
)
def test_when_a_link_works(
    client: FlaskClient, person: Person, meanwhile: Callable[[Person], None], later: timedelta, works: bool
) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        ask(client)
        link = link_in(letters_to(ADDRESS)[0])
        meanwhile(person)
        clock.shift(later)
        assert choose(client, link).status_code == (303 if works else 410)


def test_a_link_works_once(app: Flask, client: FlaskClient, person: Person) -> None:
    ask(client)
    link = link_in(letters_to(ADDRESS)[0])
    assert choose(client, link).status_code == 303
    assert choose(app.test_client(), link, "once more, please").status_code == 410
    assert not opens(app, "once more, please")


def test_a_page_left_open_does_not_work_either(app: Flask, client: FlaskClient, person: Person) -> None:
    ask(client)
    client.get(link_in(letters_to(ADDRESS)[0]))
    client.get("/nouveau-mot-de-passe")
    changed(person)
    token = post(client, "/nouveau-mot-de-passe", "/connexion", new_password=NEW)
    assert token.status_code == 410
    assert not opens(app, NEW)


def test_a_made_up_token_opens_nothing(client: FlaskClient, person: Person) -> None:
    for token, status in (("x", 410), ("é", 410), ("A" * 43, 410), ("%00", 422), ("a/b", 404), ("A" * 5_000, 422)):
        answer = client.get(f"/nouveau-mot-de-passe/{token}", follow_redirects=True)
        assert (answer.status_code, token[:9]) == (status, token[:9])


def test_a_confirmation_link_sets_no_password(client: FlaskClient, person: Person) -> None:
    ask(client)
    link = link_in(letters_to(ADDRESS)[0])
    client.get(link.replace("/nouveau-mot-de-passe/", "/confirmer/"))
    assert client.get("/confirmer").status_code == 410


def test_short_passwords_leave_the_link_good(client: FlaskClient, person: Person) -> None:
    ask(client)
    link = link_in(letters_to(ADDRESS)[0])
    assert choose(client, link, "short").status_code == 422
    assert choose(client, link).status_code == 303


def test_who_waits_for_the_first_letter_can_begin_again(app: Flask, client: FlaskClient) -> None:
    """The mailbox is shown by opening the letter; whoever signed up with it before loses what they knew."""
    with transaction() as session:
        known = hash_password("a password of a thief")
        address = read_address(ADDRESS)
        thief, _ = sign_up(session, name="Thief", address=address, password_hash=known, language="fr", now=utcnow())
        key = {"credential_id": b"thief", "public_key": b"", "sign_count": 0, "name": "Thief's", "added_at": utcnow()}
        session.add(Passkey(person_id=thief.id, **key))
        make_codes(session, thief.id, utcnow())
    ask(client)
    assert choose(client, link_in(letters_to(ADDRESS)[0])).status_code == 303
    with reading() as session:
        assert owner_of(session, ADDRESS) is not None
        assert passkeys_of(session, thief.id) == []
        assert codes_left(session, thief.id) == 0
    assert not opens(app, "a password of a thief")
    assert opens(app, NEW)


def test_what_is_no_address_is_said(client: FlaskClient) -> None:
    for typed in ("", "nobody", "a@b@c", "é" * 300):
        assert (ask(client, typed).status_code, typed) == (422, typed)
    assert all_letters() == []
