"""Frameworks of skills: read from three kinds of file, brought up to date, and refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack.cli import main
from backpack.database import reading, transaction, utcnow
from backpack.skills import framing
from backpack.skills.models import Framework, Skill
from backpack.skills.reading import Entry, NotAFrame, read_frame
from tests.conftest import KEY

TEAM = "http://data.europa.eu/esco/skill/60c78287-22eb-4103-9c8c-28deaa460da0"
ESCO = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,status,description\n"
    f'KnowledgeSkillCompetence,{TEAM},skill/competence,transversal,travailler en équipe,"en équipe\nà plusieurs",'
    'released,"Avec d’autres, vers un but."\n'
    "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/old,skill,x,vieux,,obsolete,\n"
)
SIMPLE = (
    "code;label_fr;label_en;url;domaine\nE1-A;Prendre la parole;Speak;;Communiquer\nE2-A;En équipe;;"
    + TEAM
    + ";\n;;;;\n"
)
CASE = {
    "CFDocument": {"identifier": "d", "title": "Référentiel CASE", "language": "fr"},
    "CFItems": [
        {"identifier": "1", "uri": "https://case.example/1", "fullStatement": "Communiquer"},
        {
            "identifier": "2",
            "uri": "urn:x",
            "humanCodingScheme": "C.2",
            "fullStatement": "Écouter",
            "language": "fr-FR",
        },
        {"identifier": "3"},
        "nothing",
    ],
    "CFAssociations": [
        {
            "associationType": "isChildOf",
            "originNodeURI": {"identifier": "2"},
            "destinationNodeURI": {"identifier": "1"},
        },
        {"associationType": "isChildOf", "originNodeURI": None},
    ],
}


@pytest.mark.parametrize(
    ("data", "source", "entries"),
    [
        pytest.param(ESCO.encode(), "esco", [Entry(url=TEAM, labels={"fr": "travailler en équipe"})], id="ESCO"),
        pytest.param(
            SIMPLE.encode("utf-8-sig"),
            "csv",
            [
                Entry(code="E1-A", labels={"fr": "Prendre la parole", "en": "Speak"}, domain="Communiquer"),
                Entry(code="E2-A", labels={"fr": "En équipe"}, url=TEAM),
            ],
            id="a CSV with semicolons, two languages and a domain",
        ),
        pytest.param("Intitulé\nÉcouter\n".encode("cp1252"), "csv", [Entry(labels={"fr": "Écouter"})], id="cp1252"),
        pytest.param(
            json.dumps(CASE).encode(),
            "case",
            [
                Entry(url="https://case.example/1", labels={"fr": "Communiquer"}),
                Entry(code="C.2", labels={"fr": "Écouter"}, domain="Communiquer"),
            ],
            id="CASE",
        ),
    ],
)
def test_three_kinds_of_file_are_read(data: bytes, source: str, entries: list[Entry]) -> None:
    frame = read_frame(data)
    assert (frame.source, list(frame.entries)) == (source, entries)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", id="a picture"),
        pytest.param(b"a,b\n1,2\n", id="no column for labels"),
        pytest.param(b"label\n", id="no row"),
        pytest.param(b"code,label\nx,\n", id="a code without a label"),
        pytest.param(b"label,url\nx,javascript:alert(1)\n", id="an address that runs"),
        pytest.param(b'label\n"open', id="an open quotation mark"),
        pytest.param(b"{", id="half a JSON"),
        pytest.param(b"[" * 100_000, id="deep JSON"),
        pytest.param(b'{"CFItems": 3}', id="items that are none"),
        pytest.param(b"conceptUri,preferredLabel\nx,y\n", id="ESCO without addresses"),
    ],
)
def test_what_is_no_framework_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(NotAFrame) as refused:
        read_frame(data)
    assert "columns code, label and url" in str(refused.value)


def skills(session: sa.orm.Session) -> dict[str, dict[str, str]]:
    return {one.url or one.code: one.labels for one in session.scalars(sa.select(Skill).order_by(Skill.position))}


def test_importing_again_updates_keeps_other_languages_and_drops_what_is_gone(app: Flask) -> None:
    english = ESCO.replace("travailler en équipe", "work in teams")
    with transaction() as session:
        framing.take_in(session, read_frame(ESCO.encode()), "ESCO", utcnow())
        taken = framing.take_in(session, read_frame(english.encode(), "en"), " esco ", utcnow())
        assert (taken.skills, taken.added, taken.removed) == (1, 0, 0)
        assert skills(session) == {TEAM: {"fr": "travailler en équipe", "en": "work in teams"}}
        other = framing.take_in(session, read_frame(SIMPLE.encode()), "Esco", utcnow())
        assert (other.added, other.removed) == (1, 0)
        assert session.scalar(sa.select(sa.func.count()).select_from(Framework)) == 1
        with pytest.raises(framing.NamelessFrame):
            framing.take_in(session, read_frame(SIMPLE.encode()), "", utcnow())
        framing.remove(session, framing.framework_called(session, "ESCO"))
        assert skills(session) == {}


def test_the_operator_s_commands(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = app.config["SQLALCHEMY_ENGINES"]["default"]["url"]
    for name, value in {"SECRET_KEY": KEY, "DATABASE_URL": url, "DATA_DIR": str(tmp_path / "d")}.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE), "utf-8")
    assert main(["frame", "import", str(file)]) == 0
    assert "Référentiel CASE: 2 skills, 2 of them new" in capsys.readouterr().out
    assert main(["frame", "list"]) == 0
    assert "Référentiel CASE\t2 skills\tcase" in capsys.readouterr().out
    file.write_text("nothing")
    assert main(["frame", "import", str(file), "--name", "x"]) == 2
    assert main(["frame", "import", str(tmp_path / "missing.csv")]) == 2
    assert main(["frame", "remove", "nobody"]) == 2
    assert main(["frame", "remove", "référentiel case"]) == 0
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Framework)) == 0
