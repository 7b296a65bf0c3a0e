"""The other forms of a CV: each is what its readers expect, says what the PDF says, and runs nothing that is typed."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import jsonschema_rs
import pikepdf
import pytest
from flask import Flask, render_template
from lxml import etree

from backpack.cv.composing import Attached, Chosen
from backpack.cv.europass import NAME, europass_xml
from backpack.cv.kit import badge_kit, texts_of
from backpack.cv.models import CV, CVEntry
from backpack.cv.pdf import pdf
from backpack.cv.periods import Period, period_of, typed_as
from backpack.cv.plain import plain_text, vcard
from backpack.cv.resume import json_resume
from backpack.cv.standalone import whole_file
from backpack.openbadges.report import Outcome
from tests.cv.json_resume import SCHEMA
from tests.cv.test_pdf import BASE, NOW, PARIS, chosen, composed, database_url, report  # noqa: F401 - a fixture

NASTY = 'x" onload="alert(1)"><script>alert(1)</script> & #read("/etc/passwd") ]]> ; , \\'
LINES = (
    (
        "education",
        "Licence information-communication",
        "Université de l’Estuaire",
        "09/2024 – 06/2027",
        "Troisième année",
    ),
    ("experience", "Guide d’exposition", "Direction de la culture", "depuis 01/2026", "Deux visites\nen public"),
    ("project", "Malle sonore", "", "2025", "Des jeux"),
    ("skill", "Écrire pour être lu", "", "", "avancé"),
    ("language", "Anglais", "", "", "B2, courant"),
    ("language", "Français", "", "", "langue maternelle"),
    ("language", "Breton", "", "", ""),
    ("interest", "Voile légère", "", "", ""),
)


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def a_cv(**changed: str) -> CV:
    fields = {
        "name": "Camille Kervella", "headline": "Étudiante en L3", "profile": "Je cherche un stage.",
        "email": "camille@kervella.example", "phone": "+33 6 12 34 56 78", "place": "Saint-Nazaire",
        "website": "https://kervella.example/", **changed,
    }  # fmt: skip
    entries = [
        CVEntry(section=section, position=number, title=title, place=place, period=period, text=text)
        for number, (section, title, place, period, text) in enumerate(LINES)
    ]
    return CV(public_id="ab" * 10, title="Stage", language="fr", entries=entries, **fields)


def badges() -> list[Chosen]:
    return [
        chosen("Tutorat en bibliothèque", line="Douze étudiants de L1."),
        chosen("Retiré", report(Outcome.REVOKED, "revoked")),
        chosen("Privé", code=None),
    ]


def data(cv: CV | None = None) -> dict[str, object]:
    made = cv or a_cv()
    page = composed(badges(), entries=tuple(made.entries), words={
        name: getattr(made, name) for name in ("name", "headline", "profile", "email", "phone", "place", "website")
    })  # fmt: skip
    return dict(page.data)


@pytest.mark.parametrize(
    "changed", [{}, {"email": "no address", "website": "kervella.example", "place": ""}, {"name": NASTY}]
)
def test_json_resume_is_valid_and_names_the_badges(changed: dict[str, str]) -> None:
    made = json_resume(a_cv(**changed), badges(), BASE, NOW, PARIS)
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(json.loads(json.dumps(made)))
    assert [one["name"] for one in made["certificates"]] == ["Tutorat en bibliothèque", "Privé"]
    assert made["certificates"][0]["url"] == f"{BASE}/v/7K3F-9QX2"
    assert made["certificates"][0]["date"] == "2025-11-01"
    assert "url" not in made["certificates"][1]
    assert made["education"][0]["startDate"] == "2024-09"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("website", "https://kervella.example/œuvres?q=é#là", "https://kervella.example/%C5%93uvres?q=%C3%A9#l%C3%A0"),
        ("website", "https://théâtre.example:8443/", "https://xn--thtre-4qa2c.example:8443/"),
        ("website", "https://kervella.example/100%", None),
        ("website", "https://kervella.example/a|b", "https://kervella.example/a%7Cb"),
        ("website", "https://[", None),
        ("website", "https://a\\@b.example", None),
        ("website", "https://me@kervella.example/", None),
        ("email", "c.kervella+cv@kervella.example", "c.kervella+cv@kervella.example"),
        ("email", "camille@été.example", None),
        ("email", "c..k@kervella.example", None),
        ("email", f"{'x' * 65}@kervella.example", None),
        ("email", "a,b@kervella.example", None),
    ],
)
def test_addresses_in_json_resume_are_as_its_schema_wants_them(field: str, typed: str, said: str | None) -> None:
    made = json_resume(a_cv(**{field: typed}), [], BASE, NOW, PARIS)
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(json.loads(json.dumps(made)))
    assert made["basics"].get("url" if field == "website" else "email") == said


def test_a_schema_of_our_own_refuses_what_is_no_json_resume() -> None:
    check = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    bad: list[dict[str, object]] = [
        {"basics": {"email": "none"}},
        {"work": [{"startDate": "09/2024"}]},
        {"badges": []},
    ]
    for wrong in bad:
        assert not check.is_valid(wrong)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("09/2024 – 06/2027", Period("2024-09", "2027-06")),
        ("2019", Period("", "2019")),
        ("depuis 2022", Period("2022", "", is_ongoing=True)),
        ("since 3/2022", Period("2022-03", "", is_ongoing=True)),
        ("2021-09 / 2022-06", Period("2021-09", "2022-06")),
        ("13/2024", Period("", "2024")),
        ("toujours", Period()),
        ("1 234 567", Period()),
    ],
)
def test_periods_are_read_as_people_type_them(typed: str, expected: Period) -> None:
    assert period_of(typed) == expected


def test_periods_are_written_as_people_read_them() -> None:
    assert typed_as("2024-09-01", "2027-06", "") == "09/2024 – 06/2027"
    assert typed_as("2024", "", "aujourd’hui") == "2024 – aujourd’hui"
    assert typed_as("", "2019-13-99x", "aujourd’hui") == ""


SPACES = {
    "e": "http://www.europass.eu/1.0",
    "hr": "http://www.hr-xml.org/3",
    "oa": "http://www.openapplications.org/oagis/9",
}


def found(root: etree._Element, path: str) -> list[str]:
    return [str(one.text) for one in root.findall(path, SPACES)]


def test_europass_says_what_the_cv_says() -> None:
    root = etree.fromstring(europass_xml(a_cv(), badges(), BASE, PARIS))
    assert root.tag == "{http://www.europass.eu/1.0}Candidate"
    assert found(root, "e:CandidatePerson/e:PersonName/hr:FamilyName") == ["Kervella"]
    assert found(root, ".//e:CandidatePerson/e:Communication/e:CountryDialing") == ["33"]
    assert found(root, ".//hr:CertificationName") == ["Tutorat en bibliothèque", "Privé"]
    assert f"{BASE}/v/7K3F-9QX2" in found(root, ".//hr:CertificationDescription")[0]
    assert found(root, ".//hr:CertificationDate/hr:FormattedDateTime") == ["2025-11-01"] * 2
    assert found(root, ".//e:PersonQualifications/e:PersonCompetency/e:CompetencyID") == ["eng"]
    assert found(root, ".//e:PrimaryLanguageCode") == ["fra"]
    titles = found(root, ".//e:SectionsOrder/e:Section/e:Title")
    assert {"work-experience", "education-training", "language", "certifications", "profile-skills"} <= set(titles)


@pytest.mark.parametrize("phone", ["06 12 34 56 78", "+", "hello", "+33"])
def test_europass_gets_no_telephone_that_makes_it_refuse_the_file(phone: str) -> None:
    root = etree.fromstring(europass_xml(a_cv(phone=phone), [], BASE, PARIS))
    assert found(root, ".//e:CountryDialing") == []


def test_what_is_typed_stays_text_in_europass() -> None:
    root = etree.fromstring(europass_xml(a_cv(name=NASTY, profile=NASTY, headline="\x07"), [], BASE, PARIS))
    (summary,) = found(root, ".//hr:ExecutiveSummary")
    assert "<script" not in summary
    assert "&lt;script" in summary


@pytest.mark.parametrize(
    ("language", "said", "code"),
    [("Anglais", "courant", []), ("Catalan", "C1", []), ("Anglais", "C1", ["eng"])],
)
def test_a_language_that_europass_cannot_say_stands_among_the_skills(language: str, said: str, code: list[str]) -> None:
    cv = a_cv()
    cv.entries = [CVEntry(section="language", position=0, title=language, place="", period="", text=said)]
    root = etree.fromstring(europass_xml(cv, [], BASE, PARIS))
    assert found(root, ".//e:PersonQualifications/e:PersonCompetency/e:CompetencyID") == code
    assert found(root, ".//hr:CompetencyName") == ([] if code else [f"{language} ({said})"])


@pytest.mark.parametrize("character", ["\x07", "\ufffe", "\uffff"])
def test_characters_that_xml_has_no_place_for_are_left_out_of_europass(character: str) -> None:
    root = etree.fromstring(europass_xml(a_cv(place=f"Saint{character}Nazaire"), [], BASE, PARIS))
    assert set(found(root, ".//oa:CityName")) == {"SaintNazaire"}


def test_the_europass_pdf_carries_its_document() -> None:
    document = europass_xml(a_cv(), badges(), BASE, PARIS)
    inside = Attached(name=NAME, media_type="application/xml", description="Europass", data=document)
    with pikepdf.open(io.BytesIO(pdf(composed(badges(), attached=(inside,)), NOW))) as file:
        assert file.attachments["attachment.xml"].get_file().read_bytes() == document
        assert "/AF" in file.Root


def test_a_contact_card_is_a_vcard_4() -> None:
    card = vcard(a_cv(name="Kervella; Camille", profile="Une longue phrase, avec éèà, " * 10 + "\nfin"))
    lines = card.split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert lines[-2:] == ["END:VCARD", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = card.replace("\r\n ", "")
    assert "FN:Kervella\\; Camille\r\n" in whole
    assert "EMAIL:camille@kervella.example\r\n" in whole
    assert "avec éèà\\, \\nfin" in whole
    assert re.findall(r"^EXPERTISE:(.+)\r$", whole, re.MULTILINE) == ["Écrire pour être lu"]


def test_plain_text_says_everything_in_order() -> None:
    text = plain_text(data())
    order = [
        "Camille Kervella", "camille@kervella.example", "PROFIL", "FORMATION", "Licence", "Guide d’exposition",
        "BADGES ET CERTIFICATIONS", "Tutorat en", f"{BASE}/v/7K3F-9QX2", "COMPÉTENCES", "Voile légère",
    ]  # fmt: skip
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    assert "Retiré" not in text


class Marks(HTMLParser):
    """The classes, scripts and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[str] = []
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        for name, value in attrs:
            self.classes += (value or "").split() if name == "class" else []
            self.handlers += [name] if name.startswith("on") else []

    def handle_data(self, data: str) -> None:
        self.scripts += [data] if self.inside == "script" and data.strip() else []


def test_the_web_page_has_the_marks_of_h_resume_and_schema_org() -> None:
    made = a_cv(name=NASTY, headline="</script><script>alert(2)</script>")
    page = data(made)
    marks = Marks()
    marks.feed(whole_file(render_template("cv/standalone.html", cv=page), page))
    for one in (
        "h-resume",
        "h-card",
        "p-name",
        "u-email",
        "p-tel",
        "p-education",
        "p-experience",
        "p-skill",
        "p-summary",
    ):
        assert one in marks.classes, one
    assert marks.handlers == []
    (linked,) = marks.scripts
    said = json.loads(linked)
    assert said["name"] == NASTY
    assert [one["name"] for one in said["hasCredential"]] == ["Tutorat en bibliothèque", "Privé"]
    assert said["hasCredential"][0]["url"] == f"{BASE}/v/7K3F-9QX2"
    assert "valide" not in linked


def test_the_web_page_keeps_the_lines_as_they_were_typed() -> None:
    page = render_template("cv/standalone.html", cv=data(a_cv(profile="Une ligne.\n<b>Deux</b> lignes.")))
    assert ">Deux visites<br>en public<" in page
    assert ">Une ligne.<br>&lt;b&gt;Deux&lt;/b&gt; lignes.<" in page


def test_the_kit_has_a_form_for_each_public_badge_and_the_texts() -> None:
    first, _revoked, _private = badges()
    kit = badge_kit(first, "https://cartable.example/p/abc", PARIS)
    assert kit.form is not None
    assert "certUrl=https%3A%2F%2Fcartable.example%2Fp%2Fabc" in kit.form
    assert "issueMonth=11" in kit.form
    assert badge_kit(first, None, PARIS).form is None
    assert badge_kit(chosen("x", report(Outcome.EXPIRED, "expired")), "https://a.example", PARIS).form is None
    values = [one.value for group in texts_of(a_cv()) for one in group.fields]
    for one in (
        "Étudiante en L3",
        "Je cherche un stage.",
        "Guide d’exposition",
        "Deux visites\nen public",
        "B2, courant",
        "Breton",
    ):
        assert one in values
