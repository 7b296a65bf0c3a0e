"""Arriving by an issuer's "Add to my backpack": through sign-up and confirmation to one screen, in four actions."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backpack.accounts.addresses import add_address, close_address, confirm_address, read_address
from backpack.accounts.models import Person
from backpack.accounts.queries import confirmed_addresses, person_by_id
from backpack.badges.models import Badge, PublicCheck
from backpack.database import reading, transaction, utcnow
from backpack.web.verdicts import State
from tests.accounts.letters import letters_to, link_in
from tests.badges.conftest import Holder, items, work
from tests.badges.issuers import HOST, Issuer, hashed, signed
from tests.people import ADDRESS, post

ZOE = "zoe@etu.estuaire.example"
URL = f"{HOST}/assertions/1"
LINK = f"/import?url={URL}"
FIELDS = {"name": "Zoé Le Goff", "address": ZOE, "password": "plein de mots ordinaires"}


def badges() -> list[Badge]:
    with reading() as session:
        return list(session.scalars(select(Badge)))


def sign_up_by_link(client: FlaskClient) -> str:
    """Actions one and two: the issuer's link, and the form. The link of our letter."""
    arrived = client.get(LINK)
    assert arrived.status_code == 303
    form = client.get(arrived.headers["Location"])
    assert "issuer.example.org" in form.text, "the badge stays in sight"
    assert post(client, "/inscription", "/inscription", **FIELDS).status_code == 303
    return link_in(letters_to(ZOE)[0])


def test_four_actions_from_the_issuers_mail_to_the_badge(client: FlaskClient, issuer: Issuer) -> None:
    issuer.hosted(recipient=hashed(ZOE))
    letter = sign_up_by_link(client)
    client.get(letter)  # the third: our letter's link
    assert "data-refresh" in client.get("/confirmer").text
    work()
    page = client.get("/confirmer").text
    assert "Soudure" in page
    assert "Délivré à vous" in page
    added = post(client, "/confirmer", "/confirmer", add=URL)  # the fourth
    assert re.fullmatch(r"/badges/import/[0-9a-f]{20}", added.headers["Location"])
    work()
    assert [one.name for one in badges()] == ["Soudure"]
    assert "une adresse" in client.get(added.headers["Location"]).text, "reminded that one address is few"


def test_the_link_survives_a_letter_opened_in_another_browser(app: Flask, client: FlaskClient, issuer: Issuer) -> None:
    issuer.hosted(recipient=hashed(ZOE))
    letter = sign_up_by_link(client)
    phone = app.test_client()
    phone.get(letter)
    answer = post(phone, "/confirmer", "/confirmer", password=FIELDS["password"])
    assert answer.headers["Location"] == LINK
    assert phone.get(LINK).status_code == 200


def test_the_link_survives_signing_in(app: Flask, client: FlaskClient, person: Person, issuer: Issuer) -> None:
    issuer.hosted()
    client.get(LINK)
    client.get(f"/inscription?next={LINK}")
    answer = post(client, "/connexion", "/connexion", address=ADDRESS, password="correct horse battery")
    assert answer.headers["Location"] == LINK


def test_the_preview_puts_nothing_into_a_backpack_until_asked(holder: Holder, issuer: Issuer) -> None:
    issuer.hosted()
    assert holder.client.get(LINK).status_code == 200
    holder.client.get(LINK)
    with reading() as session:
        assert len(session.scalars(select(PublicCheck)).all()) == 1, "asked for once"
    work()
    page = holder.client.get(LINK).text
    assert "Soudure" in page
    assert holder.badges() == []
    answer = holder.post("/badges/import", pasted=URL)
    work()
    assert [one.result for one in items(answer.headers["Location"].rpartition("/")[2])] == ["added"]


@pytest.mark.parametrize("sort", ["nothing there", "silent"])
def test_an_address_without_a_badge_is_said(holder: Holder, issuer: Issuer, sort: str) -> None:
    issuer.is_silent = sort == "silent"
    holder.client.get(LINK)
    work()
    answer = holder.client.get(LINK)
    assert answer.status_code == 200
    assert "Délivré à vous" not in answer.text
    assert holder.badges() == []


ODD = ("http://127.0.0.1/x", "https://10.0.0.1/", "javascript:alert(1)", "ftp://x.example/b", "https://[", "x" * 1_900)


def test_an_address_that_cannot_be_asked_brings_nothing(holder: Holder, issuer: Issuer) -> None:
    for url in ODD:
        assert holder.client.get("/import", query_string={"url": url}).status_code in {200, 422}, url
        work()
        page = holder.client.get("/import", query_string={"url": url})
        assert "Délivré à vous" not in page.text, url
    assert holder.badges() == []
    assert holder.client.get("/import").status_code == 303


def test_an_odd_address_is_no_harm_at_the_doors(client: FlaskClient) -> None:
    for url in ("https://[", "//evil.example", "x" * 1_000, "%00", "\u202e"):
        client.get("/inscription", query_string={"next": f"/import?url={url}"})
        assert client.get("/connexion").status_code == 200


def test_removing_an_address_that_badges_name_says_what_it_costs(holder: Holder, issuer: Issuer) -> None:
    own, remove = "camille@courriel.example", "/compte/adresses/retirer"
    holder.import_(("one.json", signed()))
    holder.import_(("two.json", signed(number=2)))
    with transaction() as session:
        second = add_address(session, person_by_id(session, holder.person.id), read_address(own), utcnow())
        confirm_address(session, second, utcnow())
    asked = post(holder.client, remove, "/compte", address=ADDRESS)
    assert asked.status_code == 409
    assert "2 badges ont été délivrés" in asked.text
    assert "/compte/adresses/fermee" in asked.text
    assert confirmed(holder) == [ADDRESS, own]
    assert post(holder.client, "/compte/adresses/fermee", "/compte", address=ADDRESS).status_code == 303
    asked = post(holder.client, remove, "/compte", address=ADDRESS)
    assert asked.status_code == 409, "also once it is closed: until now they stay theirs"
    assert "/compte/adresses/fermee" not in asked.text
    assert post(holder.client, remove, "/compte", address=ADDRESS, anyway="1").status_code == 303
    assert post(holder.client, remove, "/compte", address=own).status_code == 422, "the last one"


def test_an_address_that_no_badge_names_goes_at_once(holder: Holder, issuer: Issuer) -> None:
    own = "camille@courriel.example"
    holder.import_(("one.json", signed()))
    with transaction() as session:
        second = add_address(session, person_by_id(session, holder.person.id), read_address(own), utcnow())
        confirm_address(session, second, utcnow())
    assert post(holder.client, "/compte/adresses/retirer", "/compte", address=own).status_code == 303
    assert confirmed(holder) == [ADDRESS]


def confirmed(holder: Holder) -> list[str]:
    with reading() as session:
        return [one.spelling for one in confirmed_addresses(session, holder.person.id)]


def test_a_badge_stays_when_its_address_is_closed(app: Flask, holder: Holder, issuer: Issuer) -> None:
    """What was issued before stays theirs; what is issued later may be for the mailbox's next owner."""
    holder.import_(("before.json", signed()))
    with transaction() as session:
        camille = person_by_id(session, holder.person.id)
        second = add_address(session, camille, read_address("camille@courriel.example"), utcnow())
        confirm_address(session, second, utcnow())
        before = camille.edition
        close_address(session, camille.id, ADDRESS, utcnow())
        session.refresh(camille)
        assert camille.edition > before  # public pages say for whom a badge is
    [badge] = holder.badges()
    page = holder.client.get(f"/badges/{badge.public_id}").text
    assert "fermée le" in page
    assert "data-state" in page
    assert State.WRONG_PERSON.value not in page
    assert [one.result for one in holder.import_(("again.json", signed(number=2)))] == ["added"]
    later = signed(number=3, validFrom="2999-01-01T00:00:00Z")
    assert [one.result for one in holder.import_(("later.json", later))] == ["arrival"]
