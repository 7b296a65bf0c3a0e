"""The CV as PDF: what is typed is printed and extracted, what is linked leads somewhere, and nothing runs."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from flask import Flask
from flask_babel import force_locale

from backpack import rendering
from backpack.badges.models import Badge
from backpack.cv.composing import Attached, Chosen, Composed, compose
from backpack.cv.models import CV, CVBadge, CVEntry
from backpack.cv.pdf import CannotPrint, NoNameToPrint, file_name, left_out, pdf, pictures
from backpack.cv.proving import compare, read_page
from backpack.openbadges.documents import Document
from backpack.openbadges.model import Credential
from backpack.openbadges.reasons import CHECKS
from backpack.openbadges.report import (
    Check,
    CheckResult,
    IssuerAnswer,
    Outcome,
    RecipientAnswer,
    Report,
    Sentence,
)
from tests.conftest import missing

NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
BASE = "https://cartable.example"
PARIS = ZoneInfo("Europe/Paris")
ORIGINAL = b"\x89PNG original bytes, as they came"


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """No row is read here: one database is enough."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def report(outcome: Outcome = Outcome.VALID, reason: str | None = None) -> Report:
    return Report(
        outcome=outcome,
        reason=reason,
        issuer=IssuerAnswer(established=True, how="domain", name="bu.estuaire.example"),
        recipient=RecipientAnswer.MATCH,
        checks=tuple(Check(id=one, result=CheckResult.PASSED, message=Sentence(text=one)) for one in CHECKS),
        credential=Credential(payload=b"{}"),
        version=None,
        judged_at=NOW,
    )


def chosen(name: str, judged: Report | None = None, code: str | None = "7K3F9QX2", line: str = "") -> Chosen:
    badge = Badge(
        name=name,
        issuer_name="Bibliothèques de l’Estuaire (fictives)",
        issued_on=datetime(2025, 10, 31, 23, 30, tzinfo=UTC),
        valid_until=None,
    )
    return Chosen(place=CVBadge(position=0, line=line), badge=badge, report=judged or report(), code=code)


def composed(
    badges: list[Chosen] | None = None,
    *,
    language: str = "fr",
    code: str | None = "C0DEC0DE",
    attached: tuple[Attached, ...] = (),
    entries: tuple[CVEntry, ...] = (),
    words: Mapping[str, str] | None = None,
    base: str = BASE,
) -> Composed:
    made = {
        "name": "Camille Kervella",
        "headline": "Étudiante en L3",
        "profile": "Je cherche un stage.",
        **(words or {}),
    }
    cv = CV(
        title="Stage",
        language=language,
        entries=list(entries),
        **{
            field: made.get(field, "")
            for field in ("name", "headline", "profile", "email", "phone", "place", "website")
        },
    )
    with force_locale(language):
        return compose(cv, badges or [], base=base, cv_code=code, now=NOW, zone=PARIS, attached=attached)


def text_of(data: bytes, tmp_path: Path) -> str:
    """The text as a recruiter's software gets it."""
    if not shutil.which("pdftotext"):
        missing("pdftotext", "poppler-utils")
    path = tmp_path / "cv.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode().replace("\u200b", "")  # where a word longer than a line may break


def test_it_is_archivable_accessible_and_says_what_it_is(tmp_path: Path) -> None:
    data = pdf(composed([chosen("Tutorat en bibliothèque")]), NOW)
    with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as about:
        assert about.pdfa_status == "3A"
        assert about["pdfuaid:part"] == "1"
        assert str(about["dc:title"]) == "CV de Camille Kervella"
        assert str(file.Root.Lang) == "fr"
        assert "/StructTreeRoot" in file.Root
        assert len(file.pages) == 1
        assert "/EmbeddedFiles" not in file.Root.get("/Names", {})
    for word in (b"/JavaScript", b"/JS ", b"/Launch", b"/AcroForm"):
        assert word not in data
    if not shutil.which("qpdf"):
        missing("qpdf", "qpdf")
    path = tmp_path / "cv.pdf"
    path.write_bytes(data)
    subprocess.run(["qpdf", "--check", str(path)], check=True, capture_output=True)


def test_the_text_comes_out_in_reading_order(tmp_path: Path) -> None:
    entries = (
        CVEntry(
            section="education",
            position=0,
            title="L3 information-communication",
            place="Université de l’Estuaire",
            period="2024 – 2027",
            text="",
        ),
        CVEntry(section="language", position=0, title="Anglais", place="", period="", text="B2"),
    )
    found = text_of(pdf(composed([chosen("Tutorat", line="Quatre séances.")], entries=entries), NOW), tmp_path)
    order = [
        "Camille Kervella",
        "Profil",
        "Je cherche un stage.",
        "Formation",
        "L3 information-communication",
        "Badges et certifications",
        "Tutorat",
        "Quatre séances.",
        "Langues",
        "Anglais",
    ]
    assert [found.index(word) for word in order] == sorted(found.index(word) for word in order)


def test_every_badge_leads_to_its_page_and_prints_where(tmp_path: Path) -> None:
    data = pdf(composed([chosen("Tutorat", code="7K3F9QX2"), chosen("Pitch", code="ABCD1234")]), NOW)
    with pikepdf.open(io.BytesIO(data)) as file:
        leads = {str(note.A.URI) for page in file.pages for note in page.get("/Annots", []) if "/A" in note}
    assert {f"{BASE}/v/7K3F-9QX2", f"{BASE}/v/ABCD-1234", f"{BASE}/v/C0DE-C0DE"} <= leads
    found = text_of(data, tmp_path)
    assert "cartable.example/v/7K3F-9QX2" in found
    assert "11/2025" in found  # a badge of 31 October, 23.30 UTC, is one of November where its holder lives
    assert "état vérifié le 23 novembre 2026" in " ".join(found.split())


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        (Outcome.VALID, None, "valide"),
        (Outcome.UNKNOWN, "document-unreachable", "jamais confirmé"),
    ],
)
def test_the_state_stands_in_words(outcome: Outcome, reason: str | None, said: str, tmp_path: Path) -> None:
    found = text_of(pdf(composed([chosen("Tutorat", report(outcome, reason))]), NOW), tmp_path)
    assert f"2026 : {said}" in " ".join(found.split()).replace("\u00a0", " ").replace("\u202f", " ")


def test_no_later_day_is_printed_than_that_of_the_issuers_answer(tmp_path: Path) -> None:
    """What an answer of two days ago says was not checked today."""
    asked = Document(
        url="https://bu.estuaire.example/1",
        final_url="https://bu.estuaire.example/1",
        status=200,
        fetched_at=NOW - timedelta(days=2),
        fresh_until=NOW,
        usable_until=NOW,
    )
    source = Check(id="source", result=CheckResult.PASSED, message=Sentence(text="source"), document=asked.url)
    judged = replace(report(), checks=(source,), used=(asked,))
    found = text_of(pdf(composed([chosen("Tutorat", judged), chosen("Pitch")]), NOW), tmp_path)
    found = " ".join(found.split()).replace("\u00a0", " ")
    assert "état vérifié le 21 novembre 2026" in found
    assert "Les badges ont été vérifiés le 21 novembre 2026" in found


def test_a_title_with_a_character_that_says_nothing_is_printed(tmp_path: Path) -> None:
    assert "Tutorat en mer" in text_of(pdf(composed([chosen("Tutorat\x02 en mer")]), NOW), tmp_path)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [(Outcome.REVOKED, "revoked"), (Outcome.EXPIRED, "expired"), (Outcome.INVALID, "signature-wrong")],
)
def test_what_does_not_hold_is_not_printed(outcome: Outcome, reason: str, tmp_path: Path) -> None:
    assert "Tutorat" not in text_of(pdf(composed([chosen("Tutorat", report(outcome, reason))]), NOW), tmp_path)


def test_originals_are_inside_only_when_asked_for_and_to_the_byte() -> None:
    original = Attached(name="tutorat.png", media_type="image/png", description="Tutorat", data=ORIGINAL)
    with pikepdf.open(io.BytesIO(pdf(composed([chosen("Tutorat")], attached=(original,)), NOW))) as file:
        assert {name: file.attachments[name].get_file().read_bytes() for name in file.attachments} == {
            "tutorat.png": ORIGINAL
        }
        with file.open_metadata() as about:
            assert about.pdfa_status == "3A"


HOSTILE = [
    '#read("/etc/passwd")',
    '#image("../../x.png")',
    '#import "@preview/cetz:0.1.0"',
    "$ x^2 $ *bold* _it_ `raw` <label> @ref [link] = heading",
    "\\ \\# \\u{41} // comment /* and */ --- ... ~",
    "<script>alert(1)</script> &amp; {{7*7}} %s %(name)s",
]


@pytest.mark.parametrize("field", ["name", "headline", "profile", "email", "phone", "place", "website"])
@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_is_printed_as_typed(field: str, words: str, tmp_path: Path) -> None:
    found = text_of(pdf(composed([], words={field: words}), NOW), tmp_path)
    assert "".join(words.split()) in "".join(found.split())
    assert "root:" not in found


@pytest.mark.parametrize(
    "name",
    ["Łukasz Żółć", "Þórunn Ðóra", "Șerban Țîr", "Ελένη Παππά", "Сергей Дьячков", "Đặng Thị Ngọc", "Ærø Ørsted"],
)
def test_names_of_many_alphabets_print_and_extract(name: str, tmp_path: Path) -> None:
    assert name in text_of(pdf(composed([], words={"name": name}), NOW), tmp_path)


@pytest.mark.parametrize("layout", ["margin", "classic", "compact"])
def test_arabic_prints_and_extracts_letter_by_letter(layout: str, tmp_path: Path) -> None:
    page = composed([chosen("لا إله شارة القراءة")], words={"name": "ليلى بنسعيد"})
    data = pdf(replace(page, data={**page.data, "layout": layout}), NOW)
    found = text_of(data, tmp_path)
    assert "ليلى بنسعيد" in found
    assert "لا إله شارة القراءة" in found
    with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as about:
        assert "ليلى بنسعيد" in str(about["dc:title"])


def test_emoji_are_left_out_and_said(tmp_path: Path) -> None:
    page = composed([], words={"headline": "Pitch 🎓 réussi 👩‍💻"})
    assert left_out(page) == "🎓👩💻"
    assert "Pitch  réussi" in text_of(pdf(page, NOW), tmp_path).replace("Pitch réussi", "Pitch  réussi")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        pytest.param("𝐂𝐡𝐞𝐟𝐟𝐞 ①", "Cheffe 1", id="letters in a mathematician's dress"),
        pytest.param("Étape 1️⃣ faite", "Étape 1 faite", id="the frame of a key"),
        pytest.param("Anglais 🏴\U000e0067\U000e0062\U000e007f B2", "Anglais B2", id="a flag's invisible letters"),
        pytest.param("Tutorat\ufeff en mer", "Tutorat en mer", id="a byte order mark"),
        pytest.param("a\u202eb c\u202cd", "ab cd", id="marks that turn the text"),
        pytest.param("Tutorat\u3000en mer", "Tutorat en mer", id="a wide space"),
    ],
)
def test_what_people_paste_is_printed_in_plain_letters(typed: str, printed: str, tmp_path: Path) -> None:
    data = pdf(composed([chosen(typed)], words={"headline": typed}), NOW)
    with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as about:
        assert " ".join(str(about["dc:description"]).split()) == printed
    assert " ".join(text_of(data, tmp_path).split()).count(printed) == 2


def test_a_name_of_emoji_alone_is_refused_and_said() -> None:
    with pytest.raises(NoNameToPrint) as refused:
        pdf(composed([], words={"name": "🎓"}), NOW)
    assert "🎓" in str(refused.value)


def test_a_mark_of_format_that_has_a_shape_is_named() -> None:
    with pytest.raises(CannotPrint) as refused:
        pdf(composed([], words={"headline": "a\u070fb"}), NOW)
    assert "\u070f" in str(refused.value)


def test_characters_that_no_font_has_are_named() -> None:
    with pytest.raises(CannotPrint) as caught:
        pdf(composed([], words={"name": "ไทย"}), NOW)
    assert "ท ย ไ" in str(caught.value)


@pytest.mark.parametrize("title", ["x" * 500, "mot " * 125])
def test_a_title_of_500_characters_stays_on_the_page(title: str, tmp_path: Path) -> None:
    found = text_of(pdf(composed([chosen(title)]), NOW), tmp_path)
    assert "".join(title.split()) in "".join(found.split())


@pytest.mark.parametrize("layout", ["margin", "classic", "compact"])
def test_long_titles_at_the_end_of_a_page_still_agree(layout: str) -> None:
    """The foot of a page that stood among their words was taken for one of them."""
    titles = [f"{'mot ' * 90}{number}" for number in range(30)]
    page = composed([chosen(title, code=f"AAAA{number:04d}") for number, title in enumerate(titles)])
    data = pdf(replace(page, data={**page.data, "layout": layout}), NOW)
    before = {one.code: one.before for one in read_page(rendering.text_of_pdf(data), "cartable.example").codes}
    issuer, issued = "Bibliothèques de l’Estuaire (fictives)", datetime(2025, 10, 31, 23, 30, tzinfo=UTC)
    for number, title in enumerate(titles):
        assert compare(before[f"AAAA{number:04d}"], title, issuer, issued, PARIS).agrees, number


@pytest.mark.parametrize("layout", ["margin", "classic", "compact"])
def test_a_badge_longer_than_a_page_is_broken(layout: str, tmp_path: Path) -> None:
    page = composed([chosen("mot " * 2000)])
    found = text_of(pdf(replace(page, data={**page.data, "layout": layout}), NOW), tmp_path)
    assert found.split().count("mot") == 2000


def test_three_hundred_badges_make_a_long_cv() -> None:
    titles = [f"Badge {number}, " + "très complet " * 36 for number in range(300)]
    data = pdf(composed([chosen(title, code=None) for title in titles]), NOW)
    with pikepdf.open(io.BytesIO(data)) as file:
        assert len(file.pages) > 5
        assert titles[0].strip() in str(file.docinfo["/Keywords"])
    assert "Badge 299," in rendering.text_of_pdf(data)


def test_the_preview_is_the_page() -> None:
    (picture,) = pictures(composed([chosen("Tutorat")]), NOW).pages
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Camille Kervella", "CV_Kervella_Camille_2026-11.pdf"),
        ("Madonna", "CV_Madonna_2026-11.pdf"),
        ("../../etc/passwd", "CV_passwd_etc_2026-11.pdf"),
        ("", "CV_2026-11.pdf"),
    ],
)
def test_the_file_is_named_for_a_recruiter(name: str, expected: str) -> None:
    assert file_name(name, NOW) == expected


def test_a_badge_that_ends_says_until_when(tmp_path: Path) -> None:
    one = chosen("Tutorat")
    one.badge.valid_until = NOW + timedelta(days=60)
    assert "valable jusqu" in text_of(pdf(composed([one]), NOW), tmp_path)
