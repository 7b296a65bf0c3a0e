"""Adding works to a badge, changing them, and who gets their bytes."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.database import reading, transaction
from backpack.evidence import adding
from backpack.evidence.models import Artefact, ArtefactFile, Evidence
from backpack.evidence.queries import evidence_of
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.people import post, sign_up_person, signed_in
from tests.removing import after_a_moment


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person)


def add(client: FlaskClient, badge: Badge, kind: str, /, **fields: Any) -> TestResponse:
    return post(client, f"/badges/{badge.public_id}/evidence/add?kind={kind}", **fields)


def add_file(client: FlaskClient, badge: Badge, data: bytes, name: str, /, **fields: Any) -> TestResponse:
    return add(client, badge, "file", file=(io.BytesIO(data), name), **fields)


def works(badge: Badge) -> list[Evidence]:
    with reading() as session:
        return evidence_of(session, [badge.id])[badge.id]


def kept_files() -> set[str]:
    return set(wired().storage.keys())


def test_a_file_a_link_and_a_text_stand_behind_a_badge(signed_in_client: FlaskClient, badge: Badge) -> None:
    sent = add_file(signed_in_client, badge, files.photo(), "visite.jpg", words="Trois objets à toucher.")
    assert sent.status_code == 303, sent.text
    assert add(signed_in_client, badge, "link", title="Page", url="https://a.example/x").status_code == 303
    assert (
        add(signed_in_client, badge, "text", title="Récit", text="**Douze** ateliers", made_on="2026-01-31").status_code
        == 303
    )
    first, second, third = works(badge)
    assert (first.artefact.title, first.words, first.is_shown) == ("visite", "Trois objets à toucher.", True)
    assert second.artefact.url == "https://a.example/x"
    assert (third.artefact.text, third.artefact.made_on) == ("**Douze** ateliers", date(2026, 1, 31))
    page = signed_in_client.get(f"/evidence/{first.public_id}/edit").text
    assert first.artefact.files[0].digest.hex() in page


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        pytest.param("file", {}, "Choose a file first", id="no file"),
        pytest.param("file", {"file": (b"", "a.png")}, "is empty", id="an empty file"),
        pytest.param("file", {"file": (files.HTML, "a.png")}, "is called one thing", id="a page called a picture"),
        pytest.param("file", {"file": (files.photo()[:200], "a.jpg")}, "cut off", id="half a photo"),
        pytest.param("link", {"title": "x", "url": "javascript:alert(1)"}, "no web address", id="a script as a link"),
        pytest.param("link", {"title": "", "url": "https://a.example"}, "Give it a title", id="no title"),
        pytest.param("text", {"title": " \xa0\u200b", "text": "y"}, "Give it a title", id="a title nobody can see"),
        pytest.param("text", {"title": "x", "text": " \n"}, "Write something", id="a text of white space"),
        pytest.param("text", {"title": "x" * 10_000, "text": "y"}, "At most 150", id="a title of 10,000 characters"),
        pytest.param("text", {"title": "x", "text": "y" * 20_001}, "At most 20000", id="a text that is too long"),
        pytest.param("text", {"title": "x", "text": ""}, "Write something", id="no text"),
        pytest.param("text", {"title": "a\0b", "text": "y"}, "invisible character", id="NUL"),
    ],
)
def test_what_cannot_be_kept_says_why_and_leaves_nothing(
    signed_in_client: FlaskClient, badge: Badge, kind: str, fields: dict[str, Any], sentence: str
) -> None:
    before = kept_files()
    if "file" in fields:
        data, name = fields["file"]
        fields = {"file": (io.BytesIO(data), name)}
    answer = add(signed_in_client, badge, f"{kind}&lang=en", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert works(badge) == []
    assert kept_files() == before


def test_over_quota_keeps_nothing(app: Flask, signed_in_client: FlaskClient, badge: Badge, person: Person) -> None:
    with transaction() as session:
        full = Artefact(person_id=person.id, kind="file", title="x", added_at=badge.added_at)
        full.files = [
            ArtefactFile(
                filename="x",
                media_type="video/mp4",
                size=wired().settings.quota_mb * 1_000_000,
                digest=b"x",
                storage_key="nowhere",
                preview="none",
                added_at=badge.added_at,
            )
        ]
        session.add(full)
    before = kept_files()
    answer = add_file(signed_in_client, badge, files.photo(), "a.jpg")
    assert answer.status_code == 422
    assert works(badge) == []
    assert kept_files() == before


@pytest.mark.parametrize(
    ("most", "sentence"),
    [("WORKS_MOST", "as many as we keep"), ("EVIDENCE_MOST", "at most 2 pieces of evidence")],
)
def test_of_several_files_those_without_a_place_are_said_and_nothing_of_them_kept(
    signed_in_client: FlaskClient, badge: Badge, monkeypatch: pytest.MonkeyPatch, most: str, sentence: str
) -> None:
    monkeypatch.setattr(adding, most, 2)
    before = kept_files()
    sent = [(io.BytesIO(f"Récit {number}".encode()), f"récit {number}.txt") for number in range(4)]
    answer = add(signed_in_client, badge, "file&lang=en", file=sent)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    assert [one.artefact.title for one in works(badge)] == ["récit 0", "récit 1"]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Artefact)) == 2
    assert len(kept_files() - before) == 2


def test_a_file_too_large_is_refused(signed_in_client: FlaskClient, badge: Badge) -> None:
    most = wired().settings.max_artefact_mb * 1_000_000
    assert add_file(signed_in_client, badge, b"a" * (most + 1), "a.txt").status_code == 413
    assert add_file(signed_in_client, badge, b"a" * (most + 9_000_000), "a.txt").status_code == 413
    assert works(badge) == []


def test_order_hiding_words_and_removing(signed_in_client: FlaskClient, badge: Badge) -> None:
    for title in ("un", "deux", "trois"):
        add(signed_in_client, badge, "text", title=title, text="…")
    add_file(signed_in_client, badge, files.pdf(), "quatre.pdf")
    one, two, _three, four = works(badge)
    post(signed_in_client, f"/evidence/{two.public_id}/move", to="up")
    post(signed_in_client, f"/evidence/{four.public_id}/move", to="up")
    assert [w.artefact.title for w in works(badge)] == ["deux", "un", "quatre", "trois"]
    post(signed_in_client, "/evidence/order", do=f"down:{two.public_id}")
    assert [w.artefact.title for w in works(badge)] == ["un", "deux", "quatre", "trois"]
    post(signed_in_client, "/evidence/order", do=f"up:{two.public_id}")
    assert post(signed_in_client, "/evidence/order", do="up").status_code == 404
    post(signed_in_client, f"/evidence/{one.public_id}/show", shown="0")
    assert [w.is_shown for w in works(badge)] == [True, False, True, True]
    changed = post(signed_in_client, f"/evidence/{one.public_id}/edit", title="Un", text="Texte", words="Moi")
    assert changed.status_code == 303
    assert (works(badge)[1].artefact.title, works(badge)[1].words) == ("Un", "Moi")
    assert signed_in_client.get(f"/evidence/{four.public_id}/remove").status_code == 200
    assert post(signed_in_client, f"/evidence/{four.public_id}/remove").status_code == 303
    assert [w.artefact.title for w in works(badge)] == ["deux", "Un", "trois"]
    assert "quatre" in signed_in_client.get("/works").text


def test_the_issuers_evidence_and_ones_own_are_listed_apart(signed_in_client: FlaskClient, person: Person) -> None:
    given = [{"type": ["Evidence"], "name": "Relevé", "id": "https://issuer.example.org/releve"}]
    badge = give_badge(person, evidence=given)
    add(signed_in_client, badge, "text", title="Récit", text="…")
    page = signed_in_client.get(f"/badges/{badge.public_id}?lang=en").text
    order = [
        "Given by the issuer",
        "Relevé",
        "Open (issuer.example.org)",
        "</ul>",
        "Added by you",
        "data-order",
        "Récit",
    ]
    at = page.index('id="evidence"')
    for words in order:
        at = page.index(words, at)


def test_the_same_bytes_kept_elsewhere_stay(signed_in_client: FlaskClient, badge: Badge, person: Person) -> None:
    other = give_badge(person, "Lecture")
    add_file(signed_in_client, badge, files.pdf(), "a.pdf")
    add_file(signed_in_client, other, files.pdf(), "a.pdf")
    post(signed_in_client, f"/works/{works(badge)[0].artefact.public_id}/remove")
    after_a_moment()
    assert works(badge) == []
    assert signed_in_client.get(f"/evidence/{works(other)[0].public_id}/file").data == files.pdf()


def test_the_owner_gets_the_original_as_a_download(signed_in_client: FlaskClient, badge: Badge) -> None:
    photo = files.photo()
    add_file(signed_in_client, badge, photo, "../pla\u202ege.jpg")
    one = works(badge)[0]
    own = signed_in_client.get(f"/evidence/{one.public_id}/file")
    assert own.data == photo
    assert own.headers["Content-Disposition"].startswith('attachment; filename="plage.jpg"')
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in own.headers["Content-Security-Policy"]
    assert signed_in_client.get(f"/evidence/{one.public_id}/preview").status_code == 404  # not made yet
    jobs.run_pending(wired().handlers)
    small = signed_in_client.get(f"/evidence/{one.public_id}/preview")
    assert (small.status_code, small.mimetype) == (200, "image/webp")
    shown = signed_in_client.get(f"/evidence/{one.public_id}/picture")
    assert (shown.mimetype, shown.headers["Content-Disposition"][:6]) == ("image/webp", "inline")


def test_nobody_else_finds_any_of_it(app: Flask, signed_in_client: FlaskClient, badge: Badge) -> None:
    add_file(signed_in_client, badge, files.photo(), "a.jpg")
    one = works(badge)[0].public_id
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    stranger, idriss = app.test_client(), signed_in(app.test_client(), other)
    for path in (*(f"/evidence/{one}/{part}" for part in ("edit", "file", "picture", "preview", "hide", "remove")),):
        assert idriss.get(path).status_code == 404
        assert stranger.get(path).status_code == 303  # to sign-in: says nothing about what is there
    for path in (*(f"/evidence/{one}/{part}" for part in ("edit", "move", "show", "remove")),):
        assert post(idriss, path, title="x").status_code == 404
    assert post(idriss, "/evidence/order", do=f"up:{one}").status_code == 404
    assert idriss.get(f"/badges/{badge.public_id}/evidence/add").status_code == 404
    assert add(idriss, badge, "text", title="x", text="y").status_code == 404
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Evidence)) == 1


@pytest.mark.parametrize(
    ("data", "name", "is_told"),
    [
        pytest.param(files.mp4(), "atelier.mp4", True, id="a film whose parts cannot be told apart"),
        pytest.param(files.mp4(b"qt  "), "atelier.mov", True, id="such a film of an iPhone"),
        pytest.param(files.mp4(b"M4A "), "entretien.m4a", True, id="such a recording of a phone"),
        pytest.param(files.mp4(moov=files.told()), "atelier.mp4", False, id="a film, of which others get no place"),
        pytest.param(files.wav(), "entretien.wav", False, id="a sound that holds no place"),
        pytest.param(files.photo(), "vitrine.jpg", False, id="a picture, of which others get a clean copy"),
    ],
)
def test_before_it_is_published_a_film_that_may_tell_its_place_is_said_to(
    signed_in_client: FlaskClient, badge: Badge, data: bytes, name: str, is_told: bool
) -> None:
    add_file(signed_in_client, badge, data, name)
    jobs.run_pending(wired().handlers)
    with reading() as session:
        one = evidence_of(session, [badge.id])[badge.id][0]
    offered = signed_in_client.get(f"/badges/{badge.public_id}/publish").text
    title = one.artefact.title
    assert title in offered
    assert (f"«\xa0{title}\xa0» peut le contenir" in offered) is is_told
    assert ("contient souvent le lieu" in signed_in_client.get(f"/works/{one.artefact.public_id}").text) is is_told
