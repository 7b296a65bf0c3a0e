"""Tokens and codes: what opens, what does not, and what a reader of the database learns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from backpack.accounts.models import Person
from backpack.database import reading, transaction, utcnow
from backpack.errors import Gone, NotFound
from backpack.publishing.codes import ALPHABET, code_for, door_of, normalised, printed
from backpack.publishing.links import Choices, create_link, digest, open_link, publish, token_of, withdraw
from backpack.publishing.models import ShareLink
from backpack.publishing.names import name_for_others
from tests.backpacks import give_badge

SECRET = "a secret for links, at least thirty-two bytes"


def a_link(person: Person, *, published: bool = True, closes_in: timedelta | None = None) -> ShareLink:
    badge = give_badge(person)
    now = utcnow()
    with transaction() as session:
        link = create_link(session, person.id, secret=SECRET, now=now, badge_id=badge.id)
        if published:
            publish(session, link, Choices(closes_at=now + closes_in if closes_in else None), now)
        return link


def test_a_published_link_opens_and_its_owner_can_be_shown_it_again(person: Person) -> None:
    link = a_link(person)
    token = token_of(link, SECRET)
    with reading() as session:
        assert open_link(session, token, utcnow()).id == link.id
    assert (len(token), link.token_hash) == (32, digest(token))
    assert token_of(link, SECRET) == token
    assert token_of(link, "another secret") != token


def test_what_is_not_open_is_gone_whatever_the_cause(person: Person) -> None:
    draft = a_link(person, published=False)
    ending = a_link(person, closes_in=timedelta(days=1))
    closed = a_link(person)
    now = utcnow()
    with transaction() as session:
        withdraw(session, session.get_one(ShareLink, closed.id), now)
    with reading() as session:
        assert open_link(session, token_of(ending, SECRET), now).id == ending.id
        for token, when in (
            (token_of(draft, SECRET), now),
            (token_of(ending, SECRET), now + timedelta(days=2)),
            (token_of(closed, SECRET), now),
            ("a" * 32, now),
        ):
            with pytest.raises(Gone):
                open_link(session, token, when)


@pytest.mark.parametrize("token", ["", "a" * 31, "a" * 33, "A" * 32, "1" * 32, "../" * 10 + "aa", "a" * 31 + "\n"])
def test_what_can_be_no_token_is_not_found(app: Flask, token: str) -> None:
    with reading() as session, pytest.raises(NotFound):
        open_link(session, token, utcnow())


def test_a_code_is_made_once_and_opens_what_its_link_opens(person: Person) -> None:
    link = a_link(person)
    now = utcnow()
    with transaction() as session:
        code = code_for(session, link, None, now)
        assert code_for(session, link, None, now) == code
        of_badge = code_for(session, link, link.badge_id, now)
    assert len({code, of_badge}) == 2
    with reading() as session:
        door = door_of(session, printed(code).lower(), now)
        assert door is not None
        assert (door[0].id, door[1]) == (link.id, None)
        assert door_of(session, of_badge, now) is not None
        assert door_of(session, "00000000", now) is None
    with transaction() as session:
        withdraw(session, session.get_one(ShareLink, link.id), now)
    with reading() as session:
        assert door_of(session, code, now) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7K3F-9QX2", "7K3F9QX2"),
        (" 7k3f 9qx2 ", "7K3F9QX2"),
        ("7k3f–9qx2", "7K3F9QX2"),
        ("OIL0-0000", "01100000"),
        ("UUUU-UUUU", None),
        ("7K3F-9QX", None),
        ("7K3F-9QX2-1", None),
        ("", None),
        ("'; DROP", None),
        ("٠١٢٣٤٥٦٧", None),
    ],
)
def test_a_code_is_read_as_people_read_it(typed: str, code: str | None) -> None:
    assert normalised(typed) == code


def test_codes_have_no_letter_that_looks_like_a_digit() -> None:
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    ("name", "way", "shown"),
    [
        ("Camille Kervella", "full", "Camille Kervella"),
        ("Camille Kervella", "initial", "Camille K."),
        ("Anne Marie Le Goff", "initial", "Anne G."),
        ("Camille", "initial", "Camille"),
        ("Camille Kervella", "none", ""),
        ("Camille Kervella", "what?", ""),
    ],
)
def test_a_link_shows_as_much_of_a_name_as_its_owner_chose(name: str, way: str, shown: str) -> None:
    assert name_for_others(name, way) == shown
