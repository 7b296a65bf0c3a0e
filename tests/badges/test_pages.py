"""The pages of badges: what they say, who may open them, and what their acts change."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from backpack.badges.models import Badge, BadgeFile, VerdictChange
from backpack.collections.models import Collection, CollectionItem
from backpack.database import reading, transaction, utcnow
from backpack.evidence.adding import Wording, keep_text, stand_behind
from backpack.evidence.models import Artefact, Evidence
from backpack.wiring import wired
from tests.badges.conftest import Holder
from tests.badges.issuers import Issuer, plain, png, signed
from tests.people import ADDRESS, sign_up_person, signed_in
from tests.removing import after_a_moment


@pytest.fixture
def badge(holder: Holder, issuer: Issuer) -> Badge:
    holder.import_(("soudure.png", png(issuer.hosted())))
    return holder.badges()[0]


@pytest.fixture
def stranger(app: Flask, badge: Badge) -> Holder:
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.estuaire.example")
    return Holder(signed_in(app.test_client(), other), other)


def test_an_empty_backpack_says_where_badges_are_found(holder: Holder) -> None:
    page = holder.client.get("/badges")
    assert page.status_code == 200
    assert 'class="empty"' in page.text
    assert 'id="where"' in page.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("", {"Soudure", "Été à la ferme", "Doctorat"}, id="all"),
        pytest.param("?q=ete", {"Été à la ferme"}, id="a word without its accents"),
        pytest.param("?q=EXEMPLE+soud", {"Soudure"}, id="two words, one of the issuer"),
        pytest.param("?state=avoid", {"Doctorat"}, id="not to be shown"),
        pytest.param("?state=unconfirmed", {"Soudure", "Été à la ferme"}, id="nobody knows the issuer"),
        pytest.param("?state=valid", set(), id="none is green"),
        pytest.param("?state=nonsense", {"Soudure", "Été à la ferme", "Doctorat"}, id="an unknown filter"),
        pytest.param("?q=%25", set(), id="no wildcard"),
        pytest.param("?sort=name", {"Soudure", "Été à la ferme", "Doctorat"}, id="by name"),
    ],
)
def test_the_grid_finds_filters_and_sorts(holder: Holder, query: str, names: set[str]) -> None:
    holder.import_(
        ("a.json", signed(number=1)),
        ("b.json", signed(number=2, name="Été à la ferme")),
        ("c.json", signed(number=3, name="Autre chose").replace(b"Autre chose", b"Doctorat")),
    )
    page = holder.client.get(f"/badges{query}").text
    shelf = page.partition('<ul class="shelf">')[2]
    assert {name for name in ("Soudure", "Été à la ferme", "Doctorat") if name in shelf} == names
    if "sort=name" in query:
        assert shelf.index("Doctorat") < shelf.index("Été") < shelf.index("Soudure")


def test_what_asks_for_attention_is_said_first(holder: Holder) -> None:
    holder.import_(("c.json", signed().replace(b"Soudure", b"Doctorat")))
    assert 'class="heed"' in holder.client.get("/badges").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_badge_says_how_it_stands_and_why(holder: Holder, badge: Badge, language: str) -> None:
    page = holder.client.get(f"/badges/{badge.public_id}?lang={language}").text
    assert 'data-state="valid"' in page
    assert "Souder deux plaques." in page
    assert page.count("<li>") > 7
    assert f'<html lang="{language}">' in page


def test_the_original_comes_back_to_the_byte_and_only_as_a_download(holder: Holder, badge: Badge) -> None:
    answer = holder.client.get(f"/badges/{badge.public_id}/original/1")
    assert answer.data == wired().storage.read(badge.files[0].storage_key)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="soudure.png"')
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_picture_shown_holds_nothing_that_was_baked_in(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.png", png(issuer.hosted(recipient=plain(ADDRESS)))))
    answer = holder.client.get(f"/badges/{holder.badges()[0].public_id}/picture.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert b"openbadges" not in answer.data
    assert ADDRESS.encode() not in answer.data


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/badges/{0}"),
        ("GET", "/badges/{0}/picture.png"),
        ("GET", "/badges/{0}/original/1"),
        ("GET", "/badges/{0}/remove"),
        ("POST", "/badges/{0}/remove"),
        ("POST", "/badges/{0}/story"),
        ("POST", "/badges/{0}/check"),
        ("GET", "/badges/import/{1}"),
    ],
)
def test_what_is_somebody_elses_is_not_there(
    app: Flask, holder: Holder, badge: Badge, stranger: Holder, issuer: Issuer, method: str, path: str
) -> None:
    [line] = holder.import_(("again.json", issuer.hosted()))
    address = path.format(badge.public_id, line.batch)
    if method == "GET":
        assert holder.client.get(address).status_code == 200
        assert stranger.client.get(address).status_code == 404
        assert app.test_client().get(address).status_code == 303
    else:
        assert stranger.post(address, story="mine").status_code == 404
    assert len(holder.badges()) == 1
    assert holder.badges()[0].story == ""


def test_a_story_is_kept_as_its_owner_typed_it(holder: Holder, badge: Badge) -> None:
    assert (
        holder.post(f"/badges/{badge.public_id}/story", story=" Douze étudiants.\r\nOnze exposés. ").status_code == 303
    )
    assert holder.badges()[0].story == "Douze étudiants.\nOnze exposés."
    assert "Douze étudiants." in holder.client.get(f"/badges/{badge.public_id}").text


@pytest.mark.parametrize(
    "story", [pytest.param("x" * 10_000, id="10,000 characters"), pytest.param("a\x00b", id="NUL")]
)
def test_an_unfit_story_is_refused_in_a_sentence_and_nothing_is_saved(holder: Holder, badge: Badge, story: str) -> None:
    answer = holder.post(f"/badges/{badge.public_id}/story", story=story)
    assert answer.status_code == 422
    assert holder.badges()[0].story == ""


def test_removing_says_what_it_touches_and_leaves_no_file(holder: Holder, badge: Badge) -> None:
    with transaction() as session:
        now = utcnow()
        owner = holder.person.id
        shown = Collection(person_id=owner, title="Stage au musée", created_at=now, changed_at=now)
        session.add(shown)
        session.flush()
        session.add(CollectionItem(collection_id=shown.id, badge_id=badge.id, position=0))
        work = keep_text(session, badge.person_id, "Douze exposés.", Wording(title="Bilan"), now)
        stand_behind(session, session.get_one(Badge, badge.id), work, "", now)
    assert "Stage au musée" in holder.client.get(f"/badges/{badge.public_id}").text
    assert "Stage au musée" in holder.client.get(f"/badges/{badge.public_id}/remove").text
    assert holder.post(f"/badges/{badge.public_id}/remove").status_code == 303
    assert holder.badges() == []
    assert list(wired().storage.keys()) != []  # it may still be put back
    after_a_moment()
    assert list(wired().storage.keys()) == []
    with reading() as session:
        for table in (BadgeFile, VerdictChange, CollectionItem, Evidence):
            assert session.scalars(select(table)).all() == []
        assert [one.title for one in session.scalars(select(Artefact))] == ["Bilan"]


def test_markup_in_a_badge_stays_text(holder: Holder) -> None:
    holder.import_(("x.json", signed(name='<script>alert(1)</script>"><img src=x>')))
    [badge] = holder.badges()
    for address in ("/badges", f"/badges/{badge.public_id}", f"/badges/{badge.public_id}/remove"):
        page = holder.client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
