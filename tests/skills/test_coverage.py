"""Which skills have a badge, which have works too, which have neither: on one's own page, and on a collection's."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.database import transaction, utcnow
from backpack.evidence.models import Artefact
from backpack.skills import framing
from backpack.skills.models import Framework
from backpack.skills.reading import read_frame
from tests.backpacks import give_badge
from tests.badges.test_listing import statements
from tests.collections.test_works import change, published, the_one
from tests.people import post

FRAME = "Référentiel"
DIRE = {
    "targetCode": "a",
    "targetFramework": "referentiel",
    "targetName": "Dire",
    "targetUrl": "https://other.example/dire",
}
CSV = b"""code;label_fr;label_en;url;domaine
A;Parler;Speak;;Communiquer
B;Souder;Weld;https://skills.example/b;
C;Lire;Read;;
"""


def align(**said: str) -> dict[str, object]:
    return {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://other.example/x", **said}


@pytest.fixture
def frame(app: Flask) -> Framework:
    with transaction() as session:
        return framing.take_in(session, read_frame(CSV), FRAME, utcnow()).framework


@pytest.fixture
def badges(signed_in_client: FlaskClient, person: Person, frame: Framework) -> list[Badge]:
    """One badge names A by its code and has a work; one names B by its address; one names something else."""
    found = [
        give_badge(
            person,
            "Radio",
            alignment=[align(**DIRE)],
        ),
        give_badge(person, "Atelier", alignment=[align(targetUrl="http://skills.example/b")]),
        give_badge(person, "Cuisine", alignment=[align(targetName="<b>Cuire")]),
    ]
    add = f"/badges/{found[0].public_id}/evidence/add?kind=text"
    assert post(signed_in_client, add, "/compte", title="Mon émission", text="Bonjour").status_code == 303
    return found


def rows(page: str) -> dict[str, tuple[str, bool]]:
    """Of the table of skills: each skill's standing, and whether it has a link to a badge."""
    body = page.partition('class="skills"')[2].partition("</table>")[0]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.S):
        name = re.search(r'scope="row">([^<]*?)\s*<', row.replace("</th>", "<"))
        mark = re.search(r"<span>([^<]+)</span></span>", row)
        if name and mark:
            found[name[1].strip()] = (mark[1], "<a href" in row)
    return found


def test_my_skills_by_framework(signed_in_client: FlaskClient, badges: list[Badge], frame: Framework) -> None:
    page = signed_in_client.get("/skills?lang=en").text
    assert rows(page) == {
        "Speak": ("Badge and works", True),
        "Weld": ("Badge", True),
        "Read": ("Neither", False),
    }
    others = signed_in_client.get("/skills?frame=others&lang=en").text
    assert list(rows(others)) == ["&lt;b&gt;Cuire"]
    assert signed_in_client.get("/skills?frame=nothing").status_code == 404


def test_a_work_that_names_a_skill_is_evidence_without_a_badge(
    signed_in_client: FlaskClient, badges: list[Badge], frame: Framework
) -> None:
    with transaction() as session:
        session.execute(sa.update(Artefact).values(skills=["LIRE", "tricoter"]))
    assert rows(signed_in_client.get("/skills?lang=en").text)["Read"] == ("Works, no badge", False)


def test_a_badge_that_does_not_stand_stands_for_no_skill(
    signed_in_client: FlaskClient, badges: list[Badge], frame: Framework
) -> None:
    with transaction() as session:
        session.execute(sa.update(Badge).where(Badge.id == badges[1].id).values(state="altered"))
    assert rows(signed_in_client.get("/skills?lang=en").text)["Weld"] == ("Neither", False)


def test_without_a_framework_the_page_shows_what_badges_name(signed_in_client: FlaskClient, person: Person) -> None:
    assert signed_in_client.get("/skills").status_code == 200
    give_badge(person, "Cuisine", alignment=[align(targetName="Cuire")])
    assert rows(signed_in_client.get("/skills?lang=en").text) == {"Cuire": ("Badge", True)}


def test_a_collection_shows_the_table_only_when_its_owner_chose_it(
    app: Flask, signed_in_client: FlaskClient, person: Person, badges: list[Badge], frame: Framework
) -> None:
    post(signed_in_client, "/collections/new", title="Stage", language="fr")
    change(signed_in_client, person, do="add", add=[badge.public_id for badge in badges])
    stranger = app.test_client()
    chosen = [badges[0].public_id, badges[2].public_id]
    path = published(signed_in_client, the_one(person), level="link", badges=chosen)
    assert 'class="skills"' not in stranger.get(path).text
    change(signed_in_client, person, skills=frame.public_id)
    shown = rows(stranger.get(f"{path}?lang=en").text)
    assert shown == {"Speak": ("Badge", True), "Weld": ("Neither", False), "Read": ("Neither", False)}
    change(signed_in_client, person, skills="named")
    page = stranger.get(f"{path}?lang=en").text
    assert list(rows(page)) == ["&lt;b&gt;Cuire", "Dire"]
    assert "Atelier" not in page
    change(signed_in_client, person, skills="a framework that is gone")
    assert the_one(person).skills == ""


def test_statements_do_not_grow_with_badges(signed_in_client: FlaskClient, person: Person, badges: list[Badge]) -> None:
    few = statements(signed_in_client, "/skills")
    for number in range(5):
        give_badge(person, f"Badge {number}", alignment=[align(targetUrl=f"https://other.example/{number}")])
    assert statements(signed_in_client, "/skills") == few
