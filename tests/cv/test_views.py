"""The CV builder, with the living example: choose, order, open the pages, download; and what strangers find."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Badge, BadgeFile
from backpack.collections.models import Collection
from backpack.cv.editing import LINE_MOST, MOST_CVS, told_in_one_line
from backpack.cv.models import CV
from backpack.database import reading, transaction
from backpack.demo import story
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of
from backpack.publishing.links import token_of as token_of_link
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.cv.test_pdf import text_of
from tests.people import post, signed_in, token_of


@pytest.fixture
def app(example: Flask) -> Flask:
    """The living example, loaded."""
    return example


@pytest.fixture
def camille(app: Flask) -> FlaskClient:
    with reading() as session:
        person = session.scalars(sa.select(Person).where(Person.name == story.CAMILLE)).one()
    return signed_in(app.test_client(), person)


def new_cv(camille: FlaskClient, title: str = "Stage", language: str = "fr") -> str:
    made = post(camille, "/cv", "/cv", title=title, language=language)
    assert made.status_code == 303, made.text
    return str(made.headers["Location"])


def badge_named(start: str) -> Badge:
    with reading() as session:
        return session.scalars(sa.select(Badge).where(Badge.name.startswith(start))).one()


def choose(camille: FlaskClient, cv: str, *names: str, **more: str) -> None:
    data = {"badge": [badge_named(name).public_id for name in names], "csrf_token": token_of(camille, cv), **more}
    assert camille.post(f"{cv}/badges", data=data).status_code == 303


def test_a_cv_from_first_line_to_pdf_and_to_its_reader(app: Flask, camille: FlaskClient) -> None:
    cv = new_cv(camille)
    page = camille.get(cv).text
    assert story.CAMILLE in page
    assert story.ADDRESSES[0] in page
    choose(camille, cv, "Tutorat", "Présence")
    assert post(camille, f"{cv}/lines/education", cv, title="L3 information", period="2024 – 2027").status_code == 303
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf").data)) as closed:
        assert not [str(n.A.URI) for p in closed.pages for n in p.get("/Annots", []) if "/v/" in str(n.A.URI)]

    assert post(camille, f"{cv}/open", cv).status_code == 303
    answer = camille.get(f"{cv}/pdf")
    assert answer.mimetype == "application/pdf"
    assert re.search(r"CV_Kervella_Camille_\d{4}-\d\d\.pdf", answer.headers["Content-Disposition"])
    with pikepdf.open(io.BytesIO(answer.data)) as file:
        leads = {str(n.A.URI) for p in file.pages for n in p.get("/Annots", []) if "/v/" in str(n.A.URI)}
    assert len(leads) == 3

    stranger = app.test_client()
    for address in leads:
        found = stranger.get(address.removeprefix("http://localhost:8000"), follow_redirects=True)
        assert found.status_code == 200, address
        assert "Set-Cookie" not in found.headers

    assert post(camille, f"{cv}/close", cv).status_code == 303
    for address in leads:
        assert stranger.get(address.removeprefix("http://localhost:8000")).status_code == 404


def test_the_very_next_reader_of_a_code_sees_another_line(app: Flask, camille: FlaskClient) -> None:
    cv, badge = new_cv(camille), badge_named("Tutorat").public_id
    choose(camille, cv, "Tutorat", **{f"line-{badge}": "Première phrase"})
    assert post(camille, f"{cv}/open", cv).status_code == 303
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf").data)) as file:
        leads = {str(n.A.URI) for p in file.pages for n in p.get("/Annots", []) if "/v/" in str(n.A.URI)}
    stranger = app.test_client()
    pages = [stranger.get(one.removeprefix("http://localhost:8000")).headers["Location"] for one in sorted(leads)]
    paths = [urlsplit(one).path for one in pages if urlsplit(one).path.startswith("/p/")]
    shown = [path for path in paths if "Première phrase" in stranger.get(path).text]
    assert shown
    for said in ("Seconde phrase", "Troisième phrase"):
        choose(camille, cv, "Tutorat", **{f"line-{badge}": said})
        for path in shown:
            assert said in stranger.get(path).text


def test_a_badge_taken_off_the_cv_leaves_its_pages(app: Flask, camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Finaliste")
    assert post(camille, f"{cv}/open", cv).status_code == 303
    stranger = app.test_client()
    with reading() as session:
        cv_id = session.scalars(sa.select(CV.id).where(CV.public_id == cv.rpartition("/")[2])).one()
        link = session.scalars(sa.select(ShareLink).where(ShareLink.cv_id == cv_id)).one()
        path = f"/p/{token_of_link(link, wired().settings.secret_key)}"
    gone = badge_named("Finaliste").public_id
    assert "Finaliste" in stranger.get(path, follow_redirects=True).text
    assert stranger.get(f"{path}/{gone}").status_code == 200
    choose(camille, cv, "Tutorat")
    page = stranger.get(path, follow_redirects=True).text
    assert "Tutorat" in page
    assert "Finaliste" not in page
    assert stranger.get(f"{path}/{gone}").status_code == 410
    choose(camille, cv, "Tutorat", "Finaliste")  # back on the CV it is as private as any new one
    assert "Finaliste" not in stranger.get(path, follow_redirects=True).text


def test_characters_that_say_nothing_are_not_kept(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    fields = {
        "title": "Stage",
        "language": "fr",
        "name": "Ca\x02mille \u202eKervella",
        "profile": "Deux\x0b lignes\r\nici",
    }
    assert post(camille, cv, cv, **fields).status_code == 303
    with reading() as session:
        kept = session.scalars(sa.select(CV).where(CV.public_id == cv.rpartition("/")[2])).one()
    assert (kept.name, kept.profile) == ("Camille Kervella", "Deux lignes\nici")
    assert camille.get(f"{cv}/pdf").mimetype == "application/pdf"


def test_originals_are_inside_the_second_pdf_to_the_byte(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Finaliste")
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf").data)) as plain:
        assert dict(plain.attachments) == {}
    with reading() as session:
        kept = {
            wired().storage.read(file.storage_key)
            for file in session.scalars(
                sa.select(BadgeFile).where(BadgeFile.filename.in_(["tutorat.png", "pitch.json"]))
            )
        }
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf-with-badges").data)) as file:
        assert {file.attachments[name].get_file().read_bytes() for name in file.attachments} == kept


def test_an_original_that_the_store_lost_is_named_and_the_plain_pdf_still_made(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Finaliste")
    with reading() as session:
        (key,) = session.scalars(sa.select(BadgeFile.storage_key).where(BadgeFile.filename == "tutorat.png"))
    wired().storage.delete(key)
    refused = camille.get(f"{cv}/pdf-with-badges")
    assert (refused.status_code, refused.mimetype) == (422, "text/html")
    assert "introuvable" in refused.text
    assert badge_named("Tutorat").name in refused.text
    assert camille.get(f"{cv}/pdf").data.startswith(b"%PDF")
    choose(camille, cv, "Finaliste")
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf-with-badges").data)) as file:
        assert list(file.attachments) == ["pitch.json"]


def test_a_badge_without_its_picture_is_printed_and_shown_all_the_same(camille: FlaskClient, tmp_path: Path) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat")
    badge = badge_named("Tutorat")
    assert badge.picture
    wired().storage.delete(badge.picture)
    assert camille.get(cv).status_code == 200
    assert "Tutorat" in text_of(camille.get(f"{cv}/pdf").data, tmp_path)


def test_badges_keep_the_order_they_are_given(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Présence", "Finaliste")
    choose(camille, cv, "Tutorat", "Présence", "Finaliste", move=f"up:{badge_named('Finaliste').public_id}")
    with reading() as session:
        row = session.scalars(sa.select(CV).order_by(CV.id.desc())).first()
        assert row is not None
        order = [session.get_one(Badge, one.badge_id).name.split()[0] for one in row.badges]
    first, second, third = order
    assert third != "Finaliste"
    assert {first, second, third} == {"Tutorat", "Présence", "Finaliste"}


def test_what_does_not_hold_is_told_and_left_out(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Animation", "Tutorat")
    assert "Son émetteur l’a retiré." in camille.get(cv).text
    resume = json.loads(camille.get(f"{cv}/resume.json").data)
    assert [one["name"] for one in resume["certificates"]] == ["Tutorat en bibliothèque\u00a0: accompagner ses pairs"]
    assert resume["basics"]["name"] == story.CAMILLE


def test_a_cv_takes_a_layout_a_paper_and_an_order(camille: FlaskClient, tmp_path: Path) -> None:
    cv = new_cv(camille)
    post(camille, f"{cv}/lines/skill", cv, title="Écrire")
    post(camille, f"{cv}/lines/education", cv, title="Licence")
    assert post(camille, f"{cv}/look", cv, layout="compact", paper="letter").status_code == 303
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf").data)) as file:
        assert [round(float(edge)) for edge in file.pages[0].MediaBox] == [0, 0, 612, 792]
    before = text_of(camille.get(f"{cv}/pdf").data, tmp_path)
    assert before.index("Formation") < before.index("Compétences")
    for _ in range(7):
        assert post(camille, f"{cv}/sections/skill", cv, move="up").status_code == 303
    after = text_of(camille.get(f"{cv}/pdf").data, tmp_path)
    assert after.index("Compétences") < after.index("Formation")
    assert post(camille, f"{cv}/look", cv, layout="nonsense", paper="a4").status_code == 422
    assert post(camille, f"{cv}/sections/nonsense", cv, move="up").status_code == 404


def test_a_collection_is_printed_with_its_address_only_while_it_is_published(
    app: Flask, camille: FlaskClient, tmp_path: Path
) -> None:
    cv = new_cv(camille)
    with reading() as session:
        named = session.scalars(sa.select(Collection).order_by(Collection.id)).all()
        links = session.scalars(sa.select(ShareLink).where(ShareLink.collection_id.in_([one.id for one in named])))
        published = {link.collection_id for link in links}
    open_one = next(one for one in named if one.id in published)
    made = post(camille, "/collections/new", "/collections/new", title="Encore privée", language="fr")
    private = re.search(r"/collections/([0-9a-f]{20})", made.headers["Location"])
    assert private
    chosen = {"collection": [open_one.public_id, private[1]], "csrf_token": token_of(camille, cv)}
    assert camille.post(f"{cv}/collections", data=chosen).status_code == 303
    data = camille.get(f"{cv}/pdf").data
    text = text_of(data, tmp_path)
    assert open_one.title in text
    assert "Encore privée" in text
    with pikepdf.open(io.BytesIO(data)) as file:
        (address,) = {str(n.A.URI) for p in file.pages for n in p.get("/Annots", []) if "/v/" in str(n.A.URI)}
    found = app.test_client().get(address.removeprefix("http://localhost:8000"), follow_redirects=True)
    assert open_one.title in found.text
    assert "Encore privée" not in found.text


def test_a_new_badge_brings_the_line_that_was_written_for_it(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Bénévole")
    with reading() as session:
        row = session.scalars(sa.select(CV).order_by(CV.id.desc())).first()
        assert row is not None
        lines = {session.get_one(Badge, one.badge_id).name.split()[0]: one.line for one in row.badges}
    told = {one.name.split()[0]: one for one in story.BADGES}
    assert lines["Tutorat"] == told["Tutorat"].story.partition("\n")[0]


def test_the_line_is_taken_from_what_its_evidence_answers_and_said_to_be_its_holders(
    camille: FlaskClient, tmp_path: Path
) -> None:
    answers = {
        "situation": "Un atelier de quinze personnes",
        "action": "J’ai tenu l’accueil.",
        "result": "Douze sont revenues",
    }
    with transaction() as session:
        badge = badge_named("Tutorat")
        shown, *_more = evidence_of(session, [badge.id])[badge.id]
        for name, words in answers.items():
            setattr(shown.artefact, name, words)
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat")
    told = "Un atelier de quinze personnes. J’ai tenu l’accueil. Douze sont revenues."
    assert f'value="{told}"' in camille.get(cv).text
    printed = " ".join(text_of(camille.get(f"{cv}/pdf").data, tmp_path).split())
    assert told in printed
    assert f"le texte qui suit est de {story.CAMILLE}" in printed

    with transaction() as session:
        session.get_one(Evidence, shown.id).is_shown = False
    choose(camille, cv)
    choose(camille, cv, "Tutorat")
    assert told not in camille.get(cv).text


def test_answers_that_are_too_long_are_left_away_whole() -> None:
    assert told_in_one_line("", " \n ", "") == ""
    assert told_in_one_line("Court", "x" * LINE_MOST, "Fin") == "Court."
    cut = told_in_one_line("mot " * 200)
    assert len(cut) <= LINE_MOST
    assert cut.endswith("mot…")


def test_the_preview_is_a_picture_of_the_page(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    assert camille.get(f"{cv}/page-1.png").data.startswith(b"\x89PNG")
    assert camille.get(f"{cv}/page-9.png").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/cv", {"title": "", "language": "fr"}),
        ("/cv", {"title": "x" * 10_000, "language": "fr"}),
        ("/cv", {"title": "x", "language": "de"}),
    ],
)
def test_bad_input_is_said_and_nothing_is_kept(path: str, fields: dict[str, str], camille: FlaskClient) -> None:
    assert post(camille, path, "/cv", **fields).status_code == 422
    with reading() as session:
        assert [one.title for one in session.scalars(sa.select(CV))] == [story.CV_TITLE]


def test_a_line_without_a_title_says_so(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    assert post(camille, f"{cv}/lines/skill", cv, title="").status_code == 422
    assert post(camille, f"{cv}/lines/nonsense", cv, title="x").status_code == 404


FORMS = {
    "/europass.xml": ("application/xml", b"<Candidate"),
    "/europass.pdf": ("application/pdf", b"attachment.xml"),
    "/cv.txt": ("text/plain", "Tutorat en bibliothèque".encode()),
    "/contact.vcf": ("text/vcard", b"FN:Camille Kervella"),
    "/cv.html": ("text/html", b"h-resume"),
}


def test_every_other_form_is_given_to_be_kept(camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Présence")
    for path, (media_type, part) in FORMS.items():
        answer = camille.get(cv + path)
        assert answer.mimetype == media_type
        assert part in answer.data, path
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Sa page n’est pas ouverte" in camille.get(f"{cv}/linkedin").text
    post(camille, f"{cv}/open", cv)
    page = camille.get(f"{cv}/linkedin").text
    first, second = re.findall(r'href="(https://www\.linkedin\.com/profile/add[^"]+)"', page)
    assert "certId=" in first
    assert "certUrl=" in second


def test_nobody_else_sees_it(app: Flask, camille: FlaskClient) -> None:
    cv = new_cv(camille)
    with reading() as session:
        idriss = session.scalars(sa.select(Person).where(Person.name == story.IDRISS)).one()
    other = signed_in(app.test_client(), idriss)
    for path in ("", "/pdf", "/pdf-with-badges", "/resume.json", "/page-1.png", "/linkedin", *FORMS):
        assert other.get(cv + path).status_code == 404
        assert app.test_client().get(cv + path).status_code in {302, 303, 401}
    assert post(other, f"{cv}/remove", "/cv").status_code == 404
    assert post(other, f"{cv}/open", "/cv").status_code == 404


def test_a_copy_says_the_same_in_another_language_and_opens_nothing(camille: FlaskClient, tmp_path: Path) -> None:
    cv, badge = new_cv(camille), badge_named("Tutorat").public_id
    choose(camille, cv, "Tutorat", "Finaliste", **{f"line-{badge}": "Douze séances."})
    post(camille, f"{cv}/lines/education", cv, title="L3 information", place="Université", period="2024 – 2027")
    assert post(camille, f"{cv}/look", cv, layout="compact", paper="letter").status_code == 303
    assert post(camille, f"{cv}/open", cv).status_code == 303
    made = post(camille, f"{cv}/copy", cv, language="en")
    assert made.status_code == 303
    copied = urlsplit(made.headers["Location"]).path
    assert copied != cv
    with reading() as session:
        old, new = (session.scalars(sa.select(CV).where(CV.public_id == one[4:])).one() for one in (cv, copied))
        assert (new.title, new.language, new.layout, new.paper) == ("Stage (English)", "en", "compact", "letter")
        assert [one.badge_id for one in new.badges] == [one.badge_id for one in old.badges]
        assert len(old.entries) == 1
    found = text_of(camille.get(f"{copied}/pdf").data, tmp_path)
    assert "Education" in found
    assert "L3 information" in found
    assert "Douze séances." in found
    assert "/v/" not in found
    assert "/v/" in text_of(camille.get(f"{cv}/pdf").data, tmp_path)


def test_copies_are_as_many_as_cvs_and_of_ones_own(app: Flask, camille: FlaskClient) -> None:
    cv = new_cv(camille)
    assert post(camille, f"{cv}/copy", cv, language="xx").status_code == 404
    with reading() as session:
        others = session.scalars(sa.select(Person).where(Person.name != story.CAMILLE)).first()
    assert others
    assert post(signed_in(app.test_client(), others), f"{cv}/copy", "/cv", language="en").status_code == 404
    with reading() as session:
        there = len(session.scalars(sa.select(CV.id)).all())
    answers = [post(camille, f"{cv}/copy", cv, language="fr").status_code for _ in range(MOST_CVS - there + 1)]
    assert answers == [303] * (MOST_CVS - there) + [422]


def test_a_removed_cv_closes_its_pages(app: Flask, camille: FlaskClient) -> None:
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat")
    post(camille, f"{cv}/open", cv)
    leads = re.findall(rb"/v/[0-9A-Z-]{9}", camille.get(f"{cv}/pdf").data)
    assert post(camille, f"{cv}/remove", cv).status_code == 303
    for address in leads:
        assert app.test_client().get(address.decode()).status_code == 404
