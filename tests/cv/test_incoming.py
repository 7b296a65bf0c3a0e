"""CVs from elsewhere: JSON Resume and LinkedIn's archive are read, within bounds, and nothing else is touched."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.cv.editing import bring
from backpack.cv.incoming import MOST_ENTRIES, MOST_TABLE, Brought, CVTooLarge, NoCVThere, read_cv
from backpack.cv.models import CV
from backpack.database import reading
from backpack.demo import story
from tests.cv.test_views import camille, choose, new_cv  # noqa: F401 - a fixture
from tests.people import post, token_of

RESUME: dict[str, Any] = {
    "basics": {
        "name": "Ada Lovelace", "label": "Analyst", "email": "ada@engine.example", "phone": "+44 1",
        "url": "https://ada.example/", "summary": "Poetical\nscience.", "location": {"city": "London"},
    },
    "work": [{"name": "Engine Ltd", "position": "Analyst", "startDate": "1842", "summary": "N", "highlights": ["G"]},
             {"name": "Museum", "position": "Guide", "startDate": "2022-01-15", "endDate": "2023-06"}],
    "volunteer": [{"organization": "Library", "position": "Tutor", "startDate": "2024"}],
    "education": [{"institution": "Home", "area": "Mathematics", "studyType": "Private", "courses": ["Calculus"]}],
    "projects": [{"name": "Loom", "description": "Cards"}],
    "skills": [{"name": "Programming", "keywords": ["cards", "loops"]}],
    "languages": [{"language": "English", "fluency": "native"}],
    "interests": [{"name": "Flight", "keywords": ["wings"]}],
    "certificates": [{"name": "First aid", "issuer": "Red Cross", "date": "2020-05-01"}],
}  # fmt: skip
TABLES = {
    "Profile.csv": "First Name,Last Name,Headline,Summary,Geo Location,Websites\n"
    'Ada,Lovelace,Analyst,"Poetical\nscience, twice",London,[PORTFOLIO:https://ada.example/]\n',
    "Positions.csv": "Company Name,Title,Description,Location,Started On,Finished On\n"
    "Engine Ltd,Analyst,Notes,London,Sep 2021,\nMuseum,Guide,,,Jan 2019,Jun 2020\n",
    "Education.csv": "School Name,Start Date,End Date,Notes,Degree Name,Activities\n"
    "Home,2015,2018,,Mathematics,Chess\n",
    "Skills.csv": "Name\nProgramming\n",
    "Languages.csv": "Name,Proficiency\nEnglish,Native\n",
    "Projects.csv": "Title,Description,Url,Started On,Finished On\nLoom,Cards,,Feb 2020,\n",
    "Certifications.csv": "Name,Url,Authority,Started On,Finished On,License Number\nFirst aid,,Red Cross,May 2020,,\n",
    "Email Addresses.csv": "Email Address,Confirmed,Primary,Updated On\n"
    "old@a.example,Yes,No,\nada@engine.example,Yes,Yes,\n",
    "PhoneNumbers.csv": "Extension,Number,Type\n,+44 1,Mobile\n",
}


def archive(
    members: dict[str, str | bytes], prefix: str = "Basic_LinkedInDataExport/", way: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as made:
        for name, content in members.items():
            made.writestr(prefix + name, content)
    return out.getvalue()


def told(brought: Brought, section: str) -> list[tuple[str, str, str, str]]:
    return [(one.title, one.place, one.period, one.text) for where, one in brought.lines if where == section]


def test_a_json_resume_becomes_words_and_lines() -> None:
    got = read_cv(json.dumps(RESUME).encode(), "today")
    assert got.words == {
        "name": "Ada Lovelace", "headline": "Analyst", "email": "ada@engine.example", "phone": "+44 1",
        "website": "https://ada.example/", "profile": "Poetical\nscience.", "place": "London",
    }  # fmt: skip
    assert told(got, "experience") == [
        ("Analyst", "Engine Ltd", "", "N\nG"),  # a year that no CV of ours would print
        ("Guide", "Museum", "01/2022 – 06/2023", ""),
        ("Tutor", "Library", "2024 – today", ""),
    ]
    assert told(got, "education") == [("Private – Mathematics", "Home", "", "Calculus")]
    assert told(got, "skill") == [("Programming", "", "", "cards, loops")]
    assert [(one.name, one.line.place, one.line.period) for one in got.certificates] == [
        ("First aid", "Red Cross", "05/2020")
    ]


@pytest.mark.parametrize("prefix", ["", "Basic_LinkedInDataExport/", "../../", "C:\\data\\"])
def test_linkedins_archive_is_read_by_the_names_of_its_tables(prefix: str) -> None:
    got = read_cv(archive({**TABLES, "Connections.csv": "secret"}, prefix), "aujourd’hui")
    assert got.words["name"] == "Ada Lovelace"
    assert got.words["profile"] == "Poetical\nscience, twice"
    assert got.words["email"] == "ada@engine.example"
    assert got.words["website"] == "https://ada.example/"
    assert told(got, "experience") == [
        ("Analyst", "Engine Ltd, London", "09/2021 – aujourd’hui", "Notes"),
        ("Guide", "Museum", "01/2019 – 06/2020", ""),
    ]
    assert told(got, "education") == [("Mathematics", "Home", "2015 – 2018", "Chess")]
    assert told(got, "language") == [("English", "", "", "Native")]
    assert "secret" not in repr(got)


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_with_broken_bytes_is_refused(way: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as made:
        made.writestr("Profile.csv", "First Name,Last Name\n" + "Ada,Lovelace\n" * 200)
    broken = bytearray(file.getvalue())
    middle = broken.index(b"PK\x01\x02") // 2 + 20
    broken[middle : middle + 12] = b"\xff" * 12
    with pytest.raises(NoCVThere):
        read_cv(bytes(broken), "aujourd’hui")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_that_went_through_a_spreadsheet_is_read(encoding: str) -> None:
    table = "First Name,Last Name,Headline\nZoé,Lefèvre,Étudiante\n".encode(encoding)
    got = read_cv(archive({"Profile.csv": table}), "aujourd’hui")
    assert dict(got.words) == {"name": "Zoé Lefèvre", "headline": "Étudiante"}


def test_a_name_in_columns_of_another_language_leaves_the_persons_own() -> None:
    got = read_cv(archive({"Profile.csv": b"Vorname,Nachname,Headline\nAda,Lovelace,x\n"}), "heute")
    assert "name" not in got.words


def bomb() -> bytes:
    return archive({"Profile.csv": b"First Name\n" + b"a" * (MOST_TABLE * 20)})


def encrypted() -> bytes:
    data = bytearray(archive(dict(TABLES)))
    for at in range(len(data) - 4):
        if data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1  # the flag of a member that asks for a password
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"", NoCVThere, id="nothing"),
        pytest.param(b"hello", NoCVThere, id="words"),
        pytest.param(b"[]", NoCVThere, id="a list"),
        pytest.param(b'{"name": "x"}', NoCVThere, id="another JSON"),
        pytest.param(b"{" * 100_000, NoCVThere, id="deep"),
        pytest.param(b" " * 3_000_000, CVTooLarge, id="a large text"),
        pytest.param(archive({"photo.jpg": b"x"}), NoCVThere, id="another ZIP"),
        pytest.param(archive(dict(TABLES))[:-30], NoCVThere, id="a cut ZIP"),
        pytest.param(bomb(), CVTooLarge, id="a table that unfolds"),
        pytest.param(encrypted(), NoCVThere, id="a password"),
        pytest.param(archive(dict(TABLES), way=zipfile.ZIP_LZMA), NoCVThere, id="packed in a way that nobody bounds"),
        pytest.param(archive({"Profile.csv": b"Vorname\nAda\n"}), NoCVThere, id="columns of other names alone"),
        pytest.param(archive({f"{n}.txt": b"" for n in range(6000)}), CVTooLarge, id="thousands of members"),
        pytest.param(b"\x89PNG", NoCVThere, id="a picture"),
    ],
)
def test_what_is_no_cv_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_cv(data, "today")


@pytest.mark.parametrize("wrong", [None, 5, "x", [None, 5], [{"name": 5, "title": ["x"]}], {"a": 1}, [[["x"]]]])
def test_members_of_another_shape_say_nothing(wrong: Any) -> None:
    got = read_cv(
        json.dumps(dict.fromkeys(RESUME, wrong) | {"basics": {"name": "Ada", "location": wrong}}).encode(), ""
    )
    assert got.words["name"] == "Ada"


def test_what_is_too_much_is_counted() -> None:
    resume = {"basics": {"name": "x" * 900}, "skills": [{"name": f"s{number}"} for number in range(200)]}
    got = read_cv(json.dumps(resume).encode(), "")
    assert len(got.lines) == MOST_ENTRIES
    assert got.left_out == 200 - MOST_ENTRIES
    assert len(got.words["name"]) == 200
    assert got.shortened == 1


def test_marks_that_turn_the_text_stay_behind() -> None:
    got = read_cv(json.dumps({"basics": {"name": "Ada\u202e ecalevoL\u2069", "summary": "a\r\nb"}}).encode(), "")
    assert dict(got.words) == {"name": "Ada ecalevoL", "profile": "a\nb"}


def test_what_has_no_section_here_is_counted() -> None:
    others = {"awards": [{"title": "a"}, {"title": "b"}], "publications": [{"name": "p"}], "references": "none"}
    assert read_cv(json.dumps({"basics": {"name": "Ada"}, **others}).encode(), "").left_out == 3


def test_certificates_without_room_are_counted() -> None:
    given = [{"name": f"c{number}"} for number in range(MOST_ENTRIES + 5)]
    lines = [{"name": f"s{number}"} for number in range(MOST_ENTRIES - 2)]
    got = read_cv(json.dumps({"basics": {"name": "Ada"}, "skills": lines, "certificates": given}).encode(), "")
    cv = CV(title="x", language="fr", name="x")
    assert bring(cv, got, [], datetime(2026, 11, 23, tzinfo=UTC)) == MOST_ENTRIES + 3
    assert len(cv.entries) == MOST_ENTRIES


@pytest.fixture
def app(example: Flask) -> Flask:
    """The living example, loaded."""
    return example


def send(camille: FlaskClient, data: bytes, name: str, **fields: str) -> Any:  # noqa: F811
    sent = {"file": (io.BytesIO(data), name), "language": "fr", "csrf_token": token_of(camille, "/cv"), **fields}
    return camille.post("/cv/import", data=sent)


def test_our_own_json_resume_comes_back_with_its_badges(camille: FlaskClient) -> None:  # noqa: F811
    cv = new_cv(camille)
    choose(camille, cv, "Tutorat", "Finaliste")
    post(camille, f"{cv}/lines/education", cv, title="L3 information", place="Université", period="09/2024 – 06/2027")
    made = send(camille, camille.get(f"{cv}/resume.json").data, "cv.json")
    assert made.status_code == 303
    again = made.headers["Location"]
    with reading() as session:
        old, new = session.scalars(sa.select(CV).order_by(CV.id.desc()).limit(2)).all()[::-1]
        assert again.endswith(new.public_id)
        assert [one.badge_id for one in new.badges] == [one.badge_id for one in old.badges]
        assert [one.line for one in new.badges] == [one.line for one in old.badges]
        assert [(one.title, one.place, one.period) for one in new.entries] == [
            ("L3 information", "Université", "09/2024 – 06/2027")
        ]
        assert new.name == story.CAMILLE
    assert "Lu dans votre fichier" in camille.get(again).text


def test_linkedins_archive_becomes_a_cv(camille: FlaskClient) -> None:  # noqa: F811
    made = send(camille, archive(dict(TABLES)), "data.zip")
    page = camille.get(made.headers["Location"]).text
    for words in ("Ada Lovelace", "Engine Ltd", "First aid", "09/2021 – aujourd’hui"):
        assert words in page


@pytest.mark.parametrize(("data", "status"), [(b"hello", 422), (bomb(), 413), (b"", 422)])
def test_a_bad_file_makes_no_cv(data: bytes, status: int, camille: FlaskClient) -> None:  # noqa: F811
    assert send(camille, data, "x.zip").status_code == status
    assert send(camille, data, "").status_code == 422
    with reading() as session:
        assert [one.title for one in session.scalars(sa.select(CV))] == [story.CV_TITLE]
