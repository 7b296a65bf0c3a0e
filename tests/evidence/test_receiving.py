"""Works that come along with a badge: out of one backpack, into another, and never anybody's without their word."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app, jobs, openbadges
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.badges.queries import own_badges
from backpack.database import db, reading, transaction
from backpack.evidence.models import Artefact
from backpack.evidence.queries import own_works, uses_of
from backpack.evidence.receiving import can_be_taken
from backpack.openbadges.statements import Piece
from backpack.settings import Settings, load
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.conftest import KEY
from tests.evidence import files
from tests.evidence.test_carrying import badge, published, statement_of, taken
from tests.evidence.test_pages import add, add_file
from tests.people import Browser, post, sign_up_person, signed_in

__all__ = ["badge"]


@pytest.fixture
def elsewhere(tmp_path: Path, sqlite_template: Path) -> Iterator[Flask]:
    """Another backpack: its own key, its own rows, its own files."""
    copy = tmp_path / "other.db"
    copy.write_bytes(sqlite_template.read_bytes())
    settings: Settings = load(
        {
            "SECRET_KEY": KEY[::-1],
            "DATA_DIR": str(tmp_path / "other"),
            "DATABASE_URL": f"sqlite:///{copy}",
            "MAIL_URL": "memory:",
            "PUBLIC_URL": "http://localhost:8001",
        }
    )
    app = create_app(settings)
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


def take_in(client: FlaskClient, made: bytes, person: Person) -> str:
    """Import a badge's picture; the badge's address."""
    assert post(client, "/badges/import", files=[(io.BytesIO(made), "badge.png")]).status_code == 303
    jobs.run_pending(wired().handlers)
    with reading() as session:
        [badge] = own_badges(session, person.id)
    return f"/badges/{badge.public_id}"


def library(person: Person) -> list[Artefact]:
    with reading() as session:
        return sorted(own_works(session, person.id), key=lambda work: work.id)


def test_works_go_from_one_backpack_to_another_and_on_without_loss(
    signed_in_client: FlaskClient, badge: Badge, elsewhere: Flask
) -> None:
    made = taken(signed_in_client, badge)
    [found] = openbadges.read(made)
    with elsewhere.app_context():
        with transaction() as session:
            person = sign_up_person(session)
        client = signed_in(elsewhere.test_client(), person)
        address = take_in(client, made, person)
        assert library(person) == []  # nobody said yet that they are theirs
        page = client.get(f"{address}/works-in-it?lang=en").text
        assert "Take over only what you wrote yourself" in page
        assert "checked" not in page
        assert post(client, f"{address}/works-in-it").status_code == 422
        for _again in range(2):
            assert post(client, f"{address}/works-in-it", piece=["0-0", "0-1", "0-2"]).status_code == 303
        plan, text, link = library(person)
        assert (plan.title, plan.genre, plan.media_type) == ("plan", "Document", "application/pdf")
        assert plan.sha256 == statement_of(found).pieces[0].digest.hex()  # type: ignore[union-attr]
        with reading() as session:
            [behind] = uses_of(session, [plan.id])[plan.id]
        for own in (f"/works/{plan.public_id}", f"/evidence/{behind.public_id}/edit"):
            assert plan.sha256 in client.get(own).text
        assert (text.title, text.text) == ("Récit", "Douze **ateliers**.")
        assert (link.kind, link.url) == ("link", "https://a.example/x")
        assert "Mon plan." in client.get(address).text
        with reading() as session:
            [there] = own_badges(session, person.id)
        [again] = openbadges.read(taken(client, there))
    assert again.payload == found.payload
    assert statement_of(again).pieces == statement_of(found).pieces


def test_a_files_words_its_owners_answers_and_french_spaces_go_along(
    signed_in_client: FlaskClient, person: Person, elsewhere: Flask
) -> None:
    badge = give_badge(person)
    words, emoji = "Mots\u00a0: voil\u00e0\u202f!", "\U0001f469\u200d\U0001f3a8"
    add_file(signed_in_client, badge, b"Douze ateliers", "r\u00e9cit.txt", words=words, did="Tout.")
    add_file(signed_in_client, badge, b"Onze ateliers", "sans mots.txt")
    add_file(signed_in_client, badge, files.pdf(), "plan.pdf", did="d" * 900, situation="s" * 300, result="r" * 300)
    add(signed_in_client, badge, "text", title=emoji, text="Un\u00a0: deux", words="Ici.", did="L\u00e0.")
    add(signed_in_client, badge, "link", title="Page", url="https://a.example/x", words="Ici.", did="L\u00e0.")
    made = taken(signed_in_client, badge)
    pieces = statement_of(openbadges.read(made)[0]).pieces
    assert (pieces[0].narrative, pieces[0].description) == (words, "Tout.")
    with elsewhere.app_context():
        with transaction() as session:
            person = sign_up_person(session)
        client = signed_in(elsewhere.test_client(), person)
        address = take_in(client, made, person)
        post(client, f"{address}/works-in-it", piece=[f"0-{number}" for number in range(5)])
        works = library(person)
        assert all(work.text.strip() for work in works if work.kind == "text"), "its owner could not save it again"
        assert works[0].did == "Tout."
        with reading() as session:
            [there] = own_badges(session, person.id)
        again = statement_of(openbadges.read(taken(client, there))[0])
    assert again.pieces == pieces


def test_in_the_same_backpack_they_are_the_very_works_again(
    signed_in_client: FlaskClient, badge: Badge, person: Person
) -> None:
    made = taken(signed_in_client, badge)
    before = [work.id for work in library(person)]
    address = take_in(signed_in_client, made, person)
    page = signed_in_client.get(f"{address}/works-in-it?lang=en").text
    assert "Signed by this backpack." in page
    assert page.count("checked") == 3
    with transaction() as session:
        for one in own_works(session, person.id)[:1]:
            session.delete(session.get_one(Artefact, one.id))
    assert post(signed_in_client, f"{address}/works-in-it", piece=["0-0", "0-1", "0-2"]).status_code == 303
    assert [work.id for work in library(person)][:2] == before[:2]
    assert len(library(person)) == 3
    assert library(person)[0].files[0].digest.hex() == statement_of(openbadges.read(made)[0]).pieces[0].digest.hex()  # type: ignore[union-attr]


def test_a_film_is_the_very_work_again_though_others_get_it_blanked(
    signed_in_client: FlaskClient, person: Person
) -> None:
    badge = give_badge(person)
    add_file(signed_in_client, badge, files.mp4(moov=files.told()), "atelier.mp4")
    add_file(signed_in_client, badge, files.photo(), "vitrine.jpg")
    link = published(signed_in_client, badge, "Jury")
    waiting = statement_of(openbadges.read(taken(signed_in_client, badge, link=link.public_id))[0])
    assert [one.url for one in waiting.pieces] == [None, None], "nobody gets them before they were looked into"
    jobs.run_pending(wired().handlers)
    made = taken(signed_in_client, badge, link=link.public_id)
    film, photo = statement_of(openbadges.read(made)[0]).pieces
    assert film.url
    assert film.digest != hashlib.sha256(files.mp4(moov=files.told())).digest()
    assert photo.digest != hashlib.sha256(files.photo()).digest()
    before = [work.id for work in library(person)]
    address = take_in(signed_in_client, made, person)
    assert post(signed_in_client, f"{address}/works-in-it", piece=["0-0", "0-1"]).status_code == 303
    assert [work.id for work in library(person)] == before


def test_words_that_were_changed_are_nobodys(signed_in_client: FlaskClient, badge: Badge, person: Person) -> None:
    [found] = openbadges.read(taken(signed_in_client, badge))
    assert found.statement
    assert found.picture
    forged = openbadges.add_statement(found.picture, found.statement.replace(b"Mon plan.", b"Ton plan."))
    address = take_in(signed_in_client, forged, person)
    before = len(library(person))
    assert "signature does not hold" in signed_in_client.get(f"{address}/works-in-it?lang=en").text
    assert post(signed_in_client, f"{address}/works-in-it", piece=["0-0", "0-1"]).status_code == 422
    assert len(library(person)) == before


def test_nobody_else_finds_it(app: Flask, signed_in_client: FlaskClient, badge: Badge) -> None:
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(app.test_client(), other)
    assert idriss.get(f"/badges/{badge.public_id}/works-in-it").status_code == 404
    assert post(idriss, f"/badges/{badge.public_id}/works-in-it", piece=["0-0"]).status_code == 404


GOOD = Piece(name="Plan", narrative="Mon plan.", genre="Document", digest=b"\1" * 32)


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(replace(GOOD, name=""), id="no name"),
        pytest.param(replace(GOOD, name="x" * 151), id="a long name"),
        pytest.param(replace(GOOD, name=" "), id="a name of nothing"),
        pytest.param(replace(GOOD, narrative="x" * 4_001), id="too many words"),
        pytest.param(replace(GOOD, narrative="x" * 3_000, description="y" * 3_000), id="too many words in all"),
        pytest.param(replace(GOOD, name="a\0b"), id="NUL"),
        pytest.param(replace(GOOD, name="a\u202egpj"), id="a name that turns round"),
        pytest.param(replace(GOOD, digest=b"\1" * 31), id="half a fingerprint"),
        pytest.param(replace(GOOD, url="http://[", genre="Link"), id="no address"),
    ],
)
def test_what_does_not_fit_is_not_taken_in_part(piece: Piece) -> None:
    assert can_be_taken(GOOD)
    assert not can_be_taken(piece)
