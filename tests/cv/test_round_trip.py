"""A CV comes back: dropped on the public check, or imported, all its badges are found with what its page says."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from backpack import cli
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.cli import judging
from backpack.cv.behind import behind_codes
from backpack.cv.models import CV
from backpack.cv.pdf import pdf
from backpack.cv.proving import as_said, read_page
from backpack.database import reading, transaction, utcnow
from backpack.demo import story
from backpack.jobs import run_pending
from backpack.publishing.models import ShareLink
from backpack.web.limits import limiter
from backpack.wiring import wired
from tests.conftest import KEY
from tests.cv.test_pdf import NOW, chosen, composed
from tests.cv.test_views import badge_named, camille, choose, new_cv  # noqa: F401 - a fixture
from tests.people import post, token_of

OURS = {"Sec-Fetch-Site": "same-origin"}
SAYS_THE_SAME = "La page dit la même chose"
DIFFERS = "La page ne dit pas ce que dit le badge"


@pytest.fixture
def app(example: Flask) -> Flask:
    """The living example, loaded."""
    limiter.reset()
    return example


def dropped(app: Flask, data: bytes, name: str = "cv.pdf") -> TestResponse:
    """The answer of the public check to a stranger who drops this file."""
    stranger = app.test_client()
    answer = stranger.post("/verify", data={"file": (io.BytesIO(data), name)}, headers=OURS)
    if answer.status_code != 303:
        return answer
    run_pending(wired().handlers)
    return stranger.get(answer.location)


@pytest.fixture
def cv(camille: FlaskClient) -> str:  # noqa: F811
    """A CV with three badges whose pages are open."""
    made = new_cv(camille)
    choose(camille, made, "Tutorat", "Présence", "Finaliste")
    assert post(camille, f"{made}/open", made).status_code == 303
    return made


def states(page: TestResponse) -> list[str]:
    return re.findall(r'data-state="(\w+)"', page.text)


def test_a_cv_with_its_badges_inside_is_found_and_agrees(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    page = dropped(app, camille.get(f"{cv}/pdf-with-badges").data)
    assert page.status_code == 200
    assert states(page) == ["valid"] * 3
    assert page.text.count(SAYS_THE_SAME) == 3
    assert DIFFERS not in page.text
    assert page.text.count("et la page imprime son code") == 3
    assert "Set-Cookie" not in page.headers


def test_a_plain_cv_is_matched_by_its_printed_codes(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    data = camille.get(f"{cv}/pdf").data
    page = dropped(app, data)
    assert states(page) == ["valid"] * 3
    assert page.text.count(SAYS_THE_SAME) == 3
    assert page.text.count("retrouvé par le code") == 3
    assert "mène à une page de ce site" in page.text

    assert post(camille, f"{cv}/close", cv).status_code == 303
    closed = dropped(app, data)
    assert closed.text.count("ne mène nulle part") == 4
    assert story.CAMILLE not in closed.text
    with reading() as session:
        once, never = (
            "localhost:8000/v/" + code for code in (re.findall(r"/v/([0-9A-Z-]{9})", str(data))[0], "0000-0000")
        )
        was, was_not = behind_codes(session, read_page(f"{once} {never}", "localhost:8000"), utcnow())
    nothing = as_said("")
    assert replace(was, code="", before=nothing) == replace(was_not, code="", before=nothing)


def test_every_code_of_the_longest_cv_is_looked_up(app: Flask) -> None:
    """Three hundred badges, none of them inside: each printed code has its answer."""
    with app.test_request_context(), force_locale("fr"):
        badges = [chosen(f"Badge {number}", code=f"{number:08d}") for number in range(300)]
        page = composed(badges, base=wired().settings.public_url)
        data = pdf(page, NOW)
    found = dropped(app, data)
    assert found.text.count("ne mène nulle part") == 301
    assert "un par un" not in found.text


def test_a_badge_that_left_the_cv_leaves_its_code_dead(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    data = camille.get(f"{cv}/pdf").data
    choose(camille, cv, "Tutorat")
    page = dropped(app, data)
    assert states(page) == ["valid"]
    assert page.text.count("ne mène nulle part") == 2


def test_a_passphrase_is_asked_for_before_anything_is_told(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    data = camille.get(f"{cv}/pdf").data
    with transaction() as session:
        session.execute(sa.update(ShareLink).where(ShareLink.cv_id.is_not(None)).values(passphrase_hash="x"))
    page = dropped(app, data)
    assert states(page) == []
    assert "Tutorat" not in page.text


def test_another_title_above_a_good_code_is_seen(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    """The badge's own name is changed after the CV was made, which is what an altered CV looks like."""
    data = camille.get(f"{cv}/pdf").data
    with transaction() as session:
        badge = session.get_one(Badge, badge_named("Présence").id)
        badge.name = "Doctorat de théâtre"
    page = dropped(app, data)
    assert page.text.count(SAYS_THE_SAME) == 2
    assert page.text.count(DIFFERS) == 1
    assert "Titre sur le badge" in page.text


def test_a_cv_with_somebody_elses_badges_is_seen(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    """Codes and originals copied from her CV into one that bears another name; her own bears hers."""

    def name(words: str) -> None:
        with transaction() as session:
            made = session.scalars(sa.select(CV).where(CV.public_id == cv.rpartition("/")[2])).one()
            made.name, made.email = words, ""

    for form in ("pdf", "pdf-with-badges"):
        name("Dominique Rival")
        theirs = camille.get(f"{cv}/{form}").data
        assert dropped(app, theirs).text.count(SAYS_THE_SAME) == 3  # a CV may bear another name than the account
        name(story.CAMILLE)
        page = dropped(app, theirs)
        assert states(page) == ["valid"] * 3
        assert SAYS_THE_SAME not in page.text
        assert page.text.count(DIFFERS) == 3
        assert page.text.count(f"que la page ne nomme pas : {story.CAMILLE}") == 3


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param(story.ADDRESSES[0], "Délivré à une adresse que la page imprime", id="the badges' own"),
        pytest.param("d.rival@ailleurs.example", "On n’a pas pu dire s’il a été délivré", id="another"),
        pytest.param("", "On n’a pas pu dire s’il a été délivré", id="none"),
    ],
)
def test_a_badge_inside_is_matched_with_the_addresses_on_the_page(
    address: str,
    said: str,
    app: Flask,
    camille: FlaskClient,  # noqa: F811
) -> None:
    """Without codes there is no holder to name: the address that a badge was issued to is what tells."""
    made = new_cv(camille)
    choose(camille, made, "Tutorat")
    with transaction() as session:
        session.scalars(sa.select(CV).where(CV.public_id == made.rpartition("/")[2])).one().email = address
    page = dropped(app, camille.get(f"{made}/pdf-with-badges").data)
    assert states(page) == ["valid"]
    assert said in page.text


def test_what_is_drawn_over_the_text_is_not_seen_and_that_is_said(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    """A box and other words over a title leave the text as it was: the answer tells where to read it."""
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf").data)) as file:
        over = file.make_stream(b"q 1 1 1 rg 50 400 500 100 re f Q")
        file.pages[0].contents_add(over)
        out = io.BytesIO()
        file.save(out)
    page = dropped(app, out.getvalue())
    assert page.text.count(SAYS_THE_SAME) == 3
    assert "Fiez-vous aux titres ci-dessous" in page.text


def test_a_badge_that_was_revoked_since_is_said(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    with pikepdf.open(io.BytesIO(camille.get(f"{cv}/pdf-with-badges").data)) as file:
        with reading() as session:
            revoked = session.scalars(sa.select(Badge).where(Badge.name.startswith("Animation"))).one()
            kept = wired().storage.read(revoked.files[0].storage_key)
        file.attachments["animation.json"] = pikepdf.AttachedFileSpec(file, kept, filename="animation.json")
        out = io.BytesIO()
        file.save(out)
    page = dropped(app, out.getvalue())
    assert sorted(states(page)) == ["revoked", "valid", "valid", "valid"]
    assert "La page ne parle pas de ce badge" in page.text


def test_a_pdf_without_badges_and_codes_is_refused_as_before(app: Flask) -> None:
    with pikepdf.new() as file:
        file.add_blank_page()
        out = io.BytesIO()
        file.save(out)
    assert dropped(app, out.getvalue()).status_code == 422


def test_importing_a_cv_imports_its_badges_as_they_came(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    data = camille.get(f"{cv}/pdf-with-badges").data
    with reading() as session:
        person = session.scalars(sa.select(Person).where(Person.name == story.CAMILLE)).one()
        before = {one.name: {file.digest for file in one.files} for one in session.scalars(sa.select(Badge))}
    badge = badge_named("Tutorat").public_id
    assert post(camille, f"/badges/{badge}/remove", f"/badges/{badge}/remove").status_code == 303
    sent = {"files": (io.BytesIO(data), "CV_Kervella.pdf"), "csrf_token": token_of(camille, "/badges/import")}
    answer = camille.post("/badges/import", data=sent)
    assert answer.status_code == 303, answer.text
    run_pending(wired().handlers)
    with reading() as session:
        own = session.scalars(sa.select(Badge).where(Badge.person_id == person.id)).all()
        after = {one.name: {file.digest for file in one.files} for one in own}
    tutored = next(name for name in after if name.startswith("Tutorat"))
    assert after[tutored] == before[tutored]  # the picture itself, not the CV around it


def test_the_command_line_says_the_same(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With the issuers' answers recorded, as the living example's issuers answer nobody outside it."""
    full, plain = tmp_path / "full.pdf", tmp_path / "plain.pdf"
    full.write_bytes(camille.get(f"{cv}/pdf-with-badges").data)
    plain.write_bytes(camille.get(f"{cv}/pdf").data)
    for name, value in {"SECRET_KEY": KEY, "DATA_DIR": wired().settings.data_dir, "DEMO": "1"}.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as patched:
        patched.setattr(judging, "Outbound", lambda _url: wired().outbound)
        judging_status = cli.main(["verify", "--json", str(full)])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["outcome"] for line in lines] == ["valid"] * 3
    assert all(line["page"]["agrees"] and line["page"]["code"] for line in lines)
    assert judging_status == 0

    assert cli.main(["verify", str(plain)]) == 0
    said = capsys.readouterr().out
    assert said.count(": valid - ") == 3
    assert said.count("page says the same") == 3

    assert post(camille, f"{cv}/close", cv).status_code == 303
    assert cli.main(["verify", "--json", str(plain)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(line["outcome"], line["reason"]) for line in lines} == {("unknown", "code-leads-nowhere")}
    monkeypatch.setenv("PUBLIC_URL", "https://elsewhere.example")
    assert cli.main(["verify", str(plain)]) == 2  # nobody's codes here: a PDF without a badge
