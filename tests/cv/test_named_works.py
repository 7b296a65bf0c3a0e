"""The works that a CV names under its badges: whose they are, none that is hidden, and none where it is not wanted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask, render_template
from flask.testing import FlaskClient
from flask_babel import force_locale

from backpack import rendering
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.cv.composing import MOST_NAMED, NAME_MOST, Chosen, Composed, compose
from backpack.cv.models import CV, CVVersion
from backpack.cv.pdf import CannotPrint, left_out, pdf, pictures
from backpack.cv.plain import plain_text
from backpack.cv.proving import compare, read_page
from backpack.cv.versions import PRINTED, WORDS
from backpack.database import reading
from backpack.evidence.models import Evidence as EvidenceRow
from backpack.evidence.queries import evidence_of
from backpack.openbadges.model import Credential, Evidence, Text
from tests.backpacks import give_badge
from tests.cv.test_pdf import BASE, HOSTILE, NOW, PARIS, chosen, database_url, text_of  # noqa: F401 - a fixture
from tests.people import post

GIVEN = "Fourni par l’émetteur :"
ADDED = "Ajouté par Camille Kervella :"
UNREAD = "L’émetteur n’a pas relu les preuves ajoutées par Camille Kervella."
LAYOUTS = ("margin", "classic", "compact")


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def behind(one: Chosen, *works: str, given: tuple[str, ...] = ()) -> Chosen:
    """The badge with these works of its holder, and this evidence in its credential."""
    evidence = tuple(Evidence(name=Text(value=name)) for name in given)
    return replace(
        one, works=works, report=replace(one.report, credential=Credential(payload=b"{}", evidence=evidence))
    )


def page_of(*badges: Chosen, on: bool = True, language: str = "fr", layout: str = "margin") -> Composed:
    cv = CV(title="Stage", language=language, name="Camille Kervella", layout=layout, names_works=on, entries=[])
    for name in ("headline", "profile", "email", "phone", "place", "website"):
        setattr(cv, name, "")
    with force_locale(language):
        return compose(cv, badges, base=BASE, cv_code="C0DEC0DE", now=NOW, zone=PARIS)


def words_of(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_voice_stands_under_its_label_between_the_line_and_the_check(layout: str, tmp_path: Path) -> None:
    one = behind(
        chosen("Tutorat", line="Quatre séances."), "Carnet de bord", "Affiche", given=("Grille du jury", "Film")
    )
    found = words_of(text_of(pdf(page_of(one, layout=layout), NOW), tmp_path))
    order = ["Tutorat", "Quatre séances.", f"{GIVEN} « Grille du jury », « Film »", ADDED, "« Carnet de bord »"]
    order += ["« Affiche »", "cartable.example/v/7K3F-9QX2 · état vérifié", "comme les preuves qu’il fournit", UNREAD]
    assert [found.index(one) for one in order] == sorted(found.index(one) for one in order)
    assert found.count(UNREAD) == 1


def test_with_the_switch_off_the_page_is_what_it_was() -> None:
    without, off = (
        chosen("Tutorat", line="Quatre séances."),
        behind(chosen("Tutorat", line="Quatre séances."), "Carnet"),
    )
    assert page_of(off, on=False).data == page_of(without, on=False).data
    assert page_of(without).data == page_of(without, on=False).data  # nothing to name


@pytest.mark.parametrize(
    ("works", "given", "line", "said", "unsaid"),
    [
        (("Carnet",), (), "", "le texte qui suit est de Camille Kervella. " + UNREAD, "fournit"),
        ((), ("Grille",), "", "Les badges ont été vérifiés", "Camille"),
        ((), ("Grille",), "Quatre séances.", "comme les preuves qu’il fournit", "n’a pas relu"),
    ],
)
def test_the_note_says_whose_words_stand_there(
    works: tuple[str, ...], given: tuple[str, ...], line: str, said: str, unsaid: str
) -> None:
    note = words_of(page_of(behind(chosen("Tutorat", line=line), *works, given=given)).data["note"])
    assert said in note
    assert unsaid not in note


def test_of_many_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    works = [f"Carnet {number}." for number in range(MOST_NAMED + 2)]
    one = behind(chosen("Tutorat"), *works, given=tuple(f"Grille {number}." for number in range(MOST_NAMED + 1)))
    found = words_of(text_of(pdf(page_of(one), NOW), tmp_path))
    assert f"« Carnet {MOST_NAMED - 1}. » et 2 autres" in found
    assert f"« Grille {MOST_NAMED - 1}. » et 1 autre" in found
    assert f" {MOST_NAMED}." not in found


@pytest.mark.parametrize("title", [*HOSTILE, "W" * 300, "mot " * 125, "ligne\net ligne", "تقرير ورشة"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_title_stays_words_on_an_accessible_page(title: str, layout: str, tmp_path: Path) -> None:
    data = pdf(page_of(behind(chosen("Tutorat"), title, given=(title,)), layout=layout), NOW)
    found = "".join(text_of(data, tmp_path).split())
    if title.isascii():
        short = " ".join(title.split())
        assert found.count("".join(short[: NAME_MOST - 1].split())) == 2
    assert "root:" not in found
    with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as about:
        assert (about["pdfuaid:part"], about.pdfa_status) == ("1", "3A")
    assert b"/JavaScript" not in data


def test_no_title_ends_its_quotes_to_go_on_as_the_issuer() -> None:
    forged = f"Affiche », {GIVEN} « Prix d’excellence"
    (voice,) = page_of(behind(chosen("Tutorat"), forged)).data["parts"][0]["badges"][0]["evidence"]
    assert voice["label"] == "Ajouté par Camille Kervella\u00a0:"
    assert [voice["words"].count(quote) for quote in "«»"] == [1, 1]


def test_characters_go_the_way_of_all_others() -> None:
    assert left_out(page_of(behind(chosen("Tutorat"), "Pitch 🎓"))) == "🎓"
    with pytest.raises(CannotPrint):
        pdf(page_of(behind(chosen("Tutorat"), "ไทย")), NOW)


def test_a_cv_grows_by_the_lines_that_are_named() -> None:
    plain = [chosen(f"Tutorat {number}", code=None) for number in range(12)]
    named = [behind(one, "Carnet", given=("Grille",)) for one in plain]
    short, long = pictures(page_of(*plain), NOW), pictures(page_of(*named), NOW)
    assert len(short.pages) == 1
    assert 0 < long.beyond(0) - short.beyond(0) <= 2 * len(plain) + 2


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_comparison_looks_away_from_what_is_named(language: str, layout: str) -> None:
    """The check of a page compares titles: a work called like a badge is not that badge, nor does it disturb one."""
    works = ("Finaliste", "Bibliothèques de l’Estuaire (fictives)", "cartable.example/v/ABCD-1234", "11/2025")
    issuer = "Bibliothèques de l’Estuaire (fictives)"
    page = page_of(
        behind(chosen("Tutorat", code="7K3F9QX2"), *works[:3], given=("Finaliste",)),
        behind(chosen("Pitch", code="ABCD1234"), "تقرير ورشة", works[3]),
        behind(chosen("Lecture", code=None), "Finaliste"),
        language=language,
        layout=layout,
    )
    read = read_page(rendering.text_of_pdf(pdf(page, NOW)), "cartable.example")
    assert [one.code for one in read.codes] == ["7K3F9QX2", "ABCD1234", "C0DEC0DE"]
    first, second, _whole = read.codes
    assert compare(first.before, "Tutorat", issuer, chosen("x").badge.issued_on, PARIS).agrees
    assert compare(second.before, "Pitch", issuer, chosen("x").badge.issued_on, PARIS).agrees
    assert compare(read.whole, "Lecture", issuer, chosen("x").badge.issued_on, PARIS).agrees
    for said in (first.before, second.before, read.whole):
        assert not compare(said, "Finaliste", issuer, None, PARIS).title


def test_labels_without_a_check_after_them_take_nothing_away() -> None:
    text = "Tutorat – Exemple\nAdded by Bob: “Carnet”\ncartable.example/v/7K3F-9QX2\n" + "Added by x: “" * 5_000
    read = read_page(text, "cartable.example")
    assert [one.code for one in read.codes] == ["7K3F9QX2"]
    assert "carnet" in read.whole.flat


def test_other_forms_name_them_apart_too() -> None:
    page = page_of(behind(chosen("Tutorat", line="Quatre séances."), "<b>Carnet</b>", given=("Grille",))).data
    lines = plain_text(page).replace("\u00a0", " ").splitlines()
    start = lines.index("  Quatre séances.")
    assert lines[start + 1 : start + 3] == [f"  {GIVEN} « Grille »", f"  {ADDED} « <b>Carnet</b> »"]
    html = render_template("cv/standalone.html", cv=page)
    assert re.search(r"<b>Fourni par l’émetteur\s:</b> <bdi>«\sGrille\s»</bdi>", html)
    assert re.search(r"<b>Ajouté par Camille Kervella\s:</b> <bdi>«\s&lt;b&gt;Carnet", html)
    assert UNREAD in words_of(html)


# ---- with a backpack


@pytest.fixture
def badge(person: Person, signed_in_client: FlaskClient) -> Badge:
    """A badge with evidence of its issuer's, and two works of its holder's."""
    made = give_badge(person, "Récital", evidence=[{"type": ["Evidence"], "name": "Grille du jury"}])
    for title in ("Carnet de bord", "Brouillon"):
        add_work(signed_in_client, made, title)
    return made


@pytest.fixture
def cv(signed_in_client: FlaskClient, badge: Badge) -> str:
    """The address of a CV with that badge."""
    made = post(signed_in_client, "/cv", "/cv", title="Stage", language="fr")
    path = str(made.headers["Location"])
    assert post(signed_in_client, f"{path}/badges", "/compte", badge=[badge.public_id]).status_code == 303
    return path


def add_work(client: FlaskClient, badge: Badge, title: str) -> None:
    add = f"/badges/{badge.public_id}/evidence/add?kind=text"
    assert post(client, add, "/compte", title=title, text="…").status_code == 303


def switch(client: FlaskClient, cv: str, **fields: str) -> None:
    assert post(client, f"{cv}/look", "/compte", layout="margin", paper="a4", **fields).status_code == 303


def publish(client: FlaskClient, cv: str, gives: str) -> str:
    """The address of a new link to the whole CV, named after what it gives."""
    made = post(client, f"{cv}/publish", "/compte", gives=gives, label=f"Lien {gives}")
    address = re.search(r"/cv/l/[a-z2-7]{32}", client.get(made.headers["Location"]).text)
    assert address
    return address[0]


def use_of(badge: Badge, title: str) -> EvidenceRow:
    with reading() as session:
        (one,) = (one for one in evidence_of(session, [badge.id])[badge.id] if one.artefact.title == title)
        return one


def hide(client: FlaskClient, badge: Badge, title: str) -> None:
    one = use_of(badge, title)
    assert post(client, f"/evidence/{one.public_id}/show", "/compte", shown="0").status_code == 303


def said_by(client: FlaskClient, address: str, tmp_path: Path) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words_of(text_of(answer.data, tmp_path) if address.endswith("pdf") else answer.text)


def test_its_owner_turns_it_on_and_hides_a_work(
    signed_in_client: FlaskClient, badge: Badge, cv: str, tmp_path: Path
) -> None:
    forms = (f"{cv}/pdf", f"{cv}/cv.txt", f"{cv}/cv.html")
    for form in forms:  # off, as every CV is at first
        found = said_by(signed_in_client, form, tmp_path)
        assert "Récital" in found
        assert not [word for word in ("Grille", "Carnet", "Brouillon", "Fourni par") if word in found]
    switch(signed_in_client, cv, names_works="y")
    hide(signed_in_client, badge, "Brouillon")
    for form in forms:
        found = said_by(signed_in_client, form, tmp_path)
        assert "« Grille du jury »" in found
        assert "« Carnet de bord »" in found
        assert "Brouillon" not in found
    box = re.search(r"<input[^>]*names_works[^>]*>", signed_in_client.get(cv).text)
    assert box
    assert "checked" in box[0]
    switch(signed_in_client, cv)
    assert "Carnet" not in said_by(signed_in_client, forms[0], tmp_path)


def test_a_published_version_names_what_it_named_and_nothing_newer(
    app: Flask, signed_in_client: FlaskClient, badge: Badge, cv: str, tmp_path: Path
) -> None:
    switch(signed_in_client, cv, names_works="y")
    paths = [publish(signed_in_client, cv, gives) for gives in ("latest", "fixed")]
    add_work(signed_in_client, badge, "Ajout du soir")
    hide(signed_in_client, badge, "Brouillon")
    switch(signed_in_client, cv)
    stranger = app.test_client()
    for path in (paths[0], paths[1], f"{paths[0]}/cv.pdf"):
        found = said_by(stranger, path, tmp_path)
        assert "« Grille du jury »" in found
        assert "« Carnet de bord »" in found
        assert "Ajout du soir" not in found  # private until the next version
        assert "Brouillon" not in found  # hidden since
        assert UNREAD in found
    fixed = said_by(stranger, f"{paths[1]}/cv.pdf", tmp_path)  # to the byte, as its owner was told
    assert "« Brouillon »" in fixed
    post(signed_in_client, f"{cv}/versions", "/compte")
    assert "Carnet" not in said_by(stranger, paths[0], tmp_path)


def test_hiding_and_removing_tell_the_cvs_that_name_a_work(
    signed_in_client: FlaskClient, badge: Badge, cv: str
) -> None:
    one = use_of(badge, "Carnet de bord")
    pages = [f"/evidence/{one.public_id}/hide", f"/evidence/{one.public_id}/remove"]
    pages.append(f"/works/{one.artefact.public_id}/remove")
    publish(signed_in_client, cv, "latest")
    for page in pages:
        assert "CV" not in re.findall(r"<main.*</main>", signed_in_client.get(page).text, re.DOTALL)[0]
    switch(signed_in_client, cv, names_works="y")
    publish(signed_in_client, cv, "fixed")
    for page in pages:
        gone, _, printed = signed_in_client.get(page).text.partition("Son titre reste dans le PDF")
        changed, _, named = gone.partition("Elle n’est plus nommée sur vos CV")
        assert "Lien fixed" in changed
        assert "Lien latest" in changed
        assert f'href="{cv}"' in named
        assert "Lien fixed" in printed
        assert "Lien latest" not in printed
    hide(signed_in_client, badge, "Carnet de bord")
    told = signed_in_client.get(pages[1]).text
    assert "Son titre reste dans le PDF" in told
    assert "Elle n’est plus nommée" not in told


def test_a_version_without_named_works_is_what_versions_were(signed_in_client: FlaskClient, cv: str) -> None:
    """So those that were published before CVs could name works are still the latest."""
    assert post(signed_in_client, f"{cv}/versions", "/compte").status_code == 303
    with reading() as session:
        content = session.scalars(sa.select(CVVersion)).one().content
    assert set(content) == {*WORDS, "entries", "badges", "collections", PRINTED}
    assert [set(one) for one in content["badges"]] == [{"badge", "line"}]
